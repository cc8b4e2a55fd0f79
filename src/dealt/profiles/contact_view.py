"""What the page of a contact shows, read in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec

from dealt.accounts import Snapshot, sees_only
from dealt.aggregators import (
    AGGREGATORS,
    Aggregator,
    Explained,
    is_money,
    shown_value,
    unconverted_key,
    values_of,
)
from dealt.contacts import called, memberships
from dealt.events import SOURCES, Stretch, Timeline, read_timeline
from dealt.freshness import Age, Settling, ages
from dealt.kernel.db import Connection, Record
from dealt.kernel.paging import PageRequest
from dealt.lifetime import Lifetime, read_lifetime
from dealt.people import list_merges
from dealt.profiles import queries
from dealt.profiles.actors import actor_names
from dealt.profiles.history import undoable
from dealt.profiles.telling import Teller, Told
from dealt.rfm import RFMS, SCORED, Rfm, shown_scores
from dealt.segments import page_of_contacts_segments
from dealt.web import Visit

ORDERS_A_PAGE = 10
HAPPENINGS = 25
_ALL = PageRequest.parse({"page_size": "100"})


@dataclass(frozen=True, slots=True)
class Value:
    """A value of an aggregator; ``unconverted`` deals are not in it for want of an exchange rate."""

    aggregator: Aggregator
    value: Any
    unconverted: int
    currency: str | None = None
    """The base currency, where it is an amount of money."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is said of the changes of a timeline: what to call who made them, and what was changed, by entry."""

    actors: Mapping[str, str]
    told: Mapping[int, list[Told]]


@dataclass(frozen=True, slots=True)
class TimelineKind:
    """What one may see alone of a timeline."""

    label: str
    sources: tuple[str, ...] = SOURCES
    changes: Literal["", "segments", "others"] = ""


KINDS: Mapping[str, TimelineKind] = {
    "": TimelineKind("Everything"),
    "orders": TimelineKind("Orders", ("order",)),
    "events": TimelineKind("Events", ("event", "product_event")),
    "pages": TimelineKind("Page views", ("page_view",)),
    "segments": TimelineKind("Segments", ("change",), "segments"),
    "changes": TimelineKind("Changes", ("change",), "others"),
}
"""By the name that stands in the address."""


def kinds_seen(visit: Visit) -> dict[str, str]:
    """The kinds that this member sees, with their labels."""
    hidden = ("orders", "segments", "changes") if sees_only(visit.member) is not None else ()
    return {name: kind.label for name, kind in KINDS.items() if name not in hidden}


@dataclass(frozen=True, slots=True)
class ContactSeen:
    """Everything on the page."""

    contact: Record
    name: str
    numbers: Record
    base_currency: str
    values: list[Value]
    age: Age | None
    segments: Sequence[Record]
    lifetime: Lifetime | None
    companies: Sequence[Record]
    lists: Sequence[Record]
    orders: Sequence[Record]
    more_orders: bool
    timeline: Timeline
    segment_names: dict[int, str]
    merges: Sequence[Record]
    former: Mapping[int, str]
    """What those are called that were merged into it."""
    attributes: dict[str, Any]
    last_change: int | None
    tasks: Sequence[Record]
    other_segments: Sequence[Record]
    changes: Changes
    scored: list[tuple[Rfm, dict[str, Any]]]


def values_shown(
    known: Mapping[str, Aggregator], stored: Mapping[str, Any], snapshot: Snapshot, now: datetime
) -> list[Value]:
    """What aggregators found, of what is ``stored`` of a contact or a company, by name."""
    found = [
        Value(
            one,
            shown_value(stored.get(target), one, now, snapshot.time_zone),
            stored.get(unconverted_key(target), 0),
            snapshot.base_currency if is_money(one) else None,
        )
        for target, one in known.items()
    ]
    return sorted(found, key=lambda one: one.aggregator.name.lower())


