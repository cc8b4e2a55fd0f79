from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from dealt.kernel.db import Pool, open_pool
from dealt.kernel.doorbell import Channel, Doorbell
from dealt.kernel.listener import Listener


class Ear:
    """Counts what it hears on each channel, and how often it was connected."""

    def __init__(self, pool: Pool) -> None:
        self.heard: dict[str, int] = {Channel.JOBS: 0, Channel.STALE: 0}
        self.connections = 0
        self.listener = Listener(
            pool, {channel: self._hear(channel) for channel in list(self.heard)}, connected=self._connected
        )

    def _hear(self, channel: str) -> Callable[[str], None]:
        def heard(_payload: str) -> None:
            self.heard[channel] += 1

        return heard

    def _connected(self) -> None:
        self.connections += 1

    async def until(self, *, connections: int = 0, jobs: int = 0, stale: int = 0) -> None:
        """Wait until that much was heard."""
        while self.connections < connections or self.heard[Channel.JOBS] < jobs or self.heard[Channel.STALE] < stale:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def listening(pool: Pool) -> AsyncIterator[Ear]:
    ear = Ear(pool)
    task = asyncio.create_task(ear.listener.run())
    await ear.until(connections=1)
    yield ear
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_ring_is_heard_on_its_channel_only(pool: Pool) -> None:
    bell = Doorbell(pool)
    async with listening(pool) as ear:
        bell.ring(Channel.JOBS)
        await ear.until(jobs=1)
        assert ear.heard[Channel.STALE] == 0
    await bell.close()


async def test_many_rings_are_sent_as_few(pool: Pool) -> None:
    bell = Doorbell(pool)
    async with listening(pool) as ear:
        for _ in range(1000):
            bell.ring(Channel.JOBS, Channel.STALE)
        await bell.close()
        bell.ring(Channel.STALE)
        await ear.until(jobs=1, stale=2)
        assert ear.heard == {Channel.JOBS: 1, Channel.STALE: 2}
    await bell.close()


async def test_what_is_rung_while_another_ring_is_sent_is_sent_too(pool: Pool) -> None:
    bell = Doorbell(pool)
    async with listening(pool) as ear:
        bell.ring(Channel.JOBS)
        await asyncio.sleep(0)
        bell.ring(Channel.STALE)
        await bell.close()
        await ear.until(jobs=1, stale=1)
        assert ear.heard == {Channel.JOBS: 1, Channel.STALE: 1}


async def test_a_listener_whose_connection_was_ended_connects_again_and_says_so(pool: Pool) -> None:
    bell = Doorbell(pool)
    async with listening(pool) as ear:
        ended = await pool.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE query LIKE 'LISTEN %' AND pid <> pg_backend_pid() AND datname = current_database()"
        )
        assert ended == 1
        await ear.until(connections=2)
        bell.ring(Channel.JOBS)
        await ear.until(jobs=1)
    await bell.close()


async def test_a_ring_that_cannot_be_sent_disturbs_nobody(database_url: str, pool: Pool) -> None:
    """Neither who rings nor who closes, nor the next ring, is told of it."""
    async with listening(pool) as ear:
        closed = await open_pool(database_url, size=2)
        await closed.close()
        bell = Doorbell(closed)
        bell.ring(Channel.JOBS)
        await bell.close()
        assert ear.heard == {Channel.JOBS: 0, Channel.STALE: 0}
        bell._pool = pool
        bell.ring(Channel.STALE)
        await ear.until(stale=1)
        assert ear.heard == {Channel.JOBS: 0, Channel.STALE: 1}
        await bell.close()


async def test_who_uses_the_pool_after_a_listener_does_not_listen(database_url: str) -> None:
    async with await open_pool(database_url, size=1) as pool:
        async with listening(pool):
            pass
        assert await pool.fetchval("SELECT count(*) FROM pg_listening_channels()") == 0
