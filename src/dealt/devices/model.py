"""What a device is, and what an app tells when it is opened."""

from __future__ import annotations

from dataclasses import dataclass

from dealt.contacts import ContactPatch

_UNKNOWN = ("", "unknown", "00000000-0000-0000-0000-000000000000")


@dataclass(frozen=True, slots=True)
class Device:
    """What an app says of what it runs on. ``fcm_key`` is the address of its notifications."""

    fcm_key: str | None = None
    identifier: str | None = None
    os_type: str | None = None
    os_version: str | None = None
    sdk: str | None = None
    device: str | None = None
    model: str | None = None
    manufacturer: str | None = None
    lib_version: str | None = None
    is_root: bool | None = None

    @property
    def likeness(self) -> str:
        """The identity of a device of which nothing but its make is known."""
        return "like:" + "/".join(part or "" for part in (self.os_type, self.manufacturer, self.model, self.device))

    @property
    def identity(self) -> str:
        """What tells a contact's devices apart: their own number, else the key, else only what they are.

        An Apple device gives its number as ``device``; one that may not be told is all zeros.
        """
        own = self.device if (self.os_type or "").lower() == "ios" else None
        for known in (own, self.identifier):
            if known is not None and known.lower() not in _UNKNOWN:
                return f"id:{known}"
        return f"key:{self.fcm_key}" if self.fcm_key else self.likeness


@dataclass(frozen=True, slots=True)
class Ping:
    """An app was opened: ``key`` is the contact's key as it remembers it, ``patch`` what it knows of the contact."""

    key: str | None
    patch: ContactPatch
    device: Device | None


@dataclass(frozen=True, slots=True)
class Pinged:
    """The contact that a ping led to. ``defined``: definitions were made, so that snapshots are to be forgotten."""

    contact_id: int
    key: str
    created: bool
    defined: bool
