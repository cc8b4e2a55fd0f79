from __future__ import annotations

import asyncio

from dealt.kernel.rounds import Rounds


async def test_rounds_follow_at_once_while_there_is_more_to_do() -> None:
    stop = asyncio.Event()
    rounds = Rounds(stop)
    done = 0

    async def work() -> float:
        nonlocal done
        done += 1
        if done == 5:
            stop.set()
        return 0.0

    await rounds.keep_doing("work", work)
    assert done == 5


async def test_a_bell_ends_a_rest() -> None:
    stop, done = asyncio.Event(), asyncio.Event()
    rounds = Rounds(stop)
    count = 0

    async def work() -> float:
        nonlocal count
        count += 1
        if count == 2:
            done.set()
        return 3600.0

    async with asyncio.TaskGroup() as group:
        group.create_task(rounds.ring_at_stop())
        group.create_task(rounds.keep_doing("work", work))
        await asyncio.sleep(0)
        rounds.bell("work").set()
        await done.wait()
        stop.set()
    assert count == 2


async def test_a_bell_that_rings_during_a_round_asks_for_another() -> None:
    stop = asyncio.Event()
    rounds = Rounds(stop)
    count = 0

    async def work() -> float:
        nonlocal count
        count += 1
        rounds.bell("work").set()
        if count == 3:
            stop.set()
        return 3600.0

    await rounds.keep_doing("work", work)
    assert count == 3


async def test_a_round_that_fails_is_tried_again_and_does_not_end_the_others() -> None:
    stop = asyncio.Event()
    rounds = Rounds(stop)
    tries: list[str] = []

    async def frail() -> float:
        tries.append("frail")
        if tries.count("frail") < 3:
            raise ConnectionResetError if len(tries) % 2 else RuntimeError("broken")
        stop.set()
        return 0.0

    async def sound() -> float:
        tries.append("sound")
        return 0.01

    async with asyncio.TaskGroup() as group:
        group.create_task(rounds.ring_at_stop())
        group.create_task(rounds.keep_doing("frail", frail))
        group.create_task(rounds.keep_doing("sound", sound))
    assert tries.count("frail") == 3
    assert tries.count("sound") > 1
    assert set(rounds.silent_for()) == {"frail", "sound"}


async def test_stopping_lets_the_round_that_has_begun_end() -> None:
    stop, begun, go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()
    rounds = Rounds(stop)
    ended = False

    async def work() -> float:
        nonlocal ended
        begun.set()
        await go_on.wait()
        ended = True
        return 3600.0

    task = asyncio.create_task(rounds.keep_doing("work", work))
    ringing = asyncio.create_task(rounds.ring_at_stop())
    await begun.wait()
    stop.set()
    go_on.set()
    await task
    await ringing
    assert ended
