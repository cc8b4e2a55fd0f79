"""Segments."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

Subject = Literal["contact", "deal", "product", "company"]


class Segment(TypedDict):
    """A saved filter and how many belong; ``progress`` is there while everybody is looked at."""

    id: int
    name: str
    description: str
    users: str | None
    object_count: int
    too_heavy: bool
    update_interval: int
    last_counted: str
    updated_at: str
    created_at: str
    subject: Subject
    kind: Literal["dynamic", "static"]
    filter: dict[str, Any]
    sentence: str
    members: str
    error: str
    as_of: str | None
    progress: dict[str, Any] | None


class SegmentOfUser(Segment):
    """A segment that a user is in, and since when."""

    entered_at: str


class SegmentMember(TypedDict):
    """Whatever belongs to a segment."""

    id: int
    custom_id: str | None
    name: str | None
    entered_at: str


class SegmentPreview(TypedDict):
    """Who passes a filter."""

    subject: Subject
    sentence: str
    count: int
    sample: list[dict[str, Any]]


class SegmentChanges(TypedDict):
    """Who would enter and leave; each has ``count`` and ``sample``."""

    sentence: str
    entering: dict[str, Any]
    leaving: dict[str, Any]


class SegmentExplained(TypedDict):
    """Whether somebody belongs, and which conditions hold."""

    id: int
    holds: bool
    conditions: list[dict[str, Any]]
