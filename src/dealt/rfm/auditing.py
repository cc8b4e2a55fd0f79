"""Kept matrices against a count of everybody's figures: what differs was not noted."""

from __future__ import annotations

from dealt.freshness import Drift, Unit
from dealt.kernel.clock import Clock
from dealt.kernel.db import Connection
from dealt.kernel.sql import sql
from dealt.rfm import queries
from dealt.rfm.cells import of_changes, of_everybody
from dealt.rfm.folding import count_anew
from dealt.rfm.matrices import counted
from dealt.rfm.model import Rfm

CELLS = "rfm_cells"


async def check_matrix(
    connection: Connection, workspace_id: int, last: int, clock: Clock, *, mend: bool
) -> tuple[int | None, list[Drift]]:
    """Count for the next RFM behind ``last``: its id, None where there is none, and what differed.

    It is counted by the edges that its cells are of. With ``mend`` they are counted anew where something differed.
    """
    row = await connection.fetchrow(queries.NEXT_RFM, workspace_id, last)
    if row is None:
        return None, []
    rfm = Rfm.of(row)
    await connection.execute(queries.LONGEST_READ)
    held = await counted(connection, workspace_id, rfm)
    if held is None:
        return rfm.id, []
    drift = await _differences(connection, workspace_id, held.rfm)
    if drift and mend:
        await connection.execute(queries.HOLD_COUNTING)
        await count_anew(connection, workspace_id, held.rfm, clock)
    return rfm.id, drift


async def _differences(connection: Connection, workspace_id: int, rfm: Rfm) -> list[Drift]:
    """Both sides are seen by one statement; nothing is said where the cells are not of these edges any more."""
    key = (workspace_id, rfm.id)
    query = (
        sql("WITH counted AS MATERIALIZED (WITH ") + of_everybody(workspace_id, rfm)
        + sql(" SELECT * FROM summed), kept AS MATERIALIZED (") + sql(queries.WAITING, *key) + of_changes(rfm)
        + sql(queries.KEPT, *key, *key, rfm.revision, rfm.zone.key) + sql(")") + sql(queries.DIFFERENCES)
    )  # fmt: skip
    text, values = query.render()
    return [
        Drift(
            Unit(0, "rfm", rfm.id, f"{CELLS}:{name}", f"{rfm.name}: {row['recency']}-{row['frequency']}-"
                 f"{row['monetary']}"),
            float(row[name]), float(row[f"new_{name}"]),
        )
        for row in await connection.fetch(text, *values)
        for name in ("users", "value")
        if row[name] != row[f"new_{name}"]
    ]  # fmt: skip
