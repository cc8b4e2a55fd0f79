"""A segment: a saved filter over one kind of object, whose members are kept exact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

import msgspec

from dealt.kernel.db import Record
from dealt.predicates import Checked

KIND = "segment"
MOST_SEGMENTS = 500
SUBJECTS = ("contact", "deal", "product", "company")
OBJECTS = ("product", "company")
"""Subjects that belong to no contact: they are looked at in rounds of their own."""
DYNAMIC, STATIC = "dynamic", "static"
SegmentKind: TypeAlias = Literal["dynamic", "static"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A row of ``segments``. The filter of a static one tells what its members were copied by."""

    id: int
    name: str
    description: str
    subject: str
    kind: str
    filter: Any
    version: int
    computed_version: int = 0
    computed_at: datetime | None = None
    failed_at: datetime | None = None
    error: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @classmethod
    def of(cls, row: Record) -> Segment:
        """From a row of ``queries.COLUMNS``, and perhaps more."""
        values = {name: row[name] for name in cls.__slots__}
        return cls(**(values | {"filter": msgspec.json.decode(row["filter"])}))

    @property
    def told(self) -> dict[str, Any]:
        """What people say of it: for the journal."""
        return {
            "name": self.name,
            "description": self.description,
            "subject": self.subject,
            "kind": self.kind,
            "filter": self.filter,
        }


@dataclass(frozen=True, slots=True)
class Content:
    """What a segment's definition holds. ``node`` is None where nobody can be found to belong."""

    segment: Segment
    node: Checked | None


@dataclass(frozen=True, slots=True)
class Tables:
    """Where the members of a subject stand: ``members`` with ``keys`` over the rows of ``table`` called ``s``."""

    table: str
    members: str
    keys: tuple[tuple[str, str], ...]
    """Each column of the members' table, and what it is in a row ``s``."""
    member: str
    """The column that is the member's id."""
    name: str
    """How a row ``s`` is called."""
    whole: str = "true"
    """Which rows ``s`` there are."""

    @property
    def place(self) -> str:
        """The members' column that holds the contact; empty where they belong to none."""
        return "contact_id" if "contact_id" in dict(self.keys) else ""

    @property
    def there(self) -> str:
        """SQL that holds of a member ``t`` that is there."""
        same = " AND ".join(f"{whole} = t.{column}" for column, whole in self.keys)
        return (
            f"EXISTS (SELECT FROM {self.table} AS s WHERE s.workspace_id = t.workspace_id AND {same} AND {self.whole})"
        )


TABLES = {
    "contact": Tables(
        "contacts", "segment_members", (("contact_id", "s.id"),), "contact_id",
        "coalesce(nullif(concat_ws(' ', s.first_name, s.last_name), ''), s.email, '')", "NOT s.placeholder",
    ),
    "deal": Tables(
        "deals", "deal_segment_members", (("contact_id", "s.contact_id"), ("deal_id", "s.id")), "deal_id", "s.name",
    ),
    "product": Tables("products", "object_segment_members", (("object_id", "s.id"),), "object_id", "s.name"),
    "company": Tables("companies", "object_segment_members", (("object_id", "s.id"),), "object_id", "s.name"),
}  # fmt: skip
