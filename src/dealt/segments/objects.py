"""Segments of companies and products: all of these objects are looked at, round after round."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

import asyncpg
import structlog

from dealt.freshness import CONTACTS_OF, Definition, Derived, Plan, definitions_changed, strata
from dealt.kernel.clock import Clock
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.kernel.journal import Cause, Lane, mark_stale, record
from dealt.kernel.sql import Statement
from dealt.segments import queries
from dealt.segments.compiling import compile_range, entry_of_object
from dealt.segments.deriving import MOVED_WITH, SegmentDeriver
from dealt.segments.model import DYNAMIC, KIND, OBJECTS, TABLES

REST_S = 2.0
"""Between two rounds: with the time that a round takes, the lag of these segments."""
IDLE_S = 1.0
"""Where no workspace has such segments, how soon new ones are noticed."""
BATCH = 1_000
LAST = 2**63 - 1
ROUND = 0x7365676D  # "segm"

_log = structlog.get_logger("dealt.segments")


class ObjectRounds:
    """Keeps the segments of companies and products, of every workspace that has some, in batches of 1,000 objects.

    One process at a time looks at a batch; who else comes passes it over.
    """

    def __init__(self, pool: Pool, derived: Derived, clock: Clock) -> None:
        self._pool = pool
        self._derived = derived
        self._clock = clock
        self._statements: dict[int, tuple[Plan, dict[str, Statement]]] = {}

    async def round(self) -> float:
        """Look at everything once; the seconds to wait for the next time."""
        rows = await self._pool.fetch(queries.WORKSPACES_OF_OBJECTS)
        for row in rows:
            await self.look(row["workspace_id"])
        return REST_S if rows else IDLE_S

    async def look(self, workspace_id: int) -> None:
        """Look at all companies and products of a workspace."""
        async with self._pool.acquire() as connection:
            plan = await self._derived.plan(connection, workspace_id)
        ours = [one for one in plan.definitions if _is_ours(one)]
        after = {one.reference for one in ours}
        for level in strata(plan.definitions):
            for subject, some in groupby(
                sorted((one for one in level if one.reference in after), key=_subject), key=_subject
            ):
                await self._look_at(plan, subject, list(some))

    async def _look_at(self, plan: Plan, subject: str, definitions: Sequence[Definition]) -> None:
        last = 0
        while last < LAST:
            try:
                upto = await in_transaction(
                    self._pool,
                    lambda c: self._batch(c, plan, subject, definitions, last),  # noqa: B023
                )
            except asyncpg.PostgresError as error:
                if isinstance(error, asyncpg.PostgresConnectionError | asyncpg.TransactionRollbackError):
                    raise
                await self._put_aside(plan, subject, definitions, last, error)
                return
            if upto is None:
                return
            last = upto
        await in_transaction(self._pool, lambda c: self._done(c, plan.vocabulary.workspace_id, definitions))

    async def _batch(
        self, connection: Connection, plan: Plan, subject: str, definitions: Sequence[Definition], last: int
    ) -> int | None:
        """Look at the objects behind ``last``; the id of the last one, None where somebody else looks."""
        workspace_id = plan.vocabulary.workspace_id
        await connection.execute(queries.WITHIN.format(milliseconds=10_000))
        if not await connection.fetchval(queries.HOLD_OBJECTS, ROUND, workspace_id):
            return None
        statement = queries.LAST_OF_BATCH.format(table=TABLES[subject].table)
        found = await connection.fetchrow(statement, workspace_id, last, BATCH)
        upto: int = found["last"] if found["number"] == BATCH else LAST
        compiled = self._compiled(plan, subject, definitions)
        now = self._clock.now()
        rows = await connection.fetch(compiled.text, *compiled.bound(after=last, upto=upto, now=now))
        moved = [row for row in rows if row["segment_id"] is not None]
        if moved:
            fresh = {one.id for one in definitions if _is_new(one)}
            # What is gone leaves all its segments, those of other strata, static and deleted ones as well.
            causes = [Cause.BACKFILL if row["segment_id"] in fresh else Cause.LIVE for row in moved]
            entries = [entry_of_object(row, subject, int(cause)) for row, cause in zip(moved, causes, strict=True)]
            await record(connection, workspace_id, entries, now)
            followed = {one.id for one in definitions if _is_followed(plan, one)}
            ids = sorted({row["object_id"] for row in moved if row["segment_id"] in followed})
            contacts = await connection.fetch(CONTACTS_OF[subject], workspace_id, ids) if ids else []
            ids = [row["contact_id"] for row in contacts]
            await mark_stale(connection, workspace_id, ids, now, lane=Lane.BULK, facets=MOVED_WITH[subject])
        return upto

    def _compiled(self, plan: Plan, subject: str, definitions: Sequence[Definition]) -> Statement:
        held, statements = self._statements.get(plan.vocabulary.workspace_id, (None, {}))
        if held is not plan:
            statements = {}
            self._statements[plan.vocabulary.workspace_id] = (plan, statements)
        key = f"{subject} {[one.id for one in definitions]}"
        if key not in statements:
            statements[key] = compile_range(plan.vocabulary, subject, definitions)
        return statements[key]

    async def _done(self, connection: Connection, workspace_id: int, definitions: Sequence[Definition]) -> None:
        ids, versions = [one.id for one in definitions], [one.version for one in definitions]
        await connection.execute(queries.COMPUTED, workspace_id, ids, versions, self._clock.now())

    async def _put_aside(
        self,
        plan: Plan,
        subject: str,
        definitions: Sequence[Definition],
        last: int,
        error: asyncpg.PostgresError,
    ) -> None:
        """Quarantine the definitions that fail by themselves."""
        for one in definitions if len(definitions) > 1 else ():
            try:
                await in_transaction(self._pool, lambda c: self._batch(c, plan, subject, [one], last))  # noqa: B023
            except asyncpg.PostgresError as alone:
                await self._quarantine(plan.vocabulary.workspace_id, one, alone)
        if len(definitions) == 1:
            await self._quarantine(plan.vocabulary.workspace_id, definitions[0], error)

    async def _quarantine(self, workspace_id: int, one: Definition, error: asyncpg.PostgresError) -> None:
        _log.error("a segment is put aside", segment=one.reference, name=one.name, error=str(error))
        now = self._clock.now()

        async def mark(connection: Connection) -> None:
            await SegmentDeriver().quarantine(connection, workspace_id, one.id, str(error)[:500], now)
            await definitions_changed(connection, workspace_id, now, reading_more=False)

        await in_transaction(self._pool, mark)


async def leave_gone(
    connection: Connection, workspace_id: int, subject: str, object_ids: Sequence[int], now: datetime
) -> None:
    """Have those of some companies or products that are gone leave whatever segment they were in."""
    statement = queries.LEAVE_GONE.format(table=TABLES[subject].table)
    rows = await connection.fetch(statement, workspace_id, list(object_ids), subject)
    await record(connection, workspace_id, [entry_of_object(row, subject, int(Cause.LIVE)) for row in rows], now)


def _is_ours(one: Definition) -> bool:
    return one.kind == KIND and one.content.segment.subject in OBJECTS and one.content.segment.kind == DYNAMIC


def _subject(one: Definition) -> str:
    return str(one.content.segment.subject)


def _is_new(one: Definition) -> bool:
    return bool(one.content.segment.computed_version < one.version)


def _is_followed(plan: Plan, one: Definition) -> bool:
    return any(one.reference in other.follows and not _is_ours(other) for other in plan.definitions)
