"""Concurrent occurrences, gathered and written as sets; the one door through which they are written."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from dealt.accounts import Definitions, trusting
from dealt.events.works import AnyWork, Occurred
from dealt.events.writing import Outcome, SetResult, Supplies, write_set
from dealt.kernel.clock import Clock
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.kernel.gather import Gatherers, run_in_sets


class EventWriter:
    """Writes events, product events and page views for one process.

    Single requests are gathered by workspace, bulk input comes in sets of its own.
    """

    def __init__(self, pool: Pool, clock: Clock, definitions: Definitions, *, gather: bool = True) -> None:
        self.supplies = Supplies(definitions)
        self._pool = pool
        self._clock = clock
        self._gatherers: Gatherers[AnyWork, Occurred] = Gatherers(self._write, _keys, gather=gather)

    def within(self, pool: Pool, definitions: Definitions) -> EventWriter:
        """A writer for work that may be undone, over a held connection: it gathers nothing and remembers nothing."""
        writer = EventWriter(pool, self._clock, definitions, gather=False)
        writer.supplies.ids = self.supplies.ids
        return writer

    async def submit(self, work: AnyWork) -> Occurred:
        """Write one work, together with whatever else is waiting; returns after the commit. Raises its own error."""
        return await self._gatherers.submit(work.actor.workspace_id, work)

    async def write_many(self, workspace_id: int, works: Sequence[AnyWork]) -> list[Occurred | Exception]:
        """Write works as sets of at most 500, in order; an outcome for each."""
        return await run_in_sets(lambda part: self._write(workspace_id, part), works)

    async def close(self) -> None:
        """Finish what is waiting."""
        await self._gatherers.close()

    async def _write(self, workspace_id: int, works: Sequence[AnyWork]) -> list[Outcome]:
        now = self._clock.now()

        async def attempt(connection: Connection) -> SetResult:
            return await write_set(connection, self.supplies, workspace_id, works, now)

        result = await in_transaction(self._pool, attempt, opening=trusting(workspace_id))
        if result.definitions_changed:
            self.supplies.definitions.forget(workspace_id)
        return result.outcomes


def _keys(work: AnyWork) -> frozenset[Hashable]:
    return work.keys
