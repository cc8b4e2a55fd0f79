"""What a contact is called, found by and asked to become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

GENDERS = {1: "unknown", 2: "male", 3: "female"}
STATUSES = {1: "visitor", 2: "user"}

TEXTS = (
    "email", "first_name", "last_name", "phone_number", "country", "region", "city", "timezone", "last_ip",
    "browser", "browser_language", "os_type", "resolution", "facebook_url", "linkedin_url", "twitter_url",
    "google_url", "gravatar_url",
)  # fmt: skip

BLANK: dict[str, Any] = {
    "custom_id": None,
    **dict.fromkeys(TEXTS),
    "gender": 1,
    "status": 1,
    "score": 0,
    "unsubscribed": False,
    "notifications": True,
    "assigned_to": None,
    "tag_ids": [],
    "attributes": {},
}
"""Every column that a client may write, with the value of a contact about whom nothing is known."""


@dataclass(frozen=True, slots=True)
class ContactRef:
    """A contact that was found, and its custom id.

    ``path`` is empty, except where it was found by a name of a contact that was merged into it: then it leads from that
    one, through the merges since, to this.
    """

    id: int
    custom_id: str | None
    path: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts by what they were asked for by; what is absent was not found."""

    by_id: dict[int, ContactRef] = field(default_factory=dict)
    by_custom_id: dict[str, ContactRef] = field(default_factory=dict)
    by_key: dict[str, ContactRef] = field(default_factory=dict)


@dataclass(slots=True)
class ContactPatch:
    """What a request asks of a contact. ``fields`` maps columns to values; what is absent stays as it is.

    ``tags`` are added, ``remove_tags`` taken off. ``attributes`` are raw values; ``name`` (in a tuple, None where it is
    not sent) is a whole name, which stands back when a first or last name is sent too; ``custom_id_name`` is what the
    sender calls the custom id, for errors.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    name: tuple[str | None] | None = None
    tags: list[str] = field(default_factory=list)
    remove_tags: list[str] = field(default_factory=list)
    company_id: int | None = None
    company_custom_id: str | None = None
    custom_id_name: str = "custom_id"
    is_answer: bool = False
    """Whether an answer was sent back: what is computed stands in it, and asks for nothing."""

    @property
    def custom_id(self) -> str | None:
        """The custom id that is asked for."""
        found: str | None = self.fields.get("custom_id")
        return found


@dataclass(frozen=True, slots=True)
class WrittenContact:
    """What a write did. ``defined``: attributes or tags were made, so that snapshots are to be forgotten."""

    id: int
    created: bool = False
    defined: bool = False


def called(contact: Mapping[str, Any]) -> str:
    """What a page calls a contact: its name, else its custom id, else its number."""
    return display_name(contact) or contact["custom_id"] or f"Contact {contact['id']}"


def display_name(contact: Mapping[str, Any]) -> str | None:
    """The name that is shown: first and last name, else the e-mail address, else nothing."""
    return " ".join(filter(None, (contact["first_name"], contact["last_name"]))) or contact["email"]
