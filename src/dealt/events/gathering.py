"""Concurrent occurrences, gathered and written as sets; the one door through which they are written."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from dealt.accounts import Definitions, trusting
from dealt.events.works import AnyWork, Occurred
from dealt.events.writing import Outcome, SetResult, Supplies, write_set
from dealt.kernel.clock import Clock
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.kernel.gather import Gatherer, run_halving

LARGEST_SET = 64
LARGEST_BULK_SET = 500


class EventWriter:
    """Writes events, product events and page views for one process.

    Single requests are gathered by workspace, bulk input comes in sets of its own.
    """

    def __init__(self, pool: Pool, clock: Clock, definitions: Definitions, *, gather: bool = True) -> None:
        self.supplies = Supplies(definitions)
        self._pool = pool
        self._clock = clock
        self._limit = LARGEST_SET if gather else 1
        self._writers = 1 if gather else 64
        self._gatherers: dict[int, Gatherer[AnyWork, Occurred]] = {}

    def within(self, pool: Pool, definitions: Definitions) -> EventWriter:
        """A writer for work that may be undone, over a held connection: it gathers nothing and remembers nothing."""
        writer = EventWriter(pool, self._clock, definitions, gather=False)
        writer.supplies.ids = self.supplies.ids
        return writer

    async def submit(self, work: AnyWork) -> Occurred:
        """Write one work, together with whatever else is waiting; returns after the commit. Raises its own error."""
        workspace_id = work.actor.workspace_id
        gatherer = self._gatherers.get(workspace_id)
        if gatherer is None:
            gatherer = Gatherer(
                lambda works: self._write(workspace_id, works), _keys, writers=self._writers, limit=self._limit
            )
            self._gatherers[workspace_id] = gatherer
        return await gatherer.submit(work)

    async def write_many(self, workspace_id: int, works: Sequence[AnyWork]) -> list[Occurred | Exception]:
        """Write works as sets of at most 500, in order; an outcome for each."""
        outcomes: list[Occurred | Exception] = []
        for start in range(0, len(works), LARGEST_BULK_SET):
            outcomes += await run_halving(
                lambda part: self._write(workspace_id, part), works[start : start + LARGEST_BULK_SET]
            )
        return outcomes

    async def close(self) -> None:
        """Finish what is waiting."""
        for gatherer in self._gatherers.values():
            await gatherer.close()

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
