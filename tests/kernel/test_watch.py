from __future__ import annotations

import asyncio
from contextlib import suppress

from dealt.kernel.clock import FixedClock
from dealt.kernel.db import Pool, transaction
from dealt.kernel.doorbell import Channel, Doorbell
from dealt.kernel.jobqueue import DUE
from dealt.kernel.jobs import enqueue
from dealt.kernel.watch import LONGEST_S, SHORTEST_S, Watch, Watched

_LATER = """
INSERT INTO delayed_jobs (workspace_id, run_at, kind, created_at)
SELECT 1, $1::timestamptz + interval '1 day' * n, 'note', $1 FROM generate_series(1, 3000) AS n"""


async def test_only_the_queue_that_has_something_due_is_woken(pool: Pool, clock: FixedClock) -> None:
    jobs, stale = asyncio.Event(), asyncio.Event()
    watch = Watch(pool, clock, [Watched(jobs, DUE), Watched(stale, "EXISTS (SELECT FROM stale)")])
    await watch.round()
    assert not jobs.is_set()
    async with transaction(pool) as connection:
        await enqueue(connection, 1, "note", {}, now=clock.now())
    await watch.round()
    assert (jobs.is_set(), stale.is_set()) == (True, False)


async def test_a_delayed_job_wakes_when_its_time_comes(pool: Pool, clock: FixedClock) -> None:
    jobs = asyncio.Event()
    watch = Watch(pool, clock, [Watched(jobs, DUE)])
    later = FixedClock(clock.now())
    later.advance(10)
    async with transaction(pool) as connection:
        await enqueue(connection, 1, "note", {}, now=clock.now(), run_at=later.now())
    await watch.round()
    assert not jobs.is_set()
    clock.advance(10)
    await watch.round()
    assert jobs.is_set()


async def test_a_long_queue_that_is_not_due_is_not_read(pool: Pool, clock: FixedClock) -> None:
    async with pool.acquire() as connection:
        await connection.execute(_LATER, clock.now())
        await connection.execute("ANALYZE delayed_jobs; SET plan_cache_mode = force_generic_plan")
        await connection.execute(f"PREPARE due(timestamptz) AS SELECT $1, ({DUE})")
        plan = await connection.fetch(f"EXPLAIN EXECUTE due('{clock.now().isoformat()}')")
        await connection.execute("RESET plan_cache_mode; DEALLOCATE due; DELETE FROM delayed_jobs")
    told = "\n".join(row[0] for row in plan)
    assert "delayed_jobs_by_time" in told, told
    assert "Seq Scan on delayed_jobs" not in told, told


async def test_it_asks_ever_later_until_something_changes(pool: Pool, clock: FixedClock) -> None:
    watch = Watch(pool, clock, [Watched(asyncio.Event(), DUE)])
    rests = [await watch.round() for _ in range(8)]
    assert rests == sorted(rests)
    assert rests[-1] == LONGEST_S
    async with transaction(pool) as connection:
        await enqueue(connection, 1, "note", {}, now=clock.now())
    assert await watch.round() == SHORTEST_S


async def test_a_ring_wakes_without_asking(pool: Pool, clock: FixedClock) -> None:
    jobs, stale = asyncio.Event(), asyncio.Event()
    watch = Watch(pool, clock, [Watched(jobs, DUE, Channel.JOBS), Watched(stale, "false", Channel.STALE)])
    listening = asyncio.create_task(watch.listener().run())
    await jobs.wait()
    await stale.wait()
    jobs.clear()
    stale.clear()
    bell = Doorbell(pool)
    bell.ring(Channel.STALE)
    await stale.wait()
    assert not jobs.is_set()
    await bell.close()
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening
