"""The worker's rounds over companies: those that changed, those whose windows close, and those of old definitions."""

from __future__ import annotations

import time

from dealt.aggregators import queries_of_companies as queries
from dealt.aggregators.following import needed_version
from dealt.aggregators.settling_companies import LOCK, looks_at_companies, settle_companies, steps_of, version_now
from dealt.freshness import BEGIN_SETTLING, Derived, Failed, Plan, Step
from dealt.kernel.clock import Clock
from dealt.kernel.db import Connection, Pool, in_transaction

REST_S = 1.0
"""Between two rounds: with the time that a round takes, the lag of these values."""
IDLE_S = 4.0
"""Where no workspace derives anything for companies."""
WHOLE_EVERY_S = 60.0
"""Between two looks through all companies, where the last one found nothing: what comes, changes or goes is marked."""
LONGEST_S = 0.2
"""How long a batch should take."""
LEAST_BATCH, LARGEST_BATCH = 10, 250
_MARKS = 5_000


class CompanyRounds:
    """Computes aggregators of companies, in every workspace that has some. Several processes share the work."""

    def __init__(self, pool: Pool, derived: Derived, clock: Clock) -> None:
        self._pool = pool
        self._derived = derived
        self._clock = clock
        self._size = LEAST_BATCH
        self._steps: dict[int, tuple[Plan, list[Step]]] = {}
        self._looked: dict[int, tuple[int, float]] = {}
        """By workspace: up to which version nothing was found in a look through all, and when that was (monotonic)."""

    async def round(self) -> float:
        """Compute whatever waits; the seconds to wait for the next time."""
        rows = await self._pool.fetch(queries.WORKSPACES)
        for row in rows:
            await self.look(row["workspace_id"])
        return REST_S if rows else IDLE_S

    async def look(self, workspace_id: int) -> None:
        """Compute all companies of a workspace that wait."""
        while True:
            began = time.monotonic()
            try:
                found = await in_transaction(self._pool, lambda c: self._batch(c, workspace_id))
            except Failed as error:
                await self._recover(error)
                continue
            if not found:
                return
            slow = time.monotonic() - began > LONGEST_S
            self._size = max(self._size // 2, 1) if slow else min(self._size * 2, LARGEST_BATCH)

    async def _batch(self, connection: Connection, workspace_id: int) -> int:
        """Compute the next companies; how many."""
        await connection.execute(BEGIN_SETTLING)
        plan = await self._derived.plan(connection, workspace_id)
        needed = needed_version(plan.definitions, plan.whole_version)
        if not needed:
            return await self._pass_on(connection, plan)
        outdated = needed if await version_now(connection, plan) else 0
        version, looked_at = self._looked.get(workspace_id, (-1, 0.0))
        whole = version != outdated or time.monotonic() > looked_at + WHOLE_EVERY_S
        claim = (workspace_id, self._clock.now(), outdated, self._size, _MARKS, LOCK, whole)
        ids = [row["company_id"] for row in await connection.fetch(queries.CLAIM, *claim)]
        if whole and not ids:
            self._looked[workspace_id] = outdated, time.monotonic()
        if ids:
            # The clock is read under the locks, as everywhere.
            await settle_companies(connection, plan, self._of(plan), ids, self._clock.now())
        return len(ids)

    async def _pass_on(self, connection: Connection, plan: Plan) -> int:
        """Where no company has values, its segments are all that its mark is for; how many were marked."""
        workspace_id, passed = plan.vocabulary.workspace_id, 0
        if looks_at_companies(plan):
            passed = await connection.fetchval(queries.PASS_ON_MARKED, workspace_id, _MARKS, self._clock.now())
        if not passed:
            for statement in queries.FORGET_ALL:
                await connection.execute(statement, workspace_id)
        return passed

    async def _recover(self, error: Failed) -> None:
        """A batch that is too large for its time is tried as a smaller one; one company fails for a definition."""
        if self._size > 1:
            self._size = max(self._size // 4, 1)
            return
        async with self._pool.acquire() as connection:
            if not await self._derived.recover(connection, error):
                raise error

    def _of(self, plan: Plan) -> list[Step]:
        held, steps = self._steps.get(plan.vocabulary.workspace_id, (None, []))
        if held is not plan:
            steps = steps_of(plan)
            self._steps[plan.vocabulary.workspace_id] = (plan, steps)
        return steps
