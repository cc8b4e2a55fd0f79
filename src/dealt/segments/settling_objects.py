"""Looking at some companies or products: who belongs, what is journalled of that, and whom it concerns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from dealt.freshness import CONTACTS_OF, Definition, Plan
from dealt.kernel.db import Connection, Record
from dealt.kernel.journal import Cause, Lane, mark_stale, record
from dealt.kernel.sql import Statement
from dealt.segments import queries
from dealt.segments.compiling import compile_objects, compile_range, entry_of_object
from dealt.segments.deriving import MOVED_WITH
from dealt.segments.model import DYNAMIC, KIND, OBJECTS, TABLES

BATCH = 1_000
LAST = 2**63 - 1
ROUND = 0x7365676D  # "segm"


@dataclass(frozen=True, slots=True)
class Part:
    """Segments of one subject and stratum. ``first``: no earlier part is about this subject."""

    subject: str
    definitions: Sequence[Definition]
    first: bool


@dataclass(frozen=True, slots=True)
class Range:
    """Objects whose ids are above ``after`` and up to ``upto``."""

    after: int
    upto: int


class ObjectSettling:
    """The statements of a plan, each compiled when it is first needed."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._statements: dict[str, Statement] = {}

    async def settle(
        self, connection: Connection, part: Part, which: Range | Sequence[int], now: datetime, unseen: Collection[int]
    ) -> None:
        """Bring the segments of a part up to date for objects in a range, or with these ids.

        Who belongs to one of ``unseen`` does so because it was defined, not because anything happened. The caller's
        transaction holds ``ROUND``, and took their marks before this statement's snapshot.
        """
        workspace_id = self.plan.vocabulary.workspace_id
        compiled = self._compiled(part, by_range=isinstance(which, Range))
        if isinstance(which, Range):
            bound = compiled.bound(after=which.after, upto=which.upto, now=now)
            cleared: tuple[object, ...] = (queries.WAKE_RANGE, workspace_id, part.subject, which.after, which.upto)
        else:
            bound = compiled.bound(ids=list(which), now=now)
            cleared = (queries.WAKE_THESE, workspace_id, part.subject, list(which))
        rows = await connection.fetch(compiled.text, *bound)
        if part.first:
            await connection.execute(*cleared)
        if wakes := [row for row in rows if row["wake_at"] is not None]:
            columns = ([row["object_id"] for row in wakes], [row["wake_at"] for row in wakes])
            await connection.execute(queries.WAKE, workspace_id, part.subject, *columns)
        if moved := [row for row in rows if row["segment_id"] is not None]:
            await self._tell(connection, part, moved, now, unseen)

    async def _tell(
        self, connection: Connection, part: Part, moved: Sequence[Record], now: datetime, unseen: Collection[int]
    ) -> None:
        workspace_id, subject = self.plan.vocabulary.workspace_id, part.subject
        # What is gone leaves all its segments, those of other strata, static and deleted ones as well.
        causes = [Cause.BACKFILL if row["segment_id"] in unseen else Cause.LIVE for row in moved]
        entries = [entry_of_object(row, subject, int(cause)) for row, cause in zip(moved, causes, strict=True)]
        await record(connection, workspace_id, entries, now)
        followed = {one.id for one in part.definitions if _is_followed(self.plan, one)}
        ids = sorted({row["object_id"] for row in moved if row["segment_id"] in followed})
        contacts = await connection.fetch(CONTACTS_OF[subject], workspace_id, ids) if ids else []
        ids = [row["contact_id"] for row in contacts]
        await mark_stale(connection, workspace_id, ids, now, lane=Lane.BULK, facets=MOVED_WITH[subject])

    def _compiled(self, part: Part, *, by_range: bool) -> Statement:
        key = f"{part.subject} {by_range} {[one.id for one in part.definitions]}"
        if key not in self._statements:
            build = compile_range if by_range else compile_objects
            self._statements[key] = build(self.plan.vocabulary, part.subject, part.definitions)
        return self._statements[key]


async def leave_gone(
    connection: Connection, workspace_id: int, subject: str, object_ids: Sequence[int], now: datetime
) -> None:
    """Have those of some companies or products that are gone leave whatever segment they were in."""
    statement = queries.LEAVE_GONE.format(table=TABLES[subject].table)
    rows = await connection.fetch(statement, workspace_id, list(object_ids), subject)
    await record(connection, workspace_id, [entry_of_object(row, subject, int(Cause.LIVE)) for row in rows], now)


def is_ours(one: Definition) -> bool:
    """Whether a definition is a segment of companies or products that follows from a filter."""
    return one.kind == KIND and one.content.segment.subject in OBJECTS and one.content.segment.kind == DYNAMIC


def _is_followed(plan: Plan, one: Definition) -> bool:
    return any(one.reference in other.follows and not is_ours(other) for other in plan.definitions)
