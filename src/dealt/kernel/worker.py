"""Does the jobs of the queue: claims a set, does some at a time, deletes what is done as a set."""

from __future__ import annotations

import asyncio
import random
import time
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import structlog

from dealt.kernel import jobqueue
from dealt.kernel.clock import Clock
from dealt.kernel.db import AWAY, Pool
from dealt.kernel.errors import DealtError
from dealt.kernel.jobqueue import Job
from dealt.kernel.logs import without_secrets
from dealt.kernel.rounds import IDLE_S

JobHandler = Callable[[Pool, int, Mapping[str, Any], datetime], Awaitable[None]]
"""``handler(pool, workspace_id, payload, now)``: raises to be tried again later. It may be run more than once."""

_log = structlog.get_logger("dealt.worker")


@dataclass(frozen=True)
class Retries:
    """How often a job is tried, and how long after each failure: 5 s, 20 s, 80 s ... at most an hour."""

    attempts: int = 10
    first_s: float = 5.0
    factor: float = 4.0
    longest_s: float = 3600.0

    def pause(self, attempt: int) -> timedelta:
        """The pause after the attempt of this number; spread, so that what failed together comes back apart."""
        seconds = min(self.first_s * self.factor ** (attempt - 1), self.longest_s)
        return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311


RETRIES = Retries()


class Worker:
    """The jobs of one process.

    ``handlers`` maps kinds to functions; jobs of other kinds are left to other versions of the program. Up to
    ``claim`` jobs are held at a time and ``parallel`` of them done at once. A held job is leased for ``lease_s``,
    and the lease renewed while it is being done; when the process dies, another may have it after that.
    A job that takes longer than ``limit_s`` has failed.
    """

    def __init__(
        self,
        pool: Pool,
        handlers: Mapping[str, JobHandler],
        clock: Clock,
        bell: asyncio.Event,
        *,
        parallel: int = 4,
        claim: int = 100,
        lease_s: float = 60.0,
        limit_s: float = 3600.0,
        retries: Retries = RETRIES,
    ) -> None:
        self._pool = pool
        self._handlers = handlers
        self._kinds = sorted(handlers)
        self._clock = clock
        self._bell = bell
        self._parallel = parallel
        self._claim_limit = claim
        self._lease = timedelta(seconds=lease_s)
        self._limit_s = limit_s
        self._retries = retries
        self._waiting: deque[Job] = deque()
        self._doing: dict[int, Job] = {}
        self._done: list[Job] = []
        self._runners: set[asyncio.Task[None]] = set()
        self._renewed_at = time.monotonic()

    async def round(self) -> float:
        """Claim if hands are free, start what was claimed, and return when something ended or the bell rings."""
        if not self._waiting and len(self._runners) < self._parallel:
            await self._finish_done()
            self._waiting.extend(await self._claim())
        for _ in range(min(self._parallel - len(self._runners), len(self._waiting))):
            self._runners.add(asyncio.create_task(self._run()))
        if not self._runners:
            return IDLE_S
        await self._wait_for_runner()
        await self._hold()
        return 0.0

    async def close(self, grace_s: float = 30.0) -> None:
        """Give back what was not begun, wait ``grace_s`` for what was, then give that back too.

        Where the database does not answer, the leases run out instead.
        """
        with suppress(*AWAY):
            await self._give_back_waiting()
        if self._runners:
            await asyncio.wait(self._runners, timeout=grace_s)
        interrupted = list(self._doing.values())
        for runner in self._runners:
            runner.cancel()
        await asyncio.gather(*self._runners, return_exceptions=True)
        with suppress(*AWAY):
            await jobqueue.give_back(self._pool, interrupted)
            await self._finish_done()

    async def _claim(self) -> Iterable[Job]:
        """A set of fresh jobs; but one whose worker died comes alone: it may be what killed it."""
        now = self._clock.now()
        await jobqueue.move_due(self._pool, now)
        abandoned = await jobqueue.claim_abandoned(self._pool, self._kinds, self._lease, now)
        if not abandoned:
            return await jobqueue.claim_fresh(self._pool, self._kinds, self._lease, now, self._claim_limit)
        if abandoned[0].attempts <= self._retries.attempts:
            return abandoned
        times = abandoned[0].attempts - 1
        await self._bury(abandoned[0], f"Its worker ended while doing it, or stopped answering ({times} attempts).")
        return []

    async def _wait_for_runner(self) -> None:
        bell = asyncio.create_task(self._bell.wait())
        try:
            await asyncio.wait(
                {*self._runners, bell},
                timeout=self._lease.total_seconds() / 3,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            bell.cancel()
            self._runners = {runner for runner in self._runners if not runner.done()}

    async def _hold(self) -> None:
        """Renew the leases of what is being done; what has not been begun by now may be begun by others."""
        if time.monotonic() - self._renewed_at < self._lease.total_seconds() / 3:
            return
        self._renewed_at = time.monotonic()
        await self._finish_done()
        await jobqueue.renew(self._pool, list(self._doing.values()), self._lease, self._clock.now())
        await self._give_back_waiting()

    async def _give_back_waiting(self) -> None:
        unbegun = list(self._waiting)
        self._waiting.clear()
        await jobqueue.give_back(self._pool, unbegun)

    async def _finish_done(self) -> None:
        done, self._done = self._done, []
        try:
            await jobqueue.finish(self._pool, done)
        except BaseException:
            self._done = done + self._done
            raise

    async def _run(self) -> None:
        while self._waiting:
            job = self._waiting.popleft()
            self._doing[job.id] = job
            try:
                await self._do(job)
            finally:
                del self._doing[job.id]

    async def _do(self, job: Job) -> None:
        try:
            async with asyncio.timeout(self._limit_s):
                await self._handlers[job.kind](self._pool, job.workspace_id, job.payload, self._clock.now())
        except Exception as error:
            _log.warning("a job failed", kind=job.kind, job=job.id, attempt=job.attempts, exc_info=error)
            await self._put_off(job, error)
        else:
            self._done.append(job)

    async def _put_off(self, job: Job, error: Exception) -> None:
        try:
            if job.attempts >= self._retries.attempts:
                await self._bury(job, describe(error))
            else:
                await jobqueue.delay(self._pool, job, self._clock.now() + self._retries.pause(job.attempts))
        except (*AWAY, asyncpg.PostgresError):
            _log.warning("a failed job could not be put off; its lease will run out", kind=job.kind, job=job.id)

    async def _bury(self, job: Job, error: str) -> None:
        _log.error("a job was given up", kind=job.kind, job=job.id, attempts=job.attempts, error=error)
        await jobqueue.bury(self._pool, job, error, self._clock.now())


def describe(error: Exception) -> str:
    """What may be kept of an error: our own sentences, else its type and place; a text of others may hold anything."""
    if isinstance(error, DealtError):
        return without_secrets(f"{type(error).__name__}: {error.detail}")
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "dealt" in Path(f.filename).parts and f.filename != __file__] or list(frames)
    place = f" in {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    code = getattr(error, "sqlstate", None)
    return f"{type(error).__name__}{f' ({code})' if code else ''}{place}"
