from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from types import SimpleNamespace

import pytest

from dealt.freshness import Large, Settler, Settling, SettlingRounds, give_way
from dealt.freshness import rounds as settling_rounds
from dealt.freshness.large import Weigh
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import Connection, Pool, transaction
from dealt.kernel.journal import Lane, mark_stale
from tests.freshness.deriving import ScoreSettler, add_contacts, derived, edit, scores, stale


def rounds_of(pool: Pool, settler: Settler, clock: FixedClock) -> SettlingRounds:
    return SettlingRounds(pool, Settling([settler]), clock, then=asyncio.Event())


async def _mark(pool: Pool, ids: range, clock: FixedClock, lane: Lane = Lane.INTERACTIVE) -> None:
    async with transaction(pool) as connection:
        await mark_stale(connection, 1, ids, clock.now(), lane=lane)


async def _drain(rounds: SettlingRounds) -> None:
    while await rounds.round() == 0:
        pass


async def test_all_that_is_stale_is_settled_in_batches(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, range(1, 1201), clock.now())
    await _mark(pool, range(1, 1201), clock)
    settler = ScoreSettler()
    rounds = rounds_of(pool, settler, clock)
    await _drain(rounds)
    assert [len(call.contact_ids) for call in settler.calls] == [500, 500, 200]
    assert (len(await derived(pool)), rounds.settled, await stale(pool)) == (1200, 1200, [])


async def test_an_edit_is_settled_before_bulk_work_that_came_earlier(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, range(1, 1001), clock.now())
    await _mark(pool, range(1, 1000), clock, Lane.BULK)
    settler = ScoreSettler()
    rounds = rounds_of(pool, settler, clock)
    await rounds.round()
    await edit(pool, 1000, clock.now())
    await rounds.round()
    while await stale(pool):  # noqa: ASYNC110
        await asyncio.sleep(min(await rounds.round(), 0.1))
    assert settler.calls[1].contact_ids == [1000]
    assert len(settler.calls[0].contact_ids) < 500, "a batch of bulk work is small enough to wait for"
    assert await stale(pool) == []


async def test_bulk_work_rests_while_edits_come(pool: Pool, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling_rounds, "GIVES_WAY_S", 3600.0)
    monkeypatch.setattr(settling_rounds, "time", SimpleNamespace(monotonic=count().__next__))
    await add_contacts(pool, range(1, 1001), clock.now())
    await _mark(pool, range(1, 1000), clock, Lane.BULK)
    settler = ScoreSettler()
    rounds = rounds_of(pool, settler, clock)
    await edit(pool, 1000, clock.now())
    assert [await rounds.round(), await rounds.round()] == [0, 0]
    assert await rounds.round() > 0, "a batch of bulk work is followed by a rest"
    await edit(pool, 1000, clock.now())
    assert await rounds.round() == 0, "in which an edit is followed all the same"
    assert [len(call.contact_ids) for call in settler.calls] == [1, 100, 1]
    await _drain(rounds)
    assert len(settler.calls) > 3


