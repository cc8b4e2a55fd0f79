"""Keeps matrices: folds what figures have changed into the cells, and counts anew where edges are others."""

from __future__ import annotations

from functools import partial

from dealt.kernel.clock import Clock
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.kernel.rounds import IDLE_S
from dealt.kernel.sql import sql
from dealt.rfm import queries
from dealt.rfm.cells import of_changes, of_everybody
from dealt.rfm.indexing import ask_for_index
from dealt.rfm.matrices import counted
from dealt.rfm.model import Rfm

MATRICES_DUE = queries.MATRICES_DUE
CHANGES_A_ROUND = 20_000


class MatrixRounds:
    """Brings the kept cells of every RFM up to date; one process does it at a time."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock

    async def round(self) -> float:
        """One batch of each RFM that has something to do."""
        more = False
        for row in await self._pool.fetch(queries.MATRICES_TO_DO):
            work = partial(self._bring_up, workspace_id=row["workspace_id"], rfm_id=row["rfm_id"])
            more = await in_transaction(self._pool, work) or more
        return 0.0 if more else IDLE_S

    async def _bring_up(self, connection: Connection, workspace_id: int, rfm_id: int) -> bool:
        """Whether more changes wait."""
        if not await connection.fetchval(queries.TRY_COUNTING):
            return False
        row = await connection.fetchrow(queries.READ, workspace_id, rfm_id)
        rfm = Rfm.of(row) if row else None
        if rfm is None or rfm.edges is None:
            # Nobody counts by them; whoever will does so from what is stored.
            await connection.execute(queries.FORGET_CHANGES, workspace_id, rfm_id)
            return False
        held = await counted(connection, workspace_id, rfm)
        if held is not None and held.is_of(rfm):
            return await fold(connection, workspace_id, rfm)
        await count_anew(connection, workspace_id, rfm, self._clock)
        await ask_for_index(connection, workspace_id, rfm, self._clock.now())
        return False


async def fold(connection: Connection, workspace_id: int, rfm: Rfm) -> bool:
    """Put some changes into the cells, which are of the edges of ``rfm``; whether more may wait."""
    key = (workspace_id, rfm.id)
    query = (
        sql(queries.TAKEN, *key, *key, CHANGES_A_ROUND) + of_changes(rfm) + sql(queries.FOLD, *key)
    )  # fmt: skip
    text, values = query.render()
    taken = await connection.fetchval(text, *values)
    await connection.execute(queries.SWEEP, *key)
    return bool(taken == CHANGES_A_ROUND)


async def count_anew(connection: Connection, workspace_id: int, rfm: Rfm, clock: Clock) -> None:
    """Count everybody by the edges of ``rfm``, and let go of the changes that this has seen.

    One statement does both, so that both are of one snapshot: a change stands beside its figure from one commit on. The
    transaction holds what ``TRY_COUNTING`` or ``HOLD_COUNTING`` asks for.
    """
    key = (workspace_id, rfm.id)
    await connection.execute(queries.LONGEST_READ)
    await connection.execute(queries.FORGET_CELLS, *key)
    query = sql(queries.GONE, *key) + of_everybody(workspace_id, rfm) + sql(queries.COUNT_ANEW, *key)
    text, values = query.render()
    await connection.execute(text, *values)
    await connection.execute(queries.NOTE_COUNT, *key, rfm.revision, rfm.zone.key, clock.now())
