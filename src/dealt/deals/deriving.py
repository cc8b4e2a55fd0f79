"""Jobs that bring columns of existing deals in step with a changed definition: base values and order times.

Both walk the deals in order of time, some hundred a transaction, in the bulk lane. A write that was under way when
the definition changed may store what the old one said after the walk has passed; so each walk is done once more
when every such write has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dealt.deals import queries
from dealt.freshness import everything_changed, facets
from dealt.kernel.clock import parse_datetime
from dealt.kernel.db import Connection, Pool, transaction
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import Cause, Lane, mark_stale

CONVERT = "deals.convert"
REDATE = "deals.redate"
DEALS_A_BATCH = 500
# Longer than any statement of a write may take (kernel/db.py).
SECOND_WALK_AFTER = timedelta(seconds=60)
_BEGINNING = datetime(1800, 1, 1, tzinfo=UTC)


async def convert_deals(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Find the rate of deals anew: of one ``currency``, ordered ``from`` a day on; null means all.

    What changed is marked stale, so that sums over base values follow.
    """
    currency, since = payload.get("currency"), payload.get("from")
    async with transaction(pool) as connection:
        zone, base = await _settings(connection, workspace_id)
        await _again(connection, workspace_id, CONVERT, payload, now)
    day = date.fromisoformat(since) if since else None
    after, last_id = (datetime.combine(day, time.min, zone) if day else _BEGINNING), 0
    while True:
        async with transaction(pool) as connection:
            row = await connection.fetchrow(
                queries.RERATED, workspace_id, after, last_id, DEALS_A_BATCH, currency, base, zone.key
            )
            if row["last_id"] is None:
                return
            after, last_id = row["last_ordered_at"], row["last_id"]
            if row["ids"]:
                await _convert(connection, workspace_id, row["ids"], base, zone, now)


async def _convert(
    connection: Connection, workspace_id: int, deal_ids: list[int], base: str, zone: ZoneInfo, now: datetime
) -> None:
    held = await connection.fetch(queries.LOCK_IDS, workspace_id, deal_ids)
    places = [row["contact_id"] for row in held], [row["deal_id"] for row in held]
    rows = await connection.fetch(queries.CONVERT, workspace_id, *places, base, zone.key)
    await _mark(connection, workspace_id, [row["contact_id"] for row in rows], now)


async def redate_deals(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Find out anew when orders happened: of one ``pipeline``, or of all where that is null; then convert them."""
    pipeline_id = payload.get("pipeline")
    async with transaction(pool) as connection:
        zone, _ = await _settings(connection, workspace_id)
        await _again(connection, workspace_id, REDATE, payload, now)
        if pipeline_id is None and not payload.get("again"):
            # The time zone has changed, and windows with it.
            await everything_changed(connection, workspace_id, now)
    after, last_id = _BEGINNING, 0
    while True:
        async with transaction(pool) as connection:
            rows = await connection.fetch(queries.DATED, workspace_id, after, last_id, DEALS_A_BATCH, pipeline_id)
            if not rows:
                break
            after, last_id = rows[-1]["ordered_at"], rows[-1]["id"]
            moved = [(r["contact_id"], r["id"], at) for r in rows if (at := happened(r, zone)) != r["ordered_at"]]
            if moved:
                columns = [list(column) for column in zip(*moved, strict=True)]
                await connection.execute(queries.REDATE, *columns)
                await connection.execute(queries.REDATE_LINKS, *columns)
                await _mark(connection, workspace_id, columns[0], now)
    async with transaction(pool) as connection:
        await enqueue(connection, workspace_id, CONVERT, {"currency": None, "from": None}, now=now)


def happened(row: Mapping[str, Any], zone: ZoneInfo) -> datetime:
    """When an order happened: what its date attribute says, as JSON in ``value``, or else when it arrived."""
    arrival: datetime = row["created_at"]
    value = msgspec.json.decode(row["value"]) if row["value"] else None
    try:
        return arrival if value is None else parse_datetime(value, zone)
    except ValueError:
        return arrival


async def _settings(connection: Connection, workspace_id: int) -> tuple[ZoneInfo, str]:
    row = await connection.fetchrow("SELECT time_zone, base_currency FROM workspaces WHERE id = $1", workspace_id)
    return ZoneInfo(row["time_zone"]), row["base_currency"]


async def _again(
    connection: Connection, workspace_id: int, kind: str, payload: Mapping[str, Any], now: datetime
) -> None:
    if not payload.get("again"):
        again = {**payload, "again": True}
        await enqueue(connection, workspace_id, kind, again, now=now, run_at=now + SECOND_WALK_AFTER)


async def _mark(connection: Connection, workspace_id: int, contact_ids: list[int] | None, now: datetime) -> None:
    ids = contact_ids or []
    await mark_stale(connection, workspace_id, ids, now, lane=Lane.BULK, cause=Cause.BACKFILL, facets=facets.DEALS)
