"""How segments stand: how many belong, since when that is known, and who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dealt.freshness import Derived, Plan, Progress, read_progress
from dealt.kernel.db import Connection
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import sql
from dealt.predicates import Checked, describe
from dealt.segments import queries
from dealt.segments.counting import count_members, count_roughly
from dealt.segments.keeping import read_segment
from dealt.segments.model import KIND, OBJECTS, STATIC, TABLES, Segment

MOST_LOOKED_THROUGH = 500
"""Marks of changes, of whichever workspace, among which the oldest of one is looked for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A segment and what is known of it.

    ``as_of`` is the moment whose changes are all followed. ``done`` of ``total`` contacts have been looked at since
    the filter changed, None where all have. ``roughly`` says that ``members`` is an estimate.
    """

    segment: Segment
    sentence: str
    error: str
    members: int
    as_of: datetime | None
    done: int | None = None
    total: int | None = None
    roughly: bool = False


async def page_of_segments(connection: Connection, workspace_id: int, request: PageRequest) -> Page:
    """One page of segments, by id."""
    conditions = [sql("workspace_id = {}", workspace_id), sql("deleted_at IS NULL")]
    return await fetch_page(connection, queries.COLUMNS, "segments", conditions, Order("id"), request)


async def standings(
    connection: Connection,
    derived: Derived,
    workspace_id: int,
    segments: Sequence[Segment],
    now: datetime,
    *,
    roughly: bool = False,
) -> dict[int, Standing]:
    """How these segments stand, by id; where that is enough, ``roughly`` how many belong from 10,000 on."""
    # A transaction may have changed definitions itself; whoever only reads takes what is kept.
    loaded = derived.uncommitted if connection.is_in_transaction() else derived.plan
    plan = await loaded(connection, workspace_id)
    counts, rough = (
        await count_roughly(connection, workspace_id, segments)
        if roughly
        else (await count_members(connection, workspace_id, [one.id for one in segments]), frozenset[int]())
    )
    progress = await read_progress(connection, workspace_id)
    as_of = await known_as_of(connection, workspace_id, now)
    standing = (_standing(one, plan, counts.get(one.id, 0), progress, as_of) for one in segments)
    return {one.segment.id: replace(one, roughly=one.segment.id in rough) for one in standing}


async def known_as_of(connection: Connection, workspace_id: int, now: datetime) -> datetime:
    """The moment whose changes are all followed: now, or when the workspace's longest waiting change was made."""
    oldest: datetime | None = await connection.fetchval(queries.OLDEST_STALE, workspace_id, MOST_LOOKED_THROUGH)
    return min(oldest, now) if oldest else now


async def page_of_members(connection: Connection, workspace_id: int, segment_id: int, request: PageRequest) -> Page:
    """One page of ``member_id``, ``custom_id``, ``name`` and ``entered_at``, by member. Raises NotFound."""
    tables = TABLES[(await read_segment(connection, workspace_id, segment_id)).subject]
    keys = " AND ".join(f"{column} = m.{key}" for key, column in tables.keys)
    source = f"{tables.members} AS m JOIN {tables.table} AS s ON s.workspace_id = m.workspace_id AND {keys}"
    select = f"m.{tables.member}, s.id, s.custom_id, {tables.name} AS name, m.entered_at, s.updated_at"
    conditions = [sql("m.workspace_id = {}", workspace_id), sql("m.segment_id = {}", segment_id), sql(tables.whole)]
    order = Order(f"m.{tables.member}", id_column=f"m.{tables.member}")
    return await fetch_page(connection, select, source, conditions, order, request)


async def page_of_contacts_segments(
    connection: Connection, workspace_id: int, contact_id: int, request: PageRequest
) -> Page:
    """One page of the segments that a contact belongs to, by id, each with ``entered_at``."""
    columns = ", ".join(f"s.{name.strip()}" for name in queries.COLUMNS.split(","))
    source = "segment_members AS m JOIN segments AS s ON s.workspace_id = m.workspace_id AND s.id = m.segment_id"
    conditions = [
        sql("m.contact_id = {}", contact_id),
        sql("m.workspace_id = {}", workspace_id),
        sql("s.deleted_at IS NULL"),
    ]
    order = Order("s.id", id_column="s.id")
    return await fetch_page(connection, f"{columns}, m.entered_at", source, conditions, order, request)


def _standing(
    segment: Segment, plan: Plan, members: int, progress: Progress | None, as_of: datetime
) -> Standing:  # fmt: skip
    held = next((one for one in plan.definitions if one.reference == f"{KIND}:{segment.id}"), None)
    node: Checked | None = held.content.node if held else None
    sentence = describe(node) if node is not None else ""
    if segment.kind == STATIC:
        return Standing(segment, "A copy of members.", "", members, segment.created_at)
    error = held.error if held else segment.error
    if segment.subject in OBJECTS:
        if segment.computed_version >= segment.version:
            return Standing(segment, sentence, error, members, segment.computed_at)
        return Standing(segment, sentence, error, members, None, 0, None)
    if progress is None or progress.covers(segment.version):
        return Standing(segment, sentence, error, members, as_of)
    return Standing(segment, sentence, error, members, None, progress.done, progress.total)
