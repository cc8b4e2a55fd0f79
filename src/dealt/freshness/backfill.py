"""Bringing every contact of a workspace up to its definitions, in the background, and how far that has come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from dealt.freshness import queries
from dealt.freshness.derived import Derived, run_steps
from dealt.freshness.derivers import Work
from dealt.freshness.model import MOST_CONTACTS
from dealt.freshness.quarantine import Failed
from dealt.kernel.clock import Clock
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.kernel.journal import Cause

BATCH_S = 0.2
"""How long a batch should take: an edit of one of its contacts waits for it."""
LEAST_BATCH = 20
ABREAST = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """The latest walk over the contacts of a workspace: how many of ``total`` are up to ``version``."""

    version: int
    done: int
    total: int
    started_at: datetime
    finished_at: datetime | None

    def covers(self, version: int) -> bool:
        """Whether every contact has what was defined at ``version``."""
        return self.version >= version and self.finished_at is not None


async def read_progress(connection: Connection, workspace_id: int) -> Progress | None:
    """The latest walk; None where there never was one."""
    row = await connection.fetchrow(queries.PROGRESS, workspace_id)
    return Progress(**row) if row else None


class Backfill:
    """The job that walks over the contacts, in locked batches of at most 500, computing only what each lacks.

    It goes on where it was when its process ended. A newer version has a job of its own: the older one then stops.
    """

    def __init__(self, derived: Derived, clock: Clock) -> None:
        self._derived = derived
        self._clock = clock

    async def __call__(self, pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
        """Handle a job of kind ``BACKFILL``."""
        version, size = int(payload["version"]), LEAST_BATCH
        await in_transaction(pool, lambda connection: self._derived.narrow(connection, workspace_id))
        if not await pool.fetchval(queries.BEGIN_WALK, workspace_id, version, now):
            return
        while True:
            began = time.monotonic()
            try:
                count = await self._stretch(pool, workspace_id, version, size)
            except Failed as error:
                async with pool.acquire() as connection:
                    if await self._derived.recover(connection, error):
                        return
                if size == 1:
                    raise
                size = max(size // 4, 1)
                continue
            if count is None:
                return
            if not count:
                break
            slow = time.monotonic() - began > BATCH_S
            size = max(size // 2, 1) if slow else min(size * 2, MOST_CONTACTS)
        await in_transaction(pool, lambda connection: self._finish(connection, workspace_id, version))

    async def _stretch(self, pool: Pool, workspace_id: int, version: int, size: int) -> int | None:
        """Bring the next contacts up to date; how many, None where another walk has taken over.

        Two batches are computed side by side, unless an edit waits to be followed. The walk stands behind both of them
        when both are done: what a crash repeats is found to be done.
        """
        async with pool.acquire() as connection:
            if await self._derived.idle(connection, workspace_id):
                return 0
            abreast = 1 if await connection.fetchval(queries.INTERACTIVE_WAITS) else ABREAST
            rows = await connection.fetch(queries.NEXT_OF_WALK, workspace_id, version, size * abreast)
            if not rows:
                return 0 if await connection.fetchval(queries.IS_WALKING, workspace_id, version) else None
        ids = [row["id"] for row in rows]
        batches = [ids[first : first + size] for first in range(0, len(ids), size)]
        done = await asyncio.gather(
            *(in_transaction(pool, partial(self._batch, workspace_id, batch)) for batch in batches),
            return_exceptions=True,
        )
        for failed in done:
            if isinstance(failed, BaseException):
                raise failed
        return len(ids) if await pool.fetchval(queries.WALKED, workspace_id, version, ids[-1], len(ids)) else None

    async def _batch(self, workspace_id: int, ids: list[int], connection: Connection) -> None:
        await connection.execute(queries.BEGIN_SETTLING)
        await connection.execute(queries.WAIT_FOR_LOCKS, ids)
        if not await self._derived.idle(connection, workspace_id):
            await self._bring_up(connection, workspace_id, ids)

    async def _bring_up(self, connection: Connection, workspace_id: int, ids: list[int]) -> None:
        """Compute what has changed since the versions that these contacts are of. Their locks are held."""
        plan = await self._derived.plan(connection, workspace_id)
        by_version: dict[int, list[int]] = {}
        for row in await connection.fetch(queries.VERSIONS_OF, ids):
            if row["version"] < plan.version:
                by_version.setdefault(row["version"], []).append(row["id"])
        for version, outdated in by_version.items():
            # The clock is read under the locks, as everywhere.
            work = Work(workspace_id, outdated, self._clock.now(), Cause.BACKFILL, {})
            wakes = await run_steps(connection, plan, plan.steps(plan.changed_since(version)), work)
            moments = [wakes.get(contact_id) for contact_id in outdated]
            await connection.execute(queries.BROUGHT_UP, workspace_id, outdated, work.now, plan.version, moments)

    async def _finish(self, connection: Connection, workspace_id: int, version: int) -> None:
        if await connection.fetchval(queries.END_WALK, workspace_id, version, self._clock.now()):
            await self._derived.forget(connection, workspace_id, version)