async def see(visit: Visit, connection: Connection, snapshot: Snapshot, contact: Record) -> ContactSeen:
    """Read what stands around a contact, brought up to date first."""
    contact_id, workspace_id = contact["id"], visit.workspace_id
    await visit.of(Settling).settle_on_read(connection, workspace_id, [contact_id], visit.now)
    stored = (await values_of(connection, workspace_id, [contact_id])).get(contact_id, {})
    segments = (await page_of_contacts_segments(connection, workspace_id, contact_id, _ALL)).rows
    held = await memberships(connection, workspace_id, [contact_id])
    orders = await connection.fetch(
        queries.ORDERS, workspace_id, contact_id, sees_only(visit.member), None, None, ORDERS_A_PAGE + 1
    )
    merges = await list_merges(connection, workspace_id, contact_id, PageRequest.parse({}))
    merged = [row for row in merges.rows if row["unmerged_at"] is None]
    ids = [row["former_id"] for row in merged]
    timeline = await happenings(visit, connection, contact_id, None)
    return ContactSeen(
        contact=contact,
        name=called(contact),
        numbers=await connection.fetchrow(queries.NUMBERS, workspace_id, contact_id),
        base_currency=snapshot.base_currency,
        values=values_shown(snapshot.part(AGGREGATORS), stored, snapshot, visit.now),
        age=(await ages(connection, workspace_id, [contact_id], visit.now)).get(contact_id),
        segments=segments,
        other_segments=await connection.fetch(
            queries.OTHER_SEGMENTS, workspace_id, [segment["id"] for segment in segments]
        ),
        changes=await changes_of(connection, snapshot, timeline),
        scored=_scored(snapshot, stored),
        lifetime=await read_lifetime(connection, workspace_id, contact_id),
        companies=held.companies.get(contact_id, []),
        lists=held.lists.get(contact_id, []),
        orders=orders[:ORDERS_A_PAGE],
        more_orders=len(orders) > ORDERS_A_PAGE,
        timeline=timeline,
        segment_names=await segment_names(connection, workspace_id, timeline),
        merges=merged,
        former={row["id"]: called(row) for row in await connection.fetch(queries.FORMER_NAMES, workspace_id, ids)},
        attributes=msgspec.json.decode(contact["attributes"]),
        last_change=await undoable(connection, workspace_id, "contact", contact_id, contact_id),
        tasks=await connection.fetch(queries.TASKS_OF_CONTACT, workspace_id, contact_id, sees_only(visit.member)),
    )


def _scored(snapshot: Snapshot, stored: dict[str, Any]) -> list[tuple[Rfm, dict[str, Any]]]:
    """The place of a contact in each RFM in which it has one, by the names of SCORED."""
    found = [(rfm, shown_scores(stored, [rfm])) for rfm in snapshot.part(RFMS)]
    return [(rfm, {name: scores[rfm.attribute(name)] for name in SCORED}) for rfm, scores in found if scores]


async def happenings(
    visit: Visit, connection: Connection, contact_id: int, cursor: str | None, kind: str = ""
) -> Timeline:
    """A part of the timeline, of one kind of KINDS or of all; who sees only own deals sees there nothing of orders and
    their changes.
    """
    sources, changes = KINDS.get(kind, KINDS[""]).sources, KINDS.get(kind, KINDS[""]).changes
    if sees_only(visit.member) is not None:
        sources = tuple(one for one in sources if one not in ("order", "change"))
    stretch = Stretch(sources=sources, changes=changes)
    return await read_timeline(connection, visit.workspace_id, contact_id, stretch, size=HAPPENINGS, cursor=cursor)


async def names_of_deals(
    connection: Connection, workspace_id: int, aggregator: Aggregator, why: Explained
) -> dict[int, str]:
    """What the deals are called that a value is made of."""
    if aggregator.source not in ("deals", "order_products") or not why.behind:
        return {}
    ids = list({one.id for one in why.behind})
    rows = await connection.fetch(queries.DEAL_NAMES, workspace_id, ids)
    return {row["id"]: row["name"] for row in rows}


async def segment_names(connection: Connection, workspace_id: int, timeline: Timeline) -> dict[int, str]:
    """What the segments are called that a timeline speaks of."""
    told = [one.content.get("changes", {}).get("segment", ()) for one in timeline.happenings if one.source == "change"]
    spoken = {segment_id for pair in told for segment_id in pair if isinstance(segment_id, int)}
    if not spoken:
        return {}
    rows = await connection.fetch(queries.SEGMENT_NAMES, workspace_id, list(spoken))
    return {row["id"]: row["name"] for row in rows}


async def changes_of(connection: Connection, snapshot: Snapshot, timeline: Timeline) -> Changes:
    """Tell the changes of a timeline in words."""
    entries = [one for one in timeline.happenings if one.source == "change"]
    tellers = {domain: Teller(snapshot, {}, domain) for domain in ("contact", "deal", "task")}
    told = {
        one.id: tellers[one.content["object_type"]].changes(one.content.get("changes", {}))
        for one in entries
        if one.content.get("object_type") in tellers
    }
    return Changes(await actor_names(connection, snapshot, [str(one.content.get("actor")) for one in entries]), told)


async def all_lists(connection: Connection, workspace_id: int) -> Sequence[Record]:
    """The lists that a contact may be put on: the first 200 by name."""
    rows: Sequence[Record] = await connection.fetch(queries.LISTS, workspace_id)
    return rows
