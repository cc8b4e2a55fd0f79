"""The processes that write: each has its own connections, and all orders of one key go to the same."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait
from types import TracebackType
from zlib import crc32

import asyncpg
import uvloop

from dealt.freshness import give_way
from dealt.importing.errors import ImportStopped
from dealt.importing.grouping import Group
from dealt.importing.objects import composer_of
from dealt.importing.writers import Work, Writer, writer_of
from dealt.importing.writing import Written
from dealt.kernel.clock import SystemClock
from dealt.kernel.db import AWAY, Pool, open_pool

STATEMENT_TIMEOUT_S = 600
NICE = 10
"""The processor is given first to whoever answers requests and follows edits."""
_CLOCK = SystemClock()


class Workers:
    """``count`` processes, started when they are first needed and ended with the block."""

    def __init__(self, work: Work, count: int) -> None:
        context = multiprocessing.get_context("spawn" if sys.platform == "darwin" else "forkserver")
        context.set_forkserver_preload([__name__])  # loaded once for all of them
        self._pools = [
            ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(work,)) for _ in range(count)
        ]

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in self._pools:
            pool.shutdown(cancel_futures=True)

    def place_of(self, key: str) -> int:
        """Which process an order goes to."""
        return crc32(key.encode()) % len(self._pools)

    def submit(self, place: int, groups: Sequence[Group]) -> Future[Written]:
        """Have one process write orders, after those that it was given before. Raises ImportStopped."""
        with _or_stopped():
            return self._pools[place].submit(_write, groups)


def result_of(future: Future[Written]) -> Written:
    """What a process answered. Raises ImportStopped where it ended."""
    with _or_stopped():
        return future.result()


@contextmanager
def _or_stopped() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool:
        raise ImportStopped("A process of the import ended by itself, perhaps because memory was short") from None


class _Process:
    """What one process keeps between its parts: a loop and, once it is asked for the first time, connections."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._writer: Writer | None = None
        self._pool: Pool | None = None

    def write(self, groups: Sequence[Group]) -> Written:
        """Raises ImportStopped."""
        return self._runner.run(self._write(groups))

    async def _write(self, groups: Sequence[Group]) -> Written:
        if self._writer is None:
            self._writer = await self._open()
        began = time.monotonic()
        written = await self._writer.write(groups)
        if self._pool is not None:
            await give_way(self._pool, _CLOCK, time.monotonic() - began)
        return written

    async def _open(self) -> Writer:
        work = self._work
        try:
            pool = await open_pool(work.url, size=2, statement_timeout_s=STATEMENT_TIMEOUT_S, name="dealt import")
        except (*AWAY, asyncpg.PostgresError) as error:
            raise ImportStopped(f"The database cannot be reached: {error or type(error).__name__}") from None
        self._pool = pool
        composer = composer_of(work.mapping, work.headings, work.zone, work.kind)
        return writer_of(work, pool, _CLOCK, composer, work.make_doors(pool))


_process: _Process | None = None


def _begin(work: Work) -> None:
    """Set up this process."""
    global _process
    # Ctrl-C reaches every process of the terminal; the one that was started decides what becomes of the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _process = _Process(work)
    # Sets are many objects without cycles, and looking through them again and again takes a tenth of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _write(groups: Sequence[Group]) -> Written:
    assert _process is not None, "a process is set up before it is asked"
    return _process.write(groups)
