"""What visits leave on a contact: page views are counted, and when it was seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dealt.contacts import queries
from dealt.kernel.db import Connection


@dataclass(frozen=True, slots=True)
class Visit:
    """Some page views of one contact, seen from ``first_at`` to ``last_at``; none where an app was only opened."""

    contact_id: int
    page_views: int
    first_at: datetime
    last_at: datetime

    def joined(self, other: Visit) -> Visit:
        """Both as one."""
        first_at, last_at = min(self.first_at, other.first_at), max(self.last_at, other.last_at)
        return Visit(self.contact_id, self.page_views + other.page_views, first_at, last_at)


async def note_visits(connection: Connection, workspace_id: int, visits: Iterable[Visit]) -> None:
    """Count ``visits``, one for each contact. The caller marks the contacts stale; a visit is no edit of a contact."""
    ordered = sorted(visits, key=lambda visit: visit.contact_id)
    await connection.execute(
        queries.NOTE_VISITS,
        workspace_id,
        [visit.contact_id for visit in ordered],
        [visit.page_views for visit in ordered],
        [visit.first_at for visit in ordered],
        [visit.last_at for visit in ordered],
    )
