"""The segments that a new workspace begins with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dealt.kernel.db import Connection
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import SETTINGS, Entry, difference, encode, record
from dealt.segments import queries
from dealt.segments.model import DYNAMIC, KIND, Segment

_NEW: Mapping[str, Any] = {"field": "first_seen", "op": "in_last", "value": {"hours": 24}}
_WITH_EMAIL: Mapping[str, Any] = {"field": "email", "op": "is_set"}
DEFAULTS: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("Active", "Seen in the last 30 days", {"field": "last_seen", "op": "in_last", "value": {"days": 30}}),
    ("New", "First seen in the last 24 hours", _NEW),
    ("New with email", "First seen in the last 24 hours, with an e-mail address", {"all": [_NEW, _WITH_EMAIL]}),
    ("With email", "With an e-mail address", _WITH_EMAIL),
    ("Slipping away", "Not seen for 30 days", {"field": "last_seen", "op": "more_than_ago", "value": {"days": 30}}),
)


async def set_up_segments(connection: Connection, workspace_id: int, now: datetime) -> None:
    """Make the default segments of a workspace that has no contacts yet: there is nobody to be looked at."""
    entries = []
    for name, description, written in DEFAULTS:
        segment_id = await next_settings_id(connection, workspace_id, KIND)
        made = Segment(segment_id, name, description, "contact", DYNAMIC, written, 0)
        values = (name, description, made.subject, made.kind, encode(written), 0, now)
        await connection.execute(queries.INSERT, workspace_id, segment_id, *values)
        entries.append(Entry(SETTINGS, "segment.created", KIND, segment_id, "system", difference({}, made.told)))
    await record(connection, workspace_id, entries, now)