async def test_whoever_writes_much_lets_edits_go_first(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    rested: list[bool] = []
    for lane, late_s in ((Lane.BULK, 1), (Lane.INTERACTIVE, 1), (Lane.INTERACTIVE, 60)):
        async with transaction(pool) as connection:
            await connection.execute("DELETE FROM stale")
            await mark_stale(connection, 1, [1], clock.now() - timedelta(seconds=late_s), lane=lane)
        rested.append(await give_way(pool, clock, 0.0))
    assert rested == [False, True, False], "where an edit waits for long, nobody follows it anyway"


async def test_what_may_follow_is_woken_only_when_something_was_settled(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    then = asyncio.Event()
    rounds = SettlingRounds(pool, Settling([ScoreSettler()]), clock, then=then)
    await rounds.round()
    assert not then.is_set()
    await edit(pool, 1, clock.now())
    await rounds.round()
    assert then.is_set()


async def test_a_contact_that_cannot_be_settled_stalls_no_other(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, range(1, 301), clock.now())
    await _mark(pool, range(1, 301), clock)
    settler = ScoreSettler(broken={7, 150})
    await _drain(rounds_of(pool, settler, clock))
    assert sorted(await derived(pool)) == [n for n in range(1, 301) if n not in (7, 150)]
    assert await stale(pool) == [7, 150], "their work is not lost"


async def test_a_contact_that_was_set_aside_is_tried_again(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    await edit(pool, 1, clock.now())
    settler = ScoreSettler(broken={1})
    rounds = rounds_of(pool, settler, clock)
    await _drain(rounds)
    assert await rounds.round() <= 1.0, "the rest ends when it may be tried again"
    settler.broken.clear()
    while await stale(pool):  # noqa: ASYNC110
        await asyncio.sleep(min(await rounds.round(), 0.1))
    assert await derived(pool) == {1: 1}


def _weighing(**rows: int) -> Weigh:
    async def weigh(_connection: Connection, contact_ids: Sequence[int], _upto: int) -> dict[int, int]:
        return {number: rows[f"c{number}"] for number in contact_ids if f"c{number}" in rows}

    return weigh


def _large(pool: Pool, settling: Settling, clock: FixedClock, **rows: int) -> Large:
    return Large(pool, settling, clock, _weighing(**rows), bell=asyncio.Event(), then=asyncio.Event())


async def test_a_large_contact_is_settled_beside_the_others(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, range(1, 11), clock.now())
    settler = ScoreSettler()
    settling, bell, then = Settling([settler]), asyncio.Event(), asyncio.Event()
    large = Large(pool, settling, clock, _weighing(c5=5000), bell=bell, then=then)
    rounds = SettlingRounds(pool, settling, clock, then=asyncio.Event(), large=large)
    await _mark(pool, range(1, 11), clock)
    await _drain(rounds)
    assert [call.contact_ids for call in settler.calls] == [[1, 2, 3, 4, 6, 7, 8, 9, 10]]
    assert bell.is_set() and await stale(pool) == [5]
    assert await large.round() == 0
    assert (settler.calls[-1].contact_ids, await stale(pool), then.is_set()) == ([5], [], True)
    assert large.known == [], "it took no time, so it is as any other again"


async def test_a_batch_has_no_more_rows_than_one_large_contact(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, range(1, 11), clock.now())
    settler = ScoreSettler()
    settling = Settling([settler])
    large = _large(pool, settling, clock, c1=1500, c3=400, c4=900, c7=1900, c9=300)
    await _mark(pool, range(1, 11), clock)
    await _drain(SettlingRounds(pool, settling, clock, then=asyncio.Event(), large=large))
    assert [call.contact_ids for call in settler.calls] == [[1, 2, 3], [4, 5, 6], [7, 8], [9, 10]]
    assert await stale(pool) == []


async def test_a_large_contact_that_cannot_be_settled_goes_back_to_the_others(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1, 2], clock.now())
    settler = ScoreSettler(broken={1})
    settling = Settling([settler])
    large = _large(pool, settling, clock, c1=5000)
    await _mark(pool, range(1, 3), clock)
    rounds = SettlingRounds(pool, settling, clock, then=asyncio.Event(), large=large)
    await _drain(rounds)
    assert (large.known, await derived(pool)) == ([1], {2: 0})
    assert await large.round() == 0
    assert large.known == []
    await _drain(rounds)
    assert large.known == [] and await stale(pool) == [1], "its work is not lost, and it is set aside as any other"


DIES = """
import asyncio, sys
from dealt.freshness import Settling, SettlingRounds
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import open_pool
from tests.kernel.conftest import NOON

class Hangs:
    async def idle(self, connection, workspace_id):
        return False

    async def settle(self, connection, workspace_id, contact_ids, now, cause, hops, facets):
        print(len(contact_ids), flush=True)
        await asyncio.Event().wait()

async def main():
    pool = await open_pool(sys.argv[1], size=2)
    await SettlingRounds(pool, Settling([Hangs()]), FixedClock(NOON), then=asyncio.Event()).round()

asyncio.run(main())
"""


async def test_a_killed_worker_loses_no_stale_row(pool: Pool, clock: FixedClock, database_url: str) -> None:
    await add_contacts(pool, range(1, 801), clock.now())
    for contact_id in range(1, 801):
        await edit(pool, contact_id, clock.now())
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DIES, database_url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    assert await process.stdout.readline() == b"500\n"
    rounds = rounds_of(pool, ScoreSettler(), clock)
    await _drain(rounds)
    assert len(await derived(pool)) == 300, "what the other one holds is left to it"
    process.send_signal(signal.SIGKILL)
    await process.wait()
    while await stale(pool):
        await _drain(rounds)
    assert await derived(pool) == await scores(pool)
