"""The slice of the auditor that always runs: some contacts a second, round after round."""

from __future__ import annotations

import time
from datetime import timedelta

import structlog

from dealt.auditing import queries
from dealt.auditing.auditor import Auditor
from dealt.auditing.keeping import save_round, take_round
from dealt.freshness import Derived
from dealt.kernel.clock import Clock
from dealt.kernel.db import Pool, transaction

REST_S = 1.0
"""Between two batches of one process."""
BATCH, LEAST_BATCH = 100, 5
LONGEST_S = 0.05
"""How long a batch should take: a twentieth of the time, and an edit of one of its contacts waits for it."""
BETWEEN = timedelta(minutes=30)
"""A round of a small shop takes a second; the next one begins this long after it began."""

_log = structlog.get_logger("dealt.auditing")


class AuditRounds:
    """Looks at one batch of one workspace a second; the processes share the rounds. It mends nothing: it tells."""

    def __init__(self, pool: Pool, derived: Derived, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._auditor = Auditor(derived, clock)
        self._size = BATCH
        self._turn = 0

    async def round(self) -> float:
        """Look at the next batch; the seconds to wait for the next time."""
        rows = await self._pool.fetch(queries.WORKSPACES)
        for _ in rows:
            self._turn += 1
            if await self.look(rows[self._turn % len(rows)]["id"]):
                break
        return REST_S

    async def look(self, workspace_id: int) -> bool:
        """Look at the next batch of a workspace; False where its next round is not due, or somebody else is at it."""
        began = time.monotonic()
        async with transaction(self._pool) as connection:
            audit = await take_round(connection, workspace_id, self._clock.now(), BETWEEN)
            if audit is None:
                return False
            drift = await self._auditor.recovering(connection, workspace_id, audit, self._size)
            await save_round(connection, workspace_id, audit)
        for one in drift:
            unit = one.unit
            _log.error(
                "derived data has drifted", workspace=workspace_id, object=f"{unit.subject} {unit.object_id}",
                definition=unit.definition, name=unit.name,
            )  # fmt: skip
        slow = time.monotonic() - began > LONGEST_S
        self._size = max(self._size // 2, LEAST_BATCH) if slow else min(self._size * 2, BATCH)
        return True
