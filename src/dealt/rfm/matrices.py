"""The matrix of an RFM as it is kept: cells as they were counted, and what has changed since, in one look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from dealt.accounts import read_workspace
from dealt.kernel.db import Connection
from dealt.kernel.limits import looking
from dealt.kernel.sql import Sql, sql
from dealt.rfm import queries
from dealt.rfm.cells import Cell, of_changes, of_everybody
from dealt.rfm.model import Edges, Rfm

FEW = 2_000
"""So many contacts are counted at once while the kept cells are of other edges."""
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Matrix:
    """The cells that somebody is in, by the edges of ``revision``, exactly as figures are stored now.

    Where ``is_current`` is False, other edges have come since and are being counted by; ``revision`` is None where
    nothing was ever counted.
    """

    cells: Sequence[Cell]
    revision: int | None = None
    counted_at: datetime | None = None
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """An RFM as it was when its cells were counted: by which edges, in which time zone."""

    rfm: Rfm
    at: datetime

    def is_of(self, rfm: Rfm) -> bool:
        """Whether the edges in force are those."""
        return (self.rfm.revision, self.rfm.zone) == (rfm.revision, rfm.zone)


async def counted(connection: Connection, workspace_id: int, rfm: Rfm) -> Counted | None:
    """How the kept cells of ``rfm`` were counted; None where they never were."""
    row = await connection.fetchrow(queries.COUNTED, workspace_id, rfm.id)
    if row is None:
        return None
    edges, zone = Edges.of(row["edges"], row["customers"]), ZoneInfo(row["time_zone"])
    return Counted(replace(rfm, revision=row["revision"], zone=zone, edges=edges), row["counted_at"])


async def read_matrix(connection: Connection, workspace_id: int, rfm: Rfm) -> Matrix:
    """The kept cells with what has changed since. Nobody waits for a count, but where there are few contacts."""
    for _ in range(_TRIES):
        held = await counted(connection, workspace_id, rfm)
        if held is None or not held.is_of(rfm):
            if rfm.edges is None:
                return Matrix([], rfm.revision, is_current=True)
            if await connection.fetchval(queries.FEW, workspace_id, FEW + 1) <= FEW:
                return Matrix(await read_cells(connection, workspace_id, rfm), rfm.revision, is_current=True)
        if held is None:
            return Matrix([])
        cells = await kept(connection, workspace_id, held.rfm)
        if cells is not None:
            return Matrix(cells, held.rfm.revision, held.at, held.is_of(rfm))
    return Matrix([])


async def kept(connection: Connection, workspace_id: int, rfm: Rfm) -> list[Cell] | None:
    """The kept cells and what has changed since, of one snapshot; None where they are not of these edges any more."""
    key = (workspace_id, rfm.id)
    query = (
        sql(queries.WAITING, *key) + of_changes(rfm)
        + sql(queries.KEPT, *key, *key, rfm.revision, rfm.zone.key)
    )  # fmt: skip
    text, values = query.render()
    rows = await connection.fetch(text, *values)
    return [Cell(**row) for row in rows if row["users"] is not None] if rows else None


async def read_cells(connection: Connection, workspace_id: int, rfm: Rfm) -> list[Cell]:
    """The cells counted from what is stored for everybody. Raises InvalidInput where that takes too long."""
    longest_ms = (await read_workspace(connection, workspace_id)).longest_filter_ms
    text, values = (sql("WITH ") + of_everybody(workspace_id, rfm) + Sql(queries.CELLS)).render()
    async with looking(connection, longest_ms, "filter"):
        return [Cell(**row) for row in await connection.fetch(text, *values)]
