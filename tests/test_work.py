from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from dealt.kernel.clock import SystemClock
from dealt.kernel.db import Pool, open_pool, transaction
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import Entry, Lane, mark_stale, record
from dealt.kernel.migrate import migrate
from dealt.kernel.postgres import EmbeddedPostgres
from dealt.settings import Settings
from dealt.work import HANDLERS, run_worker

CLOCK = SystemClock()
QUEUED = """
SELECT (SELECT count(*) FROM jobs) + (SELECT count(*) FROM delayed_jobs) + (SELECT count(*) FROM stale)
    + (SELECT count(*) FROM follows)"""


@asynccontextmanager
async def working(url: str) -> AsyncIterator[None]:
    """A worker for the length of the block; it must end in order."""
    stop = asyncio.Event()
    task = asyncio.create_task(run_worker(Settings(database_url=url), stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def _queue_some(pool: Pool) -> None:
    async with transaction(pool) as connection:
        now = CLOCK.now()
        await enqueue(connection, 1, "test", {}, now=now)
        await mark_stale(connection, 1, range(600), now)
        await mark_stale(connection, 1, range(600, 1200), now, lane=Lane.BULK)
        await record(connection, 1, [Entry(n, "deal.created", "deal", n, "system", {}) for n in range(100)], now)


async def _until_all_is_done(url: str) -> None:
    while True:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            connection = await asyncpg.connect(url)
            try:
                if not await connection.fetchval(QUEUED):
                    return
            finally:
                await connection.close()
        await asyncio.sleep(0.05)


async def _nothing(_pool: Pool, _workspace_id: int, _payload: Mapping[str, Any], _now: datetime) -> None:
    return


@pytest.fixture(autouse=True)
def handler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HANDLERS, "test", _nothing)


async def test_a_worker_does_what_is_queued_and_ends_when_told_to(database_url: str) -> None:
    async with await open_pool(database_url, size=2) as pool:
        await _queue_some(pool)
        async with working(database_url):
            await _until_all_is_done(database_url)


async def test_a_worker_makes_the_partitions_of_the_journal(database_url: str) -> None:
    months = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'journal'::regclass"
    async with await open_pool(database_url, size=1) as pool, working(database_url):
        while await pool.fetchval(months) < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_several_workers_share_the_work(database_url: str) -> None:
    async with await open_pool(database_url, size=2) as pool, working(database_url), working(database_url):
        for _ in range(10):
            await _queue_some(pool)
        await _until_all_is_done(database_url)


async def test_a_worker_survives_the_loss_of_all_its_connections(database_url: str) -> None:
    async with await open_pool(database_url, size=2) as pool, working(database_url):
        for _ in range(3):
            await _queue_some(pool)
            await pool.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name LIKE 'dealt worker %' AND datname = current_database()"
            )
        await _until_all_is_done(database_url)


async def test_a_worker_that_is_stopped_before_there_is_a_database_ends(tmp_path: Path) -> None:
    async with working(f"postgresql://dealt@/dealt?host={tmp_path}"):
        await asyncio.sleep(0.05)


async def test_a_worker_waits_for_a_database_and_its_migrations_and_outlives_its_restart(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, fast_unsafe=True)
    await asyncio.to_thread(server.start)
    try:
        url = server.dsn()
        async with working(url):
            await asyncio.sleep(0.05)
            await migrate(url)
            for _ in range(2):
                async with await open_pool(url, size=1) as pool:
                    await _queue_some(pool)
                await _until_all_is_done(url)
                await asyncio.to_thread(server.stop)
                await asyncio.to_thread(server.start)
    finally:
        await asyncio.to_thread(server.stop)
