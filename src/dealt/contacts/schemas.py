"""From a request's body, in either version's words, to a patch of a contact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dealt.attributes import LISTED, split_body
from dealt.contacts.model import GENDERS, STATUSES, TEXTS, ContactPatch
from dealt.kernel import lenient
from dealt.kernel.errors import InvalidInput
from dealt.kernel.schema import Reader, flag, read_fields, text, whole_number
from dealt.kernel.shown import shown

LONGEST_TEXT = 255
LONGEST_EMAIL = 254
LONGEST_PHONE = 64
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_read_email = text(LONGEST_EMAIL)


def parse_contact(body: Mapping[str, Any], *, company_id_is_custom: bool = False) -> ContactPatch:
    """The patch that ``body`` asks for: what is no standard field is an attribute, what answers alone carry is dropped.

    In version 1 a ``company_id`` that is not a number is the client's own id (``company_id_is_custom``).
    Raises InvalidInput naming every field that cannot be taken.
    """
    standard, attributes = split_body(body, _READERS, READ_ONLY)
    company = standard.get("company_id")
    if company_id_is_custom and isinstance(company, str) and company and not company.isdigit():
        standard.setdefault("company_custom_id", standard.pop("company_id"))
    fields = read_fields(standard, _READERS)
    patch = ContactPatch(
        attributes=attributes,
        name=(fields.pop("name"),) if "name" in fields else None,
        tags=fields.pop("tags", []),
        company_id=fields.pop("company_id", None),
        company_custom_id=fields.pop("company_custom_id", None),
        custom_id_name="user_id" if "user_id" in fields else "custom_id",
        is_answer=body.keys() >= _OF_AN_ANSWER,
    )
    if "user_id" in fields:
        custom_id = fields.pop("user_id")
        if fields.setdefault("custom_id", custom_id) != custom_id:
            raise InvalidInput.of("user_id", "This is another name of custom_id, and they differ.")
    patch.fields = fields
    return patch


def _email(value: Any) -> str:
    address: str = _read_email(value)
    if not _EMAIL.fullmatch(address):
        raise ValueError("Enter a valid email address.")
    return address


def choice(words: Mapping[int, str]) -> Reader:
    """Reads a number of ``words``, its digits or its word; null and an empty text are the first."""
    known = {str(number): number for number in words} | {word: number for number, word in words.items()}

    def read(value: Any) -> int:
        if value is None or value == "":
            return min(words)
        key = str(value).lower() if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if key not in known:
            raise ValueError(f"{shown(value)} is not a valid choice.")
        return known[key]

    return read


_id = lenient.or_nothing(whole_number(1, 2**63 - 1))
_words = lenient.words(LONGEST_TEXT)
_READERS: dict[str, Reader] = {
    **{name: lenient.link if name.endswith("_url") else _words for name in TEXTS},
    "email": lenient.or_nothing(_email),
    "phone_number": lenient.words(LONGEST_PHONE),
    "gender": choice(GENDERS),
    "status": choice(STATUSES),
    "score": whole_number(-(2**31), 2**31 - 1),
    "unsubscribed": flag,
    "notifications": flag,
    "assigned_to": _id,
    "custom_id": _words,
    "user_id": _words,
    "name": _words,
    "tags": lenient.names,
    "company_id": _id,
    "company_custom_id": _words,
}
_OF_AN_ANSWER = {"id", "created_at", "updated_at"}
READ_ONLY = frozenset({
    "id", "key", "user_key", "page_views", "companies", "lists", "web_push_subscription", "most_active_time",
    "first_seen", "last_seen", "last_contacted", "created_at", "updated_at", "version",
    "lifetime_alive", "lifetime_purchases", "lifetime_order_value",
})  # fmt: skip
"""What answers carry and requests cannot set: dropped, so that an answer can be sent back as it came."""
FIELD_NAMES = frozenset({*_READERS, *READ_ONLY, LISTED})
"""Every name that is not an attribute's."""
