"""Concurrent upserts of contacts, gathered and written as sets."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from dealt.accounts import Definitions, trusting, version_question
from dealt.contacts.model import WrittenContact
from dealt.contacts.upserting import UpsertedContacts, upsert_contacts
from dealt.contacts.works import ContactWork
from dealt.kernel.clock import Clock
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.kernel.gather import Gatherers, run_in_sets
from dealt.kernel.questions import ask


class ContactWriter:
    """Creates and upserts contacts for one process: single requests gathered by workspace, bulk input in sets."""

    def __init__(self, pool: Pool, clock: Clock, definitions: Definitions, *, gather: bool = True) -> None:
        self._pool = pool
        self._clock = clock
        self._definitions = definitions
        self._gatherers: Gatherers[ContactWork, WrittenContact] = Gatherers(
            self._write, lambda work: work.keys, gather=gather
        )

    def within(self, pool: Pool, definitions: Definitions) -> ContactWriter:
        """A writer for work that may be undone, over a held connection: it gathers nothing."""
        return ContactWriter(pool, self._clock, definitions, gather=False)

    async def submit(self, work: ContactWork) -> WrittenContact:
        """Write one work, together with whatever else is waiting; returns after the commit. Raises its own error."""
        return await self._gatherers.submit(work.actor.workspace_id, work)

    async def write_many(self, workspace_id: int, works: Sequence[ContactWork]) -> list[WrittenContact | Exception]:
        """Write works as sets of at most 500, in order; an outcome for each."""
        return await run_in_sets(lambda part: self._write(workspace_id, part), works)

    async def close(self) -> None:
        """Finish what is waiting."""
        await self._gatherers.close()

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
