from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from dealt.freshness import Settling, SettlingRounds, WakingRounds, wake
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import Pool
from tests.freshness.deriving import ScoreSettler, add_contacts, edit, stale

_SLEEP = """
INSERT INTO contact_derived (contact_id, workspace_id, wake_at, computed_at, definitions_version)
SELECT id, 1, $2, $2, 1 FROM unnest($1::bigint[]) AS id"""


async def _lanes(pool: Pool) -> dict[int, int]:
    return dict(await pool.fetch("SELECT lane, count(*) FROM stale GROUP BY lane"))


async def _sleep(pool: Pool, ids: range, until: datetime) -> None:
    await pool.execute(_SLEEP, list(ids), until)


async def test_a_contact_is_woken_at_its_moment_and_once(pool: Pool, clock: FixedClock) -> None:
    await _sleep(pool, range(1, 2), clock.now() + timedelta(seconds=10))
    assert await wake(pool, clock.now() + timedelta(seconds=9)) == 0
    assert await wake(pool, clock.now() + timedelta(seconds=10)) == 1
    assert await wake(pool, clock.now() + timedelta(seconds=11)) == 0
    assert await stale(pool) == [1]


async def test_few_that_wake_together_go_by_the_interactive_lane(pool: Pool, clock: FixedClock) -> None:
    await _sleep(pool, range(500), clock.now())
    await wake(pool, clock.now())
    assert await _lanes(pool) == {0: 500}


async def test_many_that_wake_together_go_by_the_bulk_lane(pool: Pool, clock: FixedClock) -> None:
    await _sleep(pool, range(501), clock.now())
    await wake(pool, clock.now())
    assert await _lanes(pool) == {1: 501}


async def test_many_that_wake_one_after_the_other_go_by_the_interactive_lane(pool: Pool, clock: FixedClock) -> None:
    for number in range(3):
        await _sleep(pool, range(300 * number, 300 * number + 300), clock.now() + timedelta(milliseconds=number))
    await wake(pool, clock.now() + timedelta(seconds=1))
    assert await _lanes(pool) == {0: 900}


async def test_contacts_that_are_woken_late_go_by_the_bulk_lane(pool: Pool, clock: FixedClock) -> None:
    await _sleep(pool, range(2), clock.now())
    await wake(pool, clock.now() + timedelta(seconds=6))
    assert await _lanes(pool) == {1: 2}


async def test_rounds_wake_all_who_are_due(pool: Pool, clock: FixedClock) -> None:
    await _sleep(pool, range(7000), clock.now())
    then = asyncio.Event()
    rounds = WakingRounds(pool, clock, then=then)
    while await rounds.round() < 1:
        pass
    assert then.is_set()
    assert await stale(pool) == list(range(7000))


async def test_whoever_finds_nobody_due_looks_again_at_the_next_moment(pool: Pool, clock: FixedClock) -> None:
    rounds = WakingRounds(pool, clock, then=asyncio.Event())
    nobody = await rounds.round()
    await _sleep(pool, range(1, 3), clock.now() + timedelta(seconds=7))
    assert await rounds.round() == 7
    assert nobody > 7


async def test_processes_that_wake_at_once_mark_each_contact_once(pool: Pool, clock: FixedClock) -> None:
    await _sleep(pool, range(3000), clock.now())
    await asyncio.gather(*(wake(pool, clock.now()) for _ in range(4)))
    await wake(pool, clock.now())
    assert await stale(pool) == list(range(3000))


async def test_settling_keeps_the_next_moment_that_its_settlers_named(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    settler = ScoreSettler(wake_after=timedelta(minutes=1))
    rounds = SettlingRounds(pool, Settling([settler]), clock, then=asyncio.Event())
    began = clock.now()
    await edit(pool, 1, clock.now())
    await rounds.round()
    assert await pool.fetchval("SELECT wake_at FROM contact_derived") == began + timedelta(minutes=1)
    clock.advance(60)
    assert await wake(pool, clock.now()) == 1
    await rounds.round()
    assert await pool.fetchval("SELECT wake_at FROM contact_derived") == began + timedelta(minutes=2)
    assert len(settler.calls) == 2
