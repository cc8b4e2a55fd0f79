from __future__ import annotations

from datetime import timedelta

import pytest

from dealt.kernel.clock import FixedClock
from dealt.kernel.db import Pool, transaction
from dealt.kernel.jobqueue import claim_fresh, move_due
from dealt.kernel.jobs import enqueue

LEASE = timedelta(seconds=60)


async def _enqueue(pool: Pool, clock: FixedClock, number: int, *, after_s: float | None = None) -> None:
    run_at = None if after_s is None else clock.now() + timedelta(seconds=after_s)
    async with transaction(pool) as connection:
        await enqueue(connection, 7, "count", {"number": number}, now=clock.now(), run_at=run_at)


async def _claimed(pool: Pool, clock: FixedClock) -> list[int]:
    await move_due(pool, clock.now())
    return [job.payload["number"] for job in await claim_fresh(pool, ["count"], LEASE, clock.now(), 100)]


async def test_a_job_carries_its_workspace_and_payload(pool: Pool, clock: FixedClock) -> None:
    await _enqueue(pool, clock, 1)
    (job,) = await claim_fresh(pool, ["count"], LEASE, clock.now(), 100)
    assert (job.workspace_id, job.kind, job.payload, job.attempts) == (7, "count", {"number": 1}, 1)


async def test_a_job_exists_only_if_the_change_that_caused_it_was_committed(pool: Pool, clock: FixedClock) -> None:
    async def change_that_fails() -> None:
        async with transaction(pool) as connection:
            await enqueue(connection, 7, "count", {"number": 1}, now=clock.now())
            await enqueue(connection, 7, "count", {"number": 2}, now=clock.now(), run_at=clock.now() + LEASE)
            await connection.execute("SELECT 1 / 0")

    with pytest.raises(Exception, match="division by zero"):
        await change_that_fails()
    clock.advance(3600)
    assert await _claimed(pool, clock) == []


async def test_a_job_for_later_waits_until_then(pool: Pool, clock: FixedClock) -> None:
    await _enqueue(pool, clock, 1, after_s=60)
    clock.advance(59)
    assert await _claimed(pool, clock) == []
    clock.advance(1)
    assert await _claimed(pool, clock) == [1]


async def test_jobs_for_later_come_in_the_order_of_their_times(pool: Pool, clock: FixedClock) -> None:
    for number, after_s in ((3, 30.0), (1, 10.0), (2, 20.0)):
        await _enqueue(pool, clock, number, after_s=after_s)
    clock.advance(60)
    assert await _claimed(pool, clock) == [1, 2, 3]


async def test_a_job_for_a_time_that_has_passed_is_due_at_once(pool: Pool, clock: FixedClock) -> None:
    await _enqueue(pool, clock, 1, after_s=-5)
    assert await _claimed(pool, clock) == [1]


async def test_a_claimed_job_is_not_claimed_again(pool: Pool, clock: FixedClock) -> None:
    await _enqueue(pool, clock, 1)
    assert await _claimed(pool, clock) == [1]
    assert await _claimed(pool, clock) == []
