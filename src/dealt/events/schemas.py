"""From a request's body, in either version's words, to an event, a product event or a page view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dealt.accounts import Actor
from dealt.events.model import LONGEST_NAME, PRODUCT_EVENT_TYPES
from dealt.events.moments import parse_moment
from dealt.events.works import ContactBy, ContactReference, EventWork, PageViewWork, ProductEventWork, ProductReference
from dealt.kernel import lenient
from dealt.kernel.errors import InvalidInput
from dealt.kernel.schema import Reader, read_fields, text, whole_number
from dealt.kernel.shown import shown
from dealt.products import ProductPatch, parse_product

LONGEST_DATA = 65_536
LONGEST_CUSTOM_ID = 255


@dataclass(frozen=True, slots=True)
class Telling:
    """Who tells of an occurrence, when, and how: what every body is read with.

    ``contact`` is the one that the path names. ``user_id_is_custom`` holds in version 1, where ``user_id`` is the
    custom id and ``client`` the internal one.
    """

    actor: Actor
    zone: ZoneInfo
    now: datetime
    contact: ContactReference | None = None
    user_id_is_custom: bool = False


def parse_event(body: Mapping[str, Any], telling: Telling) -> EventWork:
    """The event that ``body`` tells of. Raises InvalidInput naming every field that cannot be taken."""
    fields = _read(body, telling, _EVENT, required=("name",))
    return EventWork(
        actor=telling.actor, contact=_contact(fields, telling), happened_at=fields.get("timestamp"),
        custom_id=_own_id(fields), name=fields["name"], data=fields.get("data", {}),
    )  # fmt: skip


def parse_product_event(
    body: Mapping[str, Any], telling: Telling, product: ProductReference | None, *, make_product: bool = False
) -> ProductEventWork:
    """The product event that ``body`` tells of; without ``product`` its ``data`` names the product by ``custom_id``.

    Raises InvalidInput naming every field that cannot be taken, those of ``data`` among them.
    """
    fields = _read(body, telling, _PRODUCT_EVENT, required=("event_type",))
    data = dict(fields.get("data", {}))
    own, named = data.pop("custom_data", None), data.pop("custom_id", None)
    if product is None:
        named = named if named is not None else data.pop("product_id", None)
    about: ProductReference = product or ("custom_id", _named_product(named))
    return ProductEventWork(
        actor=telling.actor, contact=_contact(fields, telling), happened_at=fields.get("timestamp"),
        custom_id=fields.get("event_custom_id"), product=about, event_type=fields["event_type"],
        custom_data=_custom_data(own if own is not None else fields.get("custom_data")), patch=_product_patch(data),
        make_product=make_product,
    )  # fmt: skip


def parse_page_view(body: Mapping[str, Any], telling: Telling) -> PageViewWork:
    """A page view, named by ``url``, or by ``page_domain`` and ``page_path``. Raises InvalidInput."""
    fields = _read(body, telling, _PAGE_VIEW)
    page = {name: fields[name] for name in _PAGE_TEXTS if fields.get(name) is not None}
    page |= _address(fields) | {"extra_data": fields.get("extra_data") or {}}
    if fields.get("referer") is not None:
        page.setdefault("referrer", fields["referer"])
    return PageViewWork(
        actor=telling.actor, contact=_contact(fields, telling), happened_at=fields.get("timestamp"),
        custom_id=fields.get("event_custom_id"), page=page,
    )  # fmt: skip


def _read(
    body: Mapping[str, Any], telling: Telling, readers: Mapping[str, Reader], required: tuple[str, ...] = ()
) -> dict[str, Any]:
    who = _WHO_BY_CUSTOM_ID if telling.user_id_is_custom else _WHO
    when: dict[str, Reader] = {"timestamp": lambda value: parse_moment(value, telling.zone, telling.now)}
    return read_fields(body, {**who, **when, **readers}, required=required)


def _contact(fields: Mapping[str, Any], telling: Telling) -> ContactReference:
    if telling.contact is not None:
        return telling.contact
    for name, by in _WAYS.items():
        if fields.get(name) is not None:
            return "custom_id" if name == "user_id" and telling.user_id_is_custom else by, fields[name]
    name = "client" if telling.user_id_is_custom else "user_id"
    raise InvalidInput.of(name, "This field is required: user_id, user_custom_id or user_key (client in version 1).")


def _own_id(fields: Mapping[str, Any]) -> str | None:
    own: str | None = fields.get("custom_id")
    other: str | None = fields.get("id")
    if own is not None and other is not None and own != other:
        raise InvalidInput.of("id", "This is another name of custom_id, and they differ.")
    return own if own is not None else other


def _event_type(value: Any) -> str:
    if not isinstance(value, str) or value not in PRODUCT_EVENT_TYPES:
        raise ValueError(f"{shown(value)} is not a valid choice; there are {', '.join(PRODUCT_EVENT_TYPES)}.")
    return value


def _object(value: Any) -> dict[str, Any]:
    """Reads an object; null and an empty text are an empty one, and so is the empty list that PHP sends for it."""
    if value is None or value == "" or value == []:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{shown(value)} is not an object.")
    return value


def _custom_data(value: Any) -> Any:
    if value is None or value == "" or value == []:
        return {}
    if _size(value) > LONGEST_DATA:
        raise InvalidInput.of("custom_data", f"This is longer than {LONGEST_DATA} bytes.")
    return value


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(len(key) + _size(item) + 4 for key, item in value.items())
    if isinstance(value, list):
        return sum(_size(item) + 1 for item in value)
    return len(value) if isinstance(value, str) else 8


def _named_product(value: Any) -> str:
    try:
        named: str | None = _custom_id(value)
    except ValueError as error:
        raise InvalidInput.of("data.custom_id", str(error)) from None
    if named is None:
        raise InvalidInput.of("data.custom_id", "This field is required: the custom id of the product.")
    return named


def _product_patch(data: Mapping[str, Any]) -> ProductPatch:
    """Nothing is cleared by what a message does not know; a product's own id and its tags are not its business."""
    try:
        patch = parse_product({name: value for name, value in data.items() if value is not None and value != ""})
        return ProductPatch(
            fields={name: value for name, value in patch.fields.items() if name != "custom_id"},
            attributes=patch.attributes,
        )
    except InvalidInput as error:
        raise InvalidInput({f"data.{name}": sentences for name, sentences in error.fields.items()}) from None


