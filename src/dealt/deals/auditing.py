"""What follows from a deal alone, against a computation from nothing: its totals, base value, links and directory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dealt.deals import queries_of_audit as queries
from dealt.deals.deriving import CONVERT, happened
from dealt.deals.deriving import REDATE as REDATING
from dealt.deals.queries import REDATE, TIME_ZONE
from dealt.freshness import Drift, Found, Unit
from dealt.kernel.clock import iso
from dealt.kernel.db import Connection, attempting

DATE = "ordered_at"


async def check_deals(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Found:
    """Compute it for all deals of these contacts, store it, and say what differed before.

    The caller's transaction may be undone. While a walk over deals is under way (a late rate, another base currency
    or time zone), base values and order times are left alone.
    """
    async with attempting(connection) as attempt:
        drift = await _dates(connection, workspace_id, contact_ids)
        rows = await connection.fetch(queries.CHECK_BASE, workspace_id, contact_ids)
        # Asked after the look: a rate that was seen has its walk in the queue.
        attempt.keep = not await connection.fetchval(queries.WALKING, workspace_id, [CONVERT, REDATING])
    drift = [*drift, *_drift(rows, ("base_rate", "base_value"))] if attempt.keep else []
    drift += _drift(
        await connection.fetch(queries.CHECK_TOTALS, workspace_id, contact_ids),
        ("lines_total", "refunded_total", "net_value"),
    )
    drift += _drift(await connection.fetch(queries.CHECK_TASKS, workspace_id, contact_ids), ("open_tasks",))
    for statement in (queries.CHECK_LINKS, queries.CHECK_DIRECTORY, queries.CHECK_CUSTOM_IDS):
        drift += _drift(await connection.fetch(statement, workspace_id, contact_ids), None)
    return Found(drift)


async def _dates(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> list[Drift]:
    """When orders happened; their links to products are looked at after that."""
    zone = ZoneInfo(await connection.fetchval(TIME_ZONE, workspace_id))
    rows = await connection.fetch(queries.DATED, workspace_id, contact_ids)
    moved = [(row, at) for row in rows if (at := happened(row, zone)) != row["ordered_at"]]
    if moved:
        columns = zip(*((row["contact_id"], row["id"], at) for row, at in moved), strict=True)
        await connection.execute(REDATE, *(list(column) for column in columns))
    return [
        Drift(Unit(row["contact_id"], "deal", row["id"], DATE, DATE), iso(row["ordered_at"]), iso(at))
        for row, at in moved
    ]


def _drift(rows: Sequence[Any], names: tuple[str, ...] | None) -> list[Drift]:
    """Rows of ``contact_id``, ``id`` and either a ``name`` with one value, or several values, before and after."""
    found = []
    for row in rows:
        before, after = msgspec.json.decode(row["before"] or "null"), msgspec.json.decode(row["after"] or "null")
        for name in names or (row["name"],):
            stored, recomputed = (before.get(name), after.get(name)) if names else (before, after)
            if stored != recomputed:
                unit = Unit(row["contact_id"], "deal", row["id"], name, name)
                found.append(Drift(unit, stored, recomputed))
    return found
