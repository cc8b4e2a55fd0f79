"""The last step of a set: everything that occurred, written in one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dealt.accounts import Actor, Snapshot
from dealt.contacts import Visit, note_visits
from dealt.events import queries
from dealt.events.model import Kind
from dealt.freshness import facets
from dealt.kernel.db import Connection
from dealt.kernel.journal import Mark, encode, marks_for

_FACETS = {
    Kind.EVENT: facets.EVENTS,
    Kind.PRODUCT_EVENT: facets.PRODUCT_EVENTS,
    Kind.PAGE_VIEW: facets.PAGE_VIEWS | facets.SEEN,
}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One row to be: ``values`` are the columns that only its kind has."""

    kind: Kind
    contact_id: int
    id: int
    happened_at: datetime
    custom_id: str | None
    actor: Actor
    values: dict[str, Any]

    def row(self, workspace_id: int) -> dict[str, Any]:
        """The columns, as the JSON of the statement."""
        return {
            "contact_id": self.contact_id,
            "happened_at": self.happened_at,
            "id": self.id,
            "workspace_id": workspace_id,
            "custom_id": self.custom_id,
            "actor": self.actor.name,
            "cause": int(self.actor.cause),
            "hop": self.actor.hop,
            **self.values,
        }


async def store(connection: Connection, snapshot: Snapshot, occurrences: Sequence[Occurrence], now: datetime) -> None:
    """Write ``occurrences`` with their followers' rows and stale marks, and count page views with the contacts."""
    workspace_id = snapshot.workspace_id
    rows: dict[Kind, list[dict[str, Any]]] = {kind: [] for kind in Kind}
    for one in occurrences:
        rows[one.kind].append(one.row(workspace_id))
    marks = marks_for(map(_mark, occurrences), snapshot.reads)
    await connection.execute(
        queries.STORE,
        *(encode(rows[kind]) for kind in Kind),
        workspace_id,
        now,
        snapshot.followers,
        encode(marks),
    )
    if seen := [one for one in occurrences if one.kind is Kind.PAGE_VIEW]:
        await note_visits(connection, workspace_id, _visits(seen))


def _mark(one: Occurrence) -> Mark:
    actor = one.actor
    return Mark(one.contact_id, int(actor.lane), int(actor.cause), actor.hop, _FACETS[one.kind])


def _visits(views: Collection[Occurrence]) -> list[Visit]:
    """One visit for each contact, with all its page views of the set."""
    visits: dict[int, Visit] = {}
    for view in views:
        known = visits.get(view.contact_id)
        fresh = Visit(view.contact_id, 1, view.happened_at, view.happened_at)
        visits[view.contact_id] = fresh if known is None else known.joined(fresh)
    return list(visits.values())