def _address(fields: Mapping[str, Any]) -> dict[str, str]:
    url: str | None = fields.get("url")
    domain: str | None = fields.get("page_domain")
    path: str | None = fields.get("page_path")
    if url is None and domain is None:
        raise InvalidInput.of("page_domain", "This field is required, with page_path, or url instead of both.")
    if url is None:
        host = str(domain).removeprefix("https://").removeprefix("http://").strip("/")
        path = "/" + (path or "").lstrip("/")
        return {"url": f"https://{host}{path}", "domain": host, "path": path}
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
    except ValueError:
        raise InvalidInput.of("url", f"{shown(url)} is not an address such as https://shop.example/mug.") from None
    return {"url": url, "domain": domain or parts.netloc.rpartition("@")[2], "path": path or parts.path or "/"}


def _referrer(value: Any) -> str | None:
    """Reads the address of a page, or of the app that ``android-app://`` names."""
    is_app = isinstance(value, str) and value.startswith("android-app://")
    address: str | None = _link(value) if is_app else lenient.link(value)
    return address


_id = lenient.or_nothing(whole_number(0, 2**63 - 1))
_custom_id = lenient.words(LONGEST_CUSTOM_ID)
_words = lenient.words(255)
_link = lenient.words(lenient.LONGEST_LINK)
_WAYS: dict[str, ContactBy] = {
    "client": "id", "user_id": "id", "user_custom_id": "custom_id", "user_key": "key", "client_user": "key",
}  # fmt: skip
_WHO: dict[str, Reader] = {
    "client": _id, "user_id": _id, "user_custom_id": _custom_id, "user_key": _custom_id, "client_user": _custom_id,
}  # fmt: skip
_WHO_BY_CUSTOM_ID = _WHO | {"user_id": _custom_id}
_EVENT: dict[str, Reader] = {
    "name": text(LONGEST_NAME), "data": _object, "id": _custom_id, "custom_id": _custom_id,
}  # fmt: skip
_PRODUCT_EVENT: dict[str, Reader] = {
    "event_type": _event_type, "data": _object, "custom_data": lambda value: value, "event_custom_id": _custom_id,
}  # fmt: skip
_PAGE_TEXTS: dict[str, Reader] = {
    "referrer": _referrer, "title": _words, "user_agent": lenient.words(1_000), "ip_address": _words,
    "browser_family": _words, "browser_version": _words, "os_type": _words, "city": _words, "country": _words,
    "timezone": _words, "resolution": _words,
}  # fmt: skip
_PAGE_VIEW: dict[str, Reader] = {
    **_PAGE_TEXTS, "referer": _referrer, "url": lenient.link, "page_domain": _words, "page_path": _link,
    "extra_data": _object, "event_custom_id": _custom_id,
}  # fmt: skip
