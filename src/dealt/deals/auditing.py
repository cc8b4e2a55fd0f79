"""What follows from a deal alone, against a computation from nothing: its totals, base value, links and directory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from dealt.deals import queries_of_audit as queries
from dealt.deals.deriving import CONVERT, REDATE
from dealt.freshness import Drift, Found, Unit
from dealt.kernel.db import Connection, attempting


async def check_deals(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Found:
    """Compute it for all deals of these contacts, store it, and say what differed before.

    The caller's transaction may be undone. While a walk over deals is under way (a late rate, another base currency
    or time zone), base values and order times are left alone.
    """
    async with attempting(connection) as attempt:
        rows = await connection.fetch(queries.CHECK_BASE, workspace_id, contact_ids)
        # Asked after the look: a rate that was seen has its walk in the queue.
        attempt.keep = not await connection.fetchval(queries.WALKING, workspace_id, [CONVERT, REDATE])
    drift = _drift(rows, ("base_rate", "base_value")) if attempt.keep else []
    drift += _drift(
        await connection.fetch(queries.CHECK_TOTALS, workspace_id, contact_ids),
        ("lines_total", "refunded_total", "net_value"),
    )
    for statement in (queries.CHECK_LINKS, queries.CHECK_DIRECTORY):
        drift += _drift(await connection.fetch(statement, workspace_id, contact_ids), None)
    return Found(drift)


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
