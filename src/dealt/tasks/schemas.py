"""From a request's body to a patch of a task: every standard field checked, everything else an attribute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from dealt.attributes import LISTED, split_body
from dealt.kernel import lenient
from dealt.kernel.clock import parse_datetime
from dealt.kernel.schema import Reader, flag, read_fields, text, whole_number
from dealt.tasks.model import TaskPatch
from dealt.tasks.naming import NAMES

LONGEST_DESCRIPTION = 10_000
_LARGEST = 2**31 - 1
_description = text(LONGEST_DESCRIPTION, blank=True)
_id = lenient.or_nothing(whole_number(1, 2**63 - 1))
_READERS: dict[str, Reader] = {
    "name": text(),
    "activity_type": whole_number(0, _LARGEST),
    "description": lambda value: _description("" if value is None else value),
    "duration": lenient.or_nothing(whole_number(0, _LARGEST)),
    "assigned_to": _id,
    "company_id": _id,
    "deal_id": _id,
    "user_id": _id,
    "custom_id": lenient.words(255),
    "done": flag,
    **{name: lenient.words(255) for names in NAMES.values() for name in names},
}
_COLUMNS = {"due_date": "due_at", "datetime": "due_at", "duration": "duration_minutes", "user_id": "contact_id"}
_OLDER = {"company": "company_id", "deal": "deal_id", "person": "user_id", "userkey": "user_key"}
READ_ONLY = frozenset({"id", "done_date", "created_by", "created_at", "updated_at", "version"})
"""What answers carry and requests cannot set: dropped, so that an answer can be sent back as it came."""
FIELD_NAMES = frozenset({*_READERS, *_COLUMNS, *_OLDER, *READ_ONLY, LISTED})
"""Every name that is not an attribute's."""


def parse_task(body: Mapping[str, Any], zone: ZoneInfo, *, user_id_is_custom: bool = False) -> TaskPatch:
    """The patch that ``body`` asks for. Times without an offset are read in ``zone``; ``duration`` is in minutes.

    ``due_date`` is also taken as ``datetime``, and ``deal_id`` and its like without their ``_id``. In version 1 a
    ``user_id`` that is not a number is the client's own id (``user_id_is_custom``).
    Raises InvalidInput naming every field that cannot be taken.
    """
    readers = _READERS | {"due_date": lambda value: parse_datetime(value, zone)}
    readers["datetime"] = readers["due_date"]
    readers |= {older: readers[name] for older, name in _OLDER.items()}
    fields, attributes = split_body(body, readers, READ_ONLY)
    owner = fields.get("user_id")
    if user_id_is_custom and isinstance(owner, str) and owner and not owner.isdigit():
        fields.setdefault("user_custom_id", fields.pop("user_id"))
    read = read_fields(fields, readers)
    for older, name in {**_OLDER, "datetime": "due_date"}.items():
        if older in read:
            value = read.pop(older)
            read.setdefault(name, value)
    named = {name: read.pop(name) for names in NAMES.values() for name in names if name in read}
    return TaskPatch({_COLUMNS.get(name, name): value for name, value in read.items()}, attributes, named)
