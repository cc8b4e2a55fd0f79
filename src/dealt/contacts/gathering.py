"""Concurrent upserts of contacts, gathered and written as sets."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from dealt.accounts import Definitions, trusting, version_question
from dealt.contacts.model import WrittenContact
from dealt.contacts.upserting import UpsertedContacts, upsert_contacts
from dealt.contacts.works import ContactWork
from dealt.kernel.clock import Clock
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.kernel.gather import Gatherer, run_halving
from dealt.kernel.questions import ask

LARGEST_SET = 64
LARGEST_BULK_SET = 500


class ContactWriter:
    """Creates and upserts contacts for one process: single requests gathered by workspace, bulk input in sets."""

    def __init__(self, pool: Pool, clock: Clock, definitions: Definitions, *, gather: bool = True) -> None:
        self._pool = pool
        self._clock = clock
        self._definitions = definitions
        self._limit = LARGEST_SET if gather else 1
        self._writers = 1 if gather else 64
        self._gatherers: dict[int, Gatherer[ContactWork, WrittenContact]] = {}

    def within(self, pool: Pool, definitions: Definitions) -> ContactWriter:
        """A writer for work that may be undone, over a held connection: it gathers nothing."""
        return ContactWriter(pool, self._clock, definitions, gather=False)

    async def submit(self, work: ContactWork) -> WrittenContact:
        """Write one work, together with whatever else is waiting; returns after the commit. Raises its own error."""
        workspace_id = work.actor.workspace_id
        gatherer = self._gatherers.get(workspace_id)
        if gatherer is None:
            gatherer = Gatherer(
                lambda works: self._write(workspace_id, works), _keys, writers=self._writers, limit=self._limit
            )
            self._gatherers[workspace_id] = gatherer
        return await gatherer.submit(work)

    async def write_many(self, workspace_id: int, works: Sequence[ContactWork]) -> list[WrittenContact | Exception]:
        """Write works as sets of at most 500, in order; an outcome for each."""
        outcomes: list[WrittenContact | Exception] = []
        for start in range(0, len(works), LARGEST_BULK_SET):
            outcomes += await run_halving(
                lambda part: self._write(workspace_id, part), works[start : start + LARGEST_BULK_SET]
            )
        return outcomes

    async def close(self) -> None:
        """Finish what is waiting."""
        for gatherer in self._gatherers.values():
            await gatherer.close()

    async def _write(self, workspace_id: int, works: Sequence[ContactWork]) -> list[WrittenContact | Exception]:
        now = self._clock.now()

        async def attempt(connection: Connection) -> UpsertedContacts:
            (version,) = await ask(connection, version_question(workspace_id))
            snapshot = await self._definitions.at_version(connection, workspace_id, version)
            return await upsert_contacts(connection, snapshot, works, now)

        done = await in_transaction(self._pool, attempt, opening=trusting(workspace_id))
        if done.defined:
            self._definitions.forget(workspace_id)
        return list(done.outcomes)


def _keys(work: ContactWork) -> frozenset[Hashable]:
    return work.keys
