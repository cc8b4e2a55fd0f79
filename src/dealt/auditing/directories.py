"""Rows of directories by number that lead to nothing: the other way round, contacts are looked at with their own."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.auditing import queries
from dealt.freshness import Drift, Unit
from dealt.kernel.db import Connection, Record

BATCH = 1_000
_OF = {
    "deal_ids": {"directory": "deal_ids", "key": "deal_id", "table": "deals"},
    "task_ids": {"directory": "task_ids", "key": "task_id", "table": "tasks"},
}


async def check_directory(
    connection: Connection, workspace_id: int, directory: str, last: int, *, mend: bool
) -> tuple[int | None, list[Drift]]:
    """Look at up to 1,000 rows behind ``last``: the last of them, None where none are left, and what is astray.

    What looks astray is asked again under the lock that every write of it begins with.
    """
    names = _OF[directory]
    rows = await connection.fetch(queries.LISTED.format(**names), workspace_id, last, BATCH)
    lost = await _astray(connection, workspace_id, names, rows)
    if lost:
        held = await connection.fetch(queries.HOLD_LISTED.format(**names), workspace_id, lost)
        lost = await _astray(connection, workspace_id, names, held)
    if lost and mend:
        await connection.execute(queries.DROP_LISTED.format(**names), workspace_id, lost)
    subject = names["table"].removesuffix("s")
    places = {row["id"]: row["contact_id"] for row in rows}
    drift = [Drift(Unit(0, subject, lost_id, directory, directory), places[lost_id], None) for lost_id in lost]
    return (rows[-1]["id"] if len(rows) == BATCH else None), drift


async def _astray(
    connection: Connection, workspace_id: int, names: dict[str, str], rows: Sequence[Record]
) -> list[int]:
    places = [row["contact_id"] for row in rows], [row["id"] for row in rows]
    found = await connection.fetch(queries.ASTRAY.format(**names), workspace_id, *places) if rows else []
    return sorted(row["id"] for row in found)
