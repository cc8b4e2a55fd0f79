"""Segments of companies and products: those that are marked are looked at at once, all of them now and then."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

import asyncpg
import structlog

from dealt.freshness import Definition, Derived, Plan, definitions_changed, strata
from dealt.kernel.clock import Clock
from dealt.kernel.db import RETRYABLE, Connection, Pool, in_transaction
from dealt.segments import queries
from dealt.segments.deriving import SegmentDeriver
from dealt.segments.model import TABLES
from dealt.segments.settling_objects import BATCH, LAST, ROUND, ObjectSettling, Part, Range, is_ours

REST_S = 1.0
"""Between two rounds: with the time that a round takes, the lag of these segments."""
RESTS = 4
"""The walk over all objects rests for so many times as long as a batch took: marked ones come first."""
WALK_EVERY_S = 3.0
"""Between the beginnings of two walks, at least: the lag of what marks nothing, where there are few objects."""
LEAST_S = 0.5
"""Between two looks at what is marked."""
AS_OF_EVERY_S = 2.0
LONGEST_S = 0.2
"""How long a batch should take."""
LEAST_BATCH, LARGEST_BATCH = 10, 500

_log = structlog.get_logger("dealt.segments")


@dataclass
class _Walk:
    """A walk over all objects: which part it is at, and behind which object. Moments are monotonic.

    ``unseen`` are segments for which not all objects have been looked at since they were defined.
    """

    settling: ObjectSettling
    parts: list[Part]
    unseen: set[int]
    place: int = 0
    last: int = 0
    began: float = 0.0
    rests_until: float = 0.0
    marked_at: float = 0.0
    as_of: float = 0.0

    @property
    def workspace_id(self) -> int:
        """Whose objects these are."""
        return self.settling.plan.vocabulary.workspace_id


class ObjectRounds:
    """Keeps the segments of companies and products, of every workspace that has some.

    Orders, and whatever changes a company or a product, mark it; a walk over all of them, in batches, finds what else
    there may be. One process at a time looks at objects of a workspace; who else comes passes it over.
    """

    def __init__(self, pool: Pool, derived: Derived, clock: Clock) -> None:
        self._pool = pool
        self._derived = derived
        self._clock = clock
        self._walks: dict[int, _Walk] = {}
        self._marked_size, self._walk_size = LEAST_BATCH, BATCH // 10

    async def round(self) -> float:
        """Look at what is marked, and at some more; the seconds to wait for the next time."""
        rest_s = REST_S
        for row in await self._pool.fetch(queries.WORKSPACES_OF_OBJECTS):
            rest_s = min(rest_s, await self._follow(row["workspace_id"]))
        return rest_s

    async def look_at_marked(self, workspace_id: int) -> None:
        """Look at what is marked, or is to be woken."""
        walk = await self._walk(workspace_id)
        if walk is not None:
            await self._marked(walk)

    async def look(self, workspace_id: int) -> None:
        """Look at what is marked, and then at all companies and products of a workspace."""
        walk = await self._walk(workspace_id)
        if walk is not None:
            await self._marked(walk)
            walk.place, walk.last = 0, 0
            while await self._step(walk):
                pass

    async def _follow(self, workspace_id: int) -> float:
        """What is marked comes between any two batches of the walk; one for a new segment does not rest."""
        walk = await self._walk(workspace_id)
        if walk is None:
            return REST_S
        if time.monotonic() >= walk.marked_at + LEAST_S:
            await self._marked(walk)
        if walk.rests_until <= time.monotonic():
            began = time.monotonic()
            walk.began = began if (walk.place, walk.last) == (0, 0) else walk.began
            goes_on = await self._step(walk)
            ended = time.monotonic()
            rest_s = 0.0 if goes_on and walk.unseen else RESTS * (ended - began)
            walk.rests_until = max(ended + rest_s, 0.0 if goes_on else walk.began + WALK_EVERY_S)
        return min(max(walk.rests_until - time.monotonic(), 0.0), REST_S)

    async def _walk(self, workspace_id: int) -> _Walk | None:
        async with self._pool.acquire() as connection:
            plan = await self._derived.plan(connection, workspace_id)
            walk = self._walks.get(workspace_id)
            if walk is None or walk.settling.plan is not plan:
                walk = _Walk(ObjectSettling(plan), _parts(plan), set())
                walk.unseen = {one.id for part in walk.parts for one in part.definitions}
                self._walks[workspace_id] = walk
            if not walk.parts:
                for statement in queries.FORGET_OBJECTS:
                    await connection.execute(statement, workspace_id)
                return None
            if walk.unseen:
                rows = await connection.fetch(queries.UNSEEN, workspace_id, list(walk.unseen))
                walk.unseen = {row["id"] for row in rows}
        return walk

    async def _marked(self, walk: _Walk) -> None:
        """Look at whatever is marked, or is to be woken, and say that all is as of now."""
        found, walk.marked_at = LARGEST_BATCH, time.monotonic()
        while found:
            began, size = time.monotonic(), self._marked_size
            try:
                found = await in_transaction(self._pool, lambda c: self._take(c, walk, size))  # noqa: B023
            except asyncpg.PostgresError as error:
                await self._put_aside(walk, walk.parts, 0, error)
                return
            if found:
                self._marked_size = _sized(size, LARGEST_BATCH, time.monotonic() - began)
        if time.monotonic() > walk.as_of + AS_OF_EVERY_S:
            walk.as_of = time.monotonic()
            ids = [one.id for part in walk.parts for one in part.definitions]
            await self._pool.execute(queries.AS_OF, walk.workspace_id, ids, self._clock.now())

    async def _take(self, connection: Connection, walk: _Walk, size: int) -> int:
        if not await _hold(connection, walk.workspace_id):
            return 0
        now, marked = self._clock.now(), defaultdict[str, list[int]](list)
        for row in await connection.fetch(queries.TAKE_OBJECTS, walk.workspace_id, size, now):
            marked[row["subject"]].append(row["object_id"])
        for part in walk.parts:
            if ids := marked.get(part.subject):
                await walk.settling.settle(connection, part, sorted(ids), now, walk.unseen)
        return sum(map(len, marked.values()))

    async def _step(self, walk: _Walk) -> bool:
        """Look at the next batch; False where that was the last one, or somebody else looks."""
        part, last, began = walk.parts[walk.place], walk.last, time.monotonic()
        try:
            upto = await in_transaction(self._pool, lambda c: self._batch(c, walk, part, last))
        except asyncpg.PostgresError as error:
            await self._put_aside(walk, [part], last, error)
            return False
        if upto is None:
            return False
        self._walk_size = _sized(self._walk_size, BATCH, time.monotonic() - began)
        walk.last = upto
        if upto < LAST:
            return True
        await in_transaction(self._pool, lambda c: self._done(c, walk, part))
        walk.place, walk.last = (walk.place + 1) % len(walk.parts), 0
        return walk.place > 0

    async def _batch(self, connection: Connection, walk: _Walk, part: Part, last: int) -> int | None:
        """Look at the objects behind ``last``; the id of the last one, None where somebody else looks."""
        workspace_id, size = walk.workspace_id, self._walk_size
        if not await _hold(connection, workspace_id):
            return None
        statement = queries.LAST_OF_BATCH.format(table=TABLES[part.subject].table)
        found = await connection.fetchrow(statement, workspace_id, last, size)
        upto: int = found["last"] if found["number"] == size else LAST
        await walk.settling.settle(connection, part, Range(last, upto), self._clock.now(), walk.unseen)
        return upto

    async def _done(self, connection: Connection, walk: _Walk, part: Part) -> None:
        ids, versions = [one.id for one in part.definitions], [one.version for one in part.definitions]
        await connection.execute(queries.COMPUTED, walk.workspace_id, ids, versions, self._clock.now())

    async def _put_aside(self, walk: _Walk, parts: list[Part], last: int, error: asyncpg.PostgresError) -> None:
        """Quarantine the definitions that fail by themselves; where none does, it is not their fault."""
        if isinstance(error, asyncpg.PostgresConnectionError | asyncpg.TransactionRollbackError | RETRYABLE):
            raise error
        alone = [Part(part.subject, [one], first=False) for part in parts for one in part.definitions]
        found = 0
        for part in alone:
            try:
                await in_transaction(self._pool, lambda c: self._batch(c, walk, part, last))  # noqa: B023
            except asyncpg.PostgresError as own:
                await self._quarantine(walk.workspace_id, part.definitions[0], own)
                found += 1
        if not found:
            raise error

    async def _quarantine(self, workspace_id: int, one: Definition, error: asyncpg.PostgresError) -> None:
        _log.error("a segment is put aside", segment=one.reference, name=one.name, error=str(error))
        now = self._clock.now()

        async def mark(connection: Connection) -> None:
            await SegmentDeriver().quarantine(connection, workspace_id, one.id, str(error)[:500], now)
            await definitions_changed(connection, workspace_id, now, reading_more=False)

        await in_transaction(self._pool, mark)


async def _hold(connection: Connection, workspace_id: int) -> bool:
    await connection.execute(queries.WITHIN.format(milliseconds=10_000))
    held: bool = await connection.fetchval(queries.HOLD_OBJECTS, ROUND, workspace_id)
    return held


def _sized(size: int, largest: int, took_s: float) -> int:
    return max(size // 2, LEAST_BATCH) if took_s > LONGEST_S else min(size * 2, largest)


def _parts(plan: Plan) -> list[Part]:
    """What is looked at, in order."""
    parts: list[Part] = []
    for level in strata(plan.definitions):
        ours = sorted((one for one in level if is_ours(one)), key=_subject)
        for subject, some in groupby(ours, key=_subject):
            parts.append(Part(subject, list(some), all(part.subject != subject for part in parts)))
    return parts


def _subject(one: Definition) -> str:
    return str(one.content.segment.subject)
