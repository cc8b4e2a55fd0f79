"""Group commit in the application: concurrent single writes are run as one set, each with its own answer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

import asyncpg

from dealt.kernel.db import AWAY

LEAST_CROWD = 8
"""A set of at least so many was sent by a crowd, which sends again as soon as it is answered."""
LARGEST_SET, LARGEST_BULK_SET = 64, 500
PATIENCE_S = 0.004
"""How long a set waits, at most, for a crowd to be complete again."""

W = TypeVar("W")
R = TypeVar("R")


@dataclass(slots=True)
class _Waiting(Generic[W, R]):
    work: W
    keys: frozenset[Hashable]
    done: asyncio.Future[R]


class Gatherer(Generic[W, R]):
    """Runs what is waiting as sets of at most ``limit``, at most ``writers`` sets at a time.

    ``run`` writes a set in one transaction and gives, in order, a result or an exception for each piece of work;
    when it raises, the set is halved (``run_halving``). Two pieces of work
    that share a key never run at the same time, and run in the order they came. After a set of some size the next one
    waits up to ``patience_s`` seconds until as many are there again.
    """

    def __init__(
        self,
        run: Callable[[Sequence[W]], Awaitable[Sequence[R | Exception]]],
        keys: Callable[[W], frozenset[Hashable]],
        *,
        writers: int = 2,
        limit: int = 64,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._run = run
        self._keys = keys
        self._writers = writers
        self._limit = limit
        self._patience_s = patience_s
        self._waiting: deque[_Waiting[W, R]] = deque()
        self._busy: set[Hashable] = set()
        self._crowd = 0
        self._complete = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, work: W) -> R:
        """The result of ``work`` after the commit that holds it. Raises what its own piece of the set raised."""
        waiting: _Waiting[W, R] = _Waiting(work, self._keys(work), asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if len(self._waiting) >= self._crowd:
            self._complete.set()
        if len(self._tasks) < self._writers:
            task = asyncio.create_task(self._drain())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await waiting.done

    async def close(self) -> None:
        """Wait until everything that was submitted is answered."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def _drain(self) -> None:
        writer = asyncio.current_task()
        try:
            await self._let_arrive()
            while taken := self._take():
                self._crowd = len(taken)
                try:
                    await self._run_set(taken)
                finally:
                    for waiting in taken:
                        self._busy -= waiting.keys
                await self._let_arrive()
        finally:
            # In this very turn of the loop: work that comes before the next one must find that it needs a writer.
            self._tasks -= {writer}

    async def _let_arrive(self) -> None:
        """Turn the loop while every turn brings more work: what arrives together is written together."""
        before = -1
        while before < len(self._waiting) < self._limit:
            before = len(self._waiting)
            await asyncio.sleep(0)
        if self._crowd >= LEAST_CROWD and len(self._waiting) < self._crowd:
            await self._await_crowd()

    async def _await_crowd(self) -> None:
        """Wait some milliseconds until as many are there again as the last set answered.

        Much of what a set costs is the same whatever is in it, so one of thirty costs less than two of fifteen;
        whoever writes alone, or with few others, is never kept waiting.
        """
        self._complete.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience_s):
                await self._complete.wait()

    def _take(self) -> list[_Waiting[W, R]]:
        taken: list[_Waiting[W, R]] = []
        left: deque[_Waiting[W, R]] = deque()
        blocked: set[Hashable] = set(self._busy)
        while self._waiting and len(taken) < self._limit:
            waiting = self._waiting.popleft()
            if blocked.isdisjoint(waiting.keys):
                taken.append(waiting)
                self._busy |= waiting.keys
            else:
                left.append(waiting)
            blocked |= waiting.keys
        self._waiting.extendleft(reversed(left))
        return taken

    async def _run_set(self, taken: list[_Waiting[W, R]]) -> None:
        results = await run_halving(self._run, [waiting.work for waiting in taken])
        for waiting, result in zip(taken, results, strict=True):
            _settle(waiting, result)


class Gatherers(Generic[W, R]):
    """A gatherer for each workspace, for one kind of work of one process.

    ``run`` gets the workspace and a set. With ``gather`` off each work is a set of its own, 64 at a time.
    """

    def __init__(
        self,
        run: Callable[[int, Sequence[W]], Awaitable[Sequence[R | Exception]]],
        keys: Callable[[W], frozenset[Hashable]],
        *,
        gather: bool = True,
    ) -> None:
        self._run = run
        self._keys = keys
        self._writers, self._limit = (1, LARGEST_SET) if gather else (LARGEST_SET, 1)
        self._held: dict[int, Gatherer[W, R]] = {}

    async def submit(self, workspace_id: int, work: W) -> R:
        """As ``Gatherer.submit``, with what else waits in this workspace."""
        held = self._held.get(workspace_id)
        if held is None:
            held = Gatherer(
                lambda works: self._run(workspace_id, works), self._keys, writers=self._writers, limit=self._limit
            )
            self._held[workspace_id] = held
        return await held.submit(work)

    async def close(self) -> None:
        """Wait until everything that was submitted is answered."""
        for held in self._held.values():
            await held.close()


async def run_in_sets(
    run: Callable[[Sequence[W]], Awaitable[Sequence[R | Exception]]], works: Sequence[W]
) -> list[R | Exception]:
    """An outcome for each of any number of works, run in sets of at most 500, in order; a set that raises is halved."""
    outcomes: list[R | Exception] = []
    for start in range(0, len(works), LARGEST_BULK_SET):
        outcomes += await run_halving(run, works[start : start + LARGEST_BULK_SET])
    return outcomes


def without_repeats(keys: Sequence[frozenset[Hashable]], left: Sequence[int]) -> tuple[list[int], list[int]]:
    """The places of ``left`` whose keys no earlier one has, and the others, which must wait for the next round."""
    seen: set[Hashable] = set()
    first: list[int] = []
    repeated: list[int] = []
    for place in left:
        (first if seen.isdisjoint(keys[place]) else repeated).append(place)
        seen |= keys[place]
    return first, repeated


async def run_halving(
    run: Callable[[Sequence[W]], Awaitable[Sequence[R | Exception]]], works: Sequence[W]
) -> Sequence[R | Exception]:
    """The results of ``run`` over ``works``; where it raises, over their halves, so that one bad piece stands alone.

    A lost connection says nothing about any piece of work: it is every piece's result at once.
    """
    try:
        return await run(works)
    except (*AWAY, asyncpg.OperatorInterventionError) as error:
        return [error] * len(works)
    except Exception as error:
        if len(works) == 1:
            return [error]
    middle = len(works) // 2
    return [*await run_halving(run, works[:middle]), *await run_halving(run, works[middle:])]


def _settle(waiting: _Waiting[W, R], result: R | Exception) -> None:
    if waiting.done.done():
        return
    if isinstance(result, Exception):
        waiting.done.set_exception(result)
    else:
        waiting.done.set_result(result)
