"""Finding the edges anew: at midnight of the workspace, and whenever an RFM is changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dealt.aggregators import watch
from dealt.freshness import Derived, definitions_changed
from dealt.kernel.clock import iso, parse_datetime
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.kernel.errors import InvalidInput
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import SETTINGS, Entry, difference, encode, record
from dealt.rfm import queries
from dealt.rfm.edging import find_edges, fixed_edges
from dealt.rfm.figures import measured
from dealt.rfm.model import KIND, Edges, Rfm

REFRESH = "rfm.refresh"


class RefreshRfm:
    """The job that brings the edges of one RFM up to date. Where they stay as they are, nobody is looked at."""

    def __init__(self, derived: Derived) -> None:
        self._derived = derived

    async def __call__(self, pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
        """Handle a job of kind ``REFRESH``; one with ``due`` plans the next night when it is done."""
        rfm_id, due = payload["rfm"], payload.get("due")
        async with pool.acquire() as connection:
            row = await connection.fetchrow(queries.READ, workspace_id, rfm_id)
            if row is None or (due is not None and row["next_refresh_at"] != parse_datetime(due, ZoneInfo("UTC"))):
                return
            rfm = Rfm.of(row)
            edges = await self._found(connection, workspace_id, rfm, now)

        async def store(connection: Connection) -> None:
            if edges is not None:
                await store_edges(connection, workspace_id, rfm, edges, now)
            if due is not None:
                await plan_night(connection, workspace_id, rfm, now)

        await in_transaction(pool, store)

    async def _found(self, connection: Connection, workspace_id: int, rfm: Rfm, now: datetime) -> Edges | None:
        """None where nobody ordered, or where the filter speaks of what is no longer there: what was in force stays."""
        if rfm.thresholds is not None:
            return fixed_edges(rfm.thresholds, now.astimezone(rfm.zone).date())
        plan = await self._derived.plan(connection, workspace_id)
        try:
            query = measured(plan.vocabulary, rfm, now)
        except InvalidInput:
            return None
        async with connection.transaction():
            await connection.execute(queries.LONGEST_READ)
            return await find_edges(connection, query)


async def refresh_now(connection: Connection, workspace_id: int, rfm: Rfm, now: datetime) -> None:
    """Fixed edges are in force at once; a worker finds the others."""
    if rfm.thresholds is not None:
        edges = fixed_edges(rfm.thresholds, now.astimezone(rfm.zone).date())
        await store_edges(connection, workspace_id, rfm, edges, now)
    else:
        await enqueue(connection, workspace_id, REFRESH, {"rfm": rfm.id}, now=now)


async def store_edges(connection: Connection, workspace_id: int, rfm: Rfm, edges: Edges, now: datetime) -> None:
    """Put edges in force that were found for ``rfm`` as it was read, unless it has been changed since.

    Edges that differ are another version of what segments follow from: contacts are brought up to it in the background,
    and whoever is read before that is settled then.
    """
    changed = not edges.same_as(rfm.edges)
    version = rfm.version
    if changed:
        version = await definitions_changed(connection, workspace_id, now, reading_more=False)
    await connection.execute(queries.LOCK, workspace_id, rfm.id)
    row = await connection.fetchrow(queries.READ, workspace_id, rfm.id)
    if row is None or (row["edition"], row["revision"]) != (rfm.edition, rfm.revision):
        return
    if not changed:
        await connection.execute(queries.REFRESHED, workspace_id, rfm.id, now)
        return
    revision = await connection.fetchval(queries.REVISE, workspace_id, rfm.id, now, version)
    values = (encode(edges.told), edges.customers)
    await connection.execute(queries.CUT, workspace_id, rfm.id, revision, now, *values)
    await connection.execute(queries.FORGET_CUTS, workspace_id, rfm.id, revision)
    before = rfm.edges.told if rfm.edges else {}
    entry = Entry(SETTINGS, "rfm.refreshed", KIND, rfm.id, "system", difference(before, edges.told))
    await record(connection, workspace_id, [entry], now)


async def plan_night(connection: Connection, workspace_id: int, rfm: Rfm, now: datetime) -> None:
    """Have the edges found anew at the next midnight of the workspace."""
    zone = ZoneInfo(await connection.fetchval(queries.ZONE, workspace_id))
    night = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
    await connection.execute(queries.PLAN, workspace_id, rfm.id, night)
    await enqueue(connection, workspace_id, REFRESH, {"rfm": rfm.id, "due": iso(night)}, now=now, run_at=night)


async def plan_rfm(connection: Connection, workspace_id: int, *, now: datetime) -> None:
    """Find all edges anew and plan the next night: of a workspace that was moved here, or has other days."""
    for row in await connection.fetch(queries.ALL, workspace_id):
        rfm = Rfm.of(row)
        await watch(connection, workspace_id, rfm.aggregator_ids, rfm.id)
        await refresh_now(connection, workspace_id, rfm, now)
        await plan_night(connection, workspace_id, rfm, now)
