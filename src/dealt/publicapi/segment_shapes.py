"""How a segment is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dealt.kernel.clock import iso
from dealt.publicapi.dispatch import PREFIX
from dealt.segments import Standing

TOLD = (
    "id", "users", "members", "object_count", "too_heavy", "update_interval", "last_counted", "updated_at",
    "created_at", "kind", "sentence", "error", "as_of", "progress",
)  # fmt: skip
"""What an answer tells besides and a client may send back as it came."""


def segment_shape(held: Standing, origin: str, now: datetime) -> dict[str, Any]:
    """A segment as both versions show it: the fields that clients know, and what more there is to tell."""
    segment = held.segment
    address = f"{origin}{PREFIX}/segments/{segment.id}/"
    progress = None if held.done is None else {"done": held.done, "total": held.total}
    return {
        "id": segment.id,
        "name": segment.name,
        "description": segment.description,
        "users": f"{address}users/" if segment.subject == "contact" else None,
        "object_count": held.members,
        "too_heavy": segment.failed_at is not None,
        # Members follow every change at once, not by a timetable.
        "update_interval": 0,
        "last_counted": iso(_minute(now)),
        "updated_at": segment.updated_at and iso(segment.updated_at),
        "created_at": segment.created_at and iso(segment.created_at),
        "subject": segment.subject,
        "kind": segment.kind,
        "filter": segment.filter,
        "sentence": held.sentence,
        "members": f"{address}members/",
        "error": held.error,
        "as_of": held.as_of and iso(_minute(held.as_of)),
        "progress": progress,
    }


def _minute(at: datetime) -> datetime:
    """The minute that has begun: at least so new is it, and two reads one after the other are alike."""
    return at.replace(second=0, microsecond=0)
