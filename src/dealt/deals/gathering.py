"""Concurrent writes of deals, gathered and written as sets; the one door through which deals are written."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime

import msgspec

from dealt.accounts import Definitions, Snapshot, trusting
from dealt.deals.works import DealWork, DealWritten
from dealt.deals.writing import Outcome, SetResult, Supplies, write_set
from dealt.kernel.clock import Clock
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.kernel.errors import DealtError
from dealt.kernel.gather import Gatherers, run_in_sets
from dealt.kernel.idempotency import FirstAnswer, IdempotencyKey, claim_keys, forget_keys, keep_answers


class Submission(msgspec.Struct, kw_only=True):
    """A work, and how its answer is rendered where a client's key must be able to repeat it."""

    work: DealWork
    key: IdempotencyKey | None = None
    render: Callable[[DealWritten, Snapshot], FirstAnswer] | None = None


class DealWriter:
    """Writes deals for one process: single requests gathered by workspace, bulk input in sets of its own."""

    def __init__(self, pool: Pool, clock: Clock, definitions: Definitions, *, gather: bool = True) -> None:
        self.supplies = Supplies(definitions)
        self._pool = pool
        self._clock = clock
        self._gatherers: Gatherers[Submission, DealWritten | FirstAnswer] = Gatherers(self._run, _keys, gather=gather)

    def within(self, pool: Pool, definitions: Definitions) -> DealWriter:
        """A writer for work that may be undone, over a held connection: it gathers nothing and remembers nothing.

        Ids are taken from the same stock: a sequence takes none back.
        """
        writer = DealWriter(pool, self._clock, definitions, gather=False)
        writer.supplies.deal_ids, writer.supplies.contact_ids = self.supplies.deal_ids, self.supplies.contact_ids
        return writer

    async def submit(self, submission: Submission) -> DealWritten | FirstAnswer:
        """Write one work, together with whatever else is waiting; returns after the commit.

        A FirstAnswer repeats what an earlier request with the same key was told. Raises the work's own error.
        """
        return await self._gatherers.submit(submission.work.actor.workspace_id, submission)

    async def write_many(self, workspace_id: int, works: Sequence[DealWork]) -> list[DealWritten | Exception]:
        """Write works as sets of at most 500, in order; an outcome for each."""
        return await run_in_sets(lambda part: self._write(workspace_id, part), works)

    async def close(self) -> None:
        """Finish what is waiting."""
        await self._gatherers.close()

    async def _write(self, workspace_id: int, works: Sequence[DealWork]) -> list[DealWritten | Exception]:
        now = self._clock.now()

        async def work(connection: Connection) -> SetResult:
            return await write_set(connection, self.supplies, workspace_id, works, now)

        return list(
            self._remember(workspace_id, await in_transaction(self._pool, work, opening=trusting(workspace_id)))
        )

    async def _run(
        self, workspace_id: int, submissions: Sequence[Submission]
    ) -> Sequence[DealWritten | FirstAnswer | Exception]:
        if all(submission.key is None for submission in submissions):
            return await self._write(workspace_id, [submission.work for submission in submissions])
        now = self._clock.now()
        repeated: dict[int, FirstAnswer | DealtError] = {}

        async def work(connection: Connection) -> SetResult | None:
            repeated.clear()
            repeated.update(await _repeats(connection, workspace_id, submissions, now))
            fresh = [s for place, s in enumerate(submissions) if place not in repeated]
            if not fresh:
                return None
            result = await write_set(connection, self.supplies, workspace_id, [s.work for s in fresh], now)
            await _keep(connection, fresh, result)
            return result

        result = await in_transaction(self._pool, work, opening=trusting(workspace_id))
        written = iter(self._remember(workspace_id, result) if result else ())
        return [repeated[place] if place in repeated else next(written) for place in range(len(submissions))]

    def _remember(self, workspace_id: int, result: SetResult) -> list[Outcome]:
        """After the commit: what the set reserved holds, what it defined must be read anew."""
        self.supplies.products.remember(workspace_id, result.reserved)
        if result.definitions_changed:
            self.supplies.definitions.forget(workspace_id)
        return result.outcomes


async def _repeats(
    connection: Connection, workspace_id: int, submissions: Sequence[Submission], now: datetime
) -> dict[int, FirstAnswer | DealtError]:
    keyed = {s.key.key: place for place, s in enumerate(submissions) if s.key is not None}
    keys = [s.key for s in submissions if s.key is not None]
    found = await claim_keys(connection, workspace_id, keys, now)
    return {keyed[key]: answer for key, answer in found.items() if answer is not None}


async def _keep(connection: Connection, submissions: Sequence[Submission], result: SetResult) -> None:
    answers: dict[str, FirstAnswer] = {}
    refused = []
    for submission, outcome in zip(submissions, result.outcomes, strict=True):
        if submission.key is None or submission.render is None:
            continue
        if isinstance(outcome, DealtError):
            refused.append(submission.key.key)
        else:
            answers[submission.key.key] = submission.render(outcome, result.snapshot)
    await keep_answers(connection, result.snapshot.workspace_id, answers)
    await forget_keys(connection, result.snapshot.workspace_id, refused)


def _keys(submission: Submission) -> frozenset[Hashable]:
    keys = submission.work.keys
    return keys | {("key", submission.key.key)} if submission.key else keys
