"""Group commit: every piece of work is answered once, by its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest

from dealt.kernel.gather import LEAST_CROWD, Gatherer


class Sets:
    """Runs sets and remembers them; a work is a number, its result the number itself."""

    def __init__(self) -> None:
        self.ran: list[list[int]] = []
        self.lost = False

    async def run(self, works: Sequence[int]) -> list[int | Exception]:
        self.ran.append(list(works))
        await asyncio.sleep(0)
        if self.lost:
            raise asyncpg.ConnectionDoesNotExistError("gone")
        if any(work < 0 for work in works):
            raise RuntimeError("a work that breaks its set")
        return [ValueError("odd") if work == 13 else work for work in works]


def gatherer(sets: Sets, writers: int = 2, limit: int = 64) -> Gatherer[int, int]:
    """Works that are equal modulo 100 share a key."""
    return Gatherer(sets.run, lambda work: frozenset({work % 100}), writers=writers, limit=limit)


@pytest.mark.parametrize("turns", range(12))
@pytest.mark.parametrize("writers", [1, 2])
async def test_a_work_that_arrives_as_the_last_writer_ends_is_not_forgotten(writers: int, turns: int) -> None:
    gathered = gatherer(Sets(), writers)

    async def one_after_the_other(first: int) -> list[int]:
        results = [await gathered.submit(first)]
        for _ in range(turns):
            await asyncio.sleep(0)
        return [*results, await gathered.submit(first + 1)]

    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(one_after_the_other(10 * place) for place in range(1, writers + 1)))
    assert answers == [[10 * place, 10 * place + 1] for place in range(1, writers + 1)]


async def test_works_that_share_a_key_run_in_the_order_they_came_and_never_together() -> None:
    sets = Sets()
    gathered = gatherer(sets)
    await asyncio.gather(*(gathered.submit(work) for work in (1, 2, 101, 201, 3)))
    assert [work for works in sets.ran for work in works if work % 100 == 1] == [1, 101, 201]
    assert all(len({work % 100 for work in works}) == len(works) for works in sets.ran)


async def test_one_bad_piece_costs_no_other_its_answer() -> None:
    gathered = gatherer(Sets())
    works = [1, 2, -3, 4, 13, 6]
    answers = await asyncio.gather(*(gathered.submit(work) for work in works), return_exceptions=True)
    assert [answer for answer in answers if isinstance(answer, int)] == [1, 2, 4, 6]
    assert [type(answers[place]) for place in (2, 4)] == [RuntimeError, ValueError]


async def test_a_lost_connection_is_everybodys_answer_at_once_and_nobodys_afterwards() -> None:
    sets = Sets()
    sets.lost = True
    gathered = gatherer(sets)
    answers = await asyncio.gather(*(gathered.submit(work) for work in (1, 2, 3)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {asyncpg.ConnectionDoesNotExistError}
    assert len(sets.ran) == 1
    sets.lost = False
    assert await gathered.submit(1) == 1


async def test_whoever_stops_waiting_loses_only_the_answer() -> None:
    sets = Sets()
    gathered = gatherer(sets)
    waiting = [asyncio.create_task(gathered.submit(work)) for work in (1, 2, 101)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert answers[1:] == [2, 101]
    assert sorted(work for works in sets.ran for work in works) == [1, 2, 101]
    await gathered.close()


async def test_a_crowd_that_comes_back_piece_by_piece_is_written_as_one_set() -> None:
    sets = Sets()
    gathered = Gatherer(sets.run, lambda work: frozenset({work}), writers=1, patience_s=20)
    crowd = range(1, LEAST_CROWD + 1)

    async def twice(work: int) -> None:
        await gathered.submit(work)
        await asyncio.sleep(work / 1000)
        await gathered.submit(100 + work)

    async with asyncio.timeout(15):
        await asyncio.gather(*map(twice, crowd))
    assert sets.ran == [list(crowd), [100 + work for work in crowd]]


async def test_a_crowd_that_does_not_come_back_is_not_waited_for_long() -> None:
    sets = Sets()
    gathered = Gatherer(sets.run, lambda work: frozenset({work}), writers=1, patience_s=0.01)
    await asyncio.gather(*map(gathered.submit, range(LEAST_CROWD)))
    async with asyncio.timeout(15):
        assert await gathered.submit(50) == 50
    assert sets.ran[1:] == [[50]]
