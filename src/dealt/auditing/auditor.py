"""One batch after another under the locks of settling: computed, compared and undone, or kept to mend what differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from dealt.aggregators import check_companies
from dealt.auditing import queries
from dealt.auditing.directories import check_directory
from dealt.auditing.keeping import keep_round
from dealt.auditing.model import COMMAND, DIRECTORIES, MATRICES, NAMED, STAGES, VALUES, Audit
from dealt.auditing.names import check_names
from dealt.contacts import check_contacts
from dealt.deals import check_deals, check_stages
from dealt.devices import check_devices
from dealt.events import check_occurrences, check_visits
from dealt.freshness import (
    BEGIN_SETTLING,
    MOST_CONTACTS,
    Derived,
    Drift,
    Failed,
    Found,
    check_derived,
    check_reads,
    hold_contacts,
    mend_derived,
)
from dealt.kernel.clock import Clock
from dealt.kernel.db import Connection, Pool, attempting, in_transaction, transaction
from dealt.rfm import check_matrix
from dealt.segments import check_objects
from dealt.tasks import check_tasks

Report = Callable[[Audit, Sequence[Drift]], None]
"""Told after every batch: the round so far, and what this batch found."""


class Auditor:
    """Compares what is stored with what the same statements compute from nothing. A healthy shop is only read."""

    def __init__(self, derived: Derived, clock: Clock) -> None:
        self._derived = derived
        self._clock = clock

    async def audit(self, pool: Pool, workspace_id: int, *, mend: bool, report: Report) -> Audit:
        """One whole round over a workspace; with ``mend``, what differs is settled for good. It is kept."""
        audit = Audit(0, COMMAND, self._clock.now(), mended=mend)
        while True:
            async with transaction(pool) as connection:
                drift = await self.recovering(connection, workspace_id, audit, MOST_CONTACTS, mend=mend)
            report(audit, drift)
            if audit.finished_at is not None:
                await in_transaction(pool, lambda connection: keep_round(connection, workspace_id, audit))
                return audit

    async def step(
        self, connection: Connection, workspace_id: int, audit: Audit, size: int, *, mend: bool = False
    ) -> list[Drift]:
        """Look at the next batch of a round, in the caller's transaction; what differed in it. Raises Failed."""
        if audit.stage == STAGES[0]:
            rows = await connection.fetch(queries.NEXT_CONTACTS, workspace_id, audit.last_id, size)
            ids = [row["id"] for row in rows]
            found = await self._contacts(connection, workspace_id, ids, mend=mend) if ids else Found()
            audit.note(len(ids), len(found.waiting), found.drift)
            audit.last_id = ids[-1] if ids else audit.last_id
            ended, drift = len(ids) < size, found.drift
        elif audit.stage == STAGES[-1]:
            async with attempting(connection, keep=mend):
                drift = await check_stages(connection, workspace_id)
                drift += await check_reads(connection, self._derived, workspace_id, mend=mend)
            audit.note(0, 0, drift)
            ended = True
        elif audit.stage == VALUES:
            now = self._clock.now()
            of = await check_companies(connection, self._derived, workspace_id, audit.last_id, now, mend=mend)
            audit.note(of.looked, 0, of.drift)
            audit.last_id = of.upto or audit.last_id
            ended, drift = of.upto is None, of.drift
        elif audit.stage == MATRICES:
            of_rfm, drift = await check_matrix(connection, workspace_id, audit.last_id, self._clock, mend=mend)
            audit.note(0, 0, drift)
            audit.last_id = of_rfm or audit.last_id
            ended = of_rfm is None
        elif audit.stage in DIRECTORIES:
            upto, drift = await check_directory(connection, workspace_id, audit.stage, audit.last_id, mend=mend)
            audit.note(0, 0, drift)
            audit.last_id = upto or audit.last_id
            ended = upto is None
        elif audit.stage in NAMED:
            ended, drift = await check_names(connection, workspace_id, audit, mend=mend)
            audit.note(0, 0, drift)
        else:
            ended, drift = await self._objects(connection, workspace_id, audit, mend=mend)
        if ended and not audit.next_stage():
            audit.finished_at = self._clock.now()
        return drift

    async def recovering(
        self, connection: Connection, workspace_id: int, audit: Audit, size: int, *, mend: bool = False
    ) -> list[Drift]:
        """The same, with smaller batches where one fails; a contact that fails alone is passed over as waiting."""
        while True:
            try:
                async with attempting(connection):
                    return await self.step(connection, workspace_id, audit, size, mend=mend)
            except Failed:
                if size == 1:
                    audit.last_id = await connection.fetchval(queries.NEXT_CONTACTS, workspace_id, audit.last_id, 1)
                    audit.note(1, 1, [])
                    return []
                size = max(size // 4, 1)

    async def _contacts(
        self, connection: Connection, workspace_id: int, ids: Sequence[int], *, mend: bool
    ) -> Found:  # fmt: skip
        await connection.execute(BEGIN_SETTLING)
        await hold_contacts(connection, ids)
        # The clock is read under the locks, as everywhere.
        now = self._clock.now()
        async with attempting(connection, keep=False):
            found = await self._look(connection, workspace_id, ids, now)
        if mend and found.drift:
            touched = sorted({one.unit.contact_id for one in found.drift})
            await self._rows(connection, workspace_id, touched)
            settled = [one for one in found.drift if one.unit.contact_id not in found.waiting]
            await mend_derived(connection, self._derived, workspace_id, settled, now)
        return found

    async def _look(
        self, connection: Connection, workspace_id: int, ids: Sequence[int], now: datetime
    ) -> Found:  # fmt: skip
        """Everything of these contacts: what follows from a deal alone comes before what follows from deals."""
        drift = await self._rows(connection, workspace_id, ids)
        derived = await check_derived(connection, self._derived, workspace_id, ids, now)
        return Found(drift + derived.drift, derived.waiting)

    async def _rows(self, connection: Connection, workspace_id: int, ids: Sequence[int]) -> list[Drift]:
        """What follows from rows of these contacts, whatever is defined."""
        checks = (check_contacts, check_visits, check_occurrences, check_devices, check_tasks, check_deals)
        return [one for check in checks for one in (await check(connection, workspace_id, ids)).drift]

    async def _objects(
        self, connection: Connection, workspace_id: int, audit: Audit, *, mend: bool
    ) -> tuple[bool, list[Drift]]:
        now = self._clock.now()
        async with attempting(connection, keep=mend):
            found = await check_objects(connection, self._derived, workspace_id, audit.stage, audit.last_id, now)
        audit.note(found.looked, 0, found.drift)
        audit.last_id = found.upto or audit.last_id
        return found.upto is None, found.drift
