"""From the body of an app's ping to what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealt.contacts import ContactPatch, parse_contact
from dealt.devices.model import Device, Ping
from dealt.kernel import lenient
from dealt.kernel.errors import InvalidInput
from dealt.kernel.schema import Reader, flag, read_fields
from dealt.kernel.shown import shown

LONGEST_KEY = 255
LONGEST_FCM_KEY = 512
# What the app says of itself among what it says of the contact.
_NOT_OF_THE_CONTACT = {"userKey", "user_key", "key", "device", "id"}
_key = lenient.words(LONGEST_KEY)
_words = lenient.words(255)
_READERS: dict[str, Reader] = {
    "fcm_key": lenient.words(LONGEST_FCM_KEY), "identifier": _words, "os_type": _words, "version": _words,
    "sdk": _words, "device": _words, "model": _words, "manufacturer": _words, "lib_version": _words,
    "is_root": lenient.or_nothing(flag),
}  # fmt: skip


def parse_ping(body: Mapping[str, Any], key: str | None) -> Ping:
    """What ``body`` says; ``key`` is the contact's key in the request's head, which wins over the body's.

    What is null or empty says nothing: an app sends whatever fields it has. Raises InvalidInput naming every field that
    cannot be taken.
    """
    customer = _object(body, "customer")
    told = key or _read_key(customer.get("userKey") or customer.get("user_key"))
    about = {name: value for name, value in customer.items() if name not in _NOT_OF_THE_CONTACT}
    device = _object(body, "device")
    return Ping(told, _patch(about), _device(device) if device else None)


def parse_fcm_key(body: Mapping[str, Any]) -> str:
    """The key of a device that is to be forgotten. Raises InvalidInput."""
    fields = read_fields(body, {"fcm_key": _READERS["fcm_key"]}, required=("fcm_key",))
    if fields["fcm_key"] is None:
        raise InvalidInput.of("fcm_key", "This field may not be blank.")
    return str(fields["fcm_key"])


def _object(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if value is None or value == "" or value == []:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput.of(name, f"{shown(value)} is not an object.")
    return value


def _read_key(value: Any) -> str | None:
    try:
        found: str | None = _key(value)
    except ValueError as error:
        raise InvalidInput.of("customer.userKey", str(error)) from None
    return found


def _patch(about: Mapping[str, Any]) -> ContactPatch:
    try:
        return parse_contact({name: value for name, value in about.items() if value is not None and value != ""})
    except InvalidInput as error:
        raise _within("customer", error) from None


def _device(device: Mapping[str, Any]) -> Device:
    try:
        fields = read_fields(device, _READERS)
    except InvalidInput as error:
        raise _within("device", error) from None
    return Device(**{"os_version" if name == "version" else name: value for name, value in fields.items()})


def _within(part: str, error: InvalidInput) -> InvalidInput:
    return InvalidInput({f"{part}.{name}": sentences for name, sentences in error.fields.items()})
