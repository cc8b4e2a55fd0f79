from __future__ import annotations

import asyncio

import pytest

from dealt.freshness import MOST_CONTACTS, Settling, SettlingRounds
from dealt.kernel.clock import FixedClock, SystemClock
from dealt.kernel.db import Pool, transaction
from dealt.kernel.journal import Cause, Lane, mark_stale
from tests.freshness.deriving import ScoreSettler, add_contacts, derived, edit, scores, stale


async def _settle(pool: Pool, settler: ScoreSettler, clock: FixedClock, lane: Lane = Lane.INTERACTIVE) -> list[int]:
    settling = Settling([settler])
    async with transaction(pool) as connection:
        claimed = await settling.claim(connection, lane, MOST_CONTACTS)
        await settling.settle_claimed(connection, claimed, clock)
    return claimed


async def _read(pool: Pool, settler: ScoreSettler, clock: FixedClock, ids: list[int], workspace_id: int = 1) -> bool:
    async with pool.acquire() as connection:
        return await Settling([settler]).settle_on_read(connection, workspace_id, ids, clock.now())


async def _waiting_for_a_lock(pool: Pool) -> None:
    """Wait until somebody waits for a contact."""
    waits = (
        "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database AS d ON d.oid = database "
        "WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted)"
    )
    while not await pool.fetchval(waits):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_what_is_derived_follows_an_edit(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1, 2], clock.now())
    await edit(pool, 1, clock.now())
    await _settle(pool, ScoreSettler(), clock)
    assert await derived(pool) == {1: 1}
    row = await pool.fetchrow("SELECT computed_at, definitions_version FROM contact_derived")
    assert tuple(row) == (clock.now(), 1)
    assert await stale(pool) == []


async def test_many_marks_of_a_contact_are_one_settling(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    for hop in (0, 3, 1):
        await edit(pool, 1, clock.now(), hop=hop)
    settler = ScoreSettler()
    await _settle(pool, settler, clock)
    assert [(call.contact_ids, call.hops) for call in settler.calls] == [([1], {1: 3})]


async def test_silent_work_is_settled_before_live_work_and_apart_from_it(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1, 2], clock.now())
    await edit(pool, 1, clock.now(), cause=Cause.LIVE)
    await edit(pool, 1, clock.now(), cause=Cause.SILENT)
    await edit(pool, 2, clock.now(), cause=Cause.LIVE)
    settler = ScoreSettler()
    await _settle(pool, settler, clock)
    assert [(call.cause, call.contact_ids) for call in settler.calls] == [(Cause.SILENT, [1]), (Cause.LIVE, [1, 2])]


async def test_silent_work_of_the_bulk_lane_comes_before_a_live_edit_of_the_same_contact(
    pool: Pool, clock: FixedClock
) -> None:
    await add_contacts(pool, [1, 2], clock.now())
    for contact_id in (1, 2):
        await edit(pool, contact_id, clock.now(), lane=Lane.BULK, cause=Cause.BACKFILL)
    await edit(pool, 1, clock.now())
    settler = ScoreSettler()
    assert await _settle(pool, settler, clock) == [1]
    assert [call.cause for call in settler.calls] == [Cause.BACKFILL, Cause.LIVE]
    assert await stale(pool) == [2]


async def test_workspaces_are_settled_apart(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now(), 1)
    await add_contacts(pool, [2], clock.now(), 2)
    async with transaction(pool) as connection:
        await mark_stale(connection, 1, [1], clock.now())
        await mark_stale(connection, 2, [2], clock.now())
    settler = ScoreSettler()
    await _settle(pool, settler, clock)
    assert [(call.workspace_id, call.contact_ids) for call in settler.calls] == [(1, [1]), (2, [2])]


async def test_without_settlers_stale_rows_go_and_nothing_is_derived(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    await edit(pool, 1, clock.now())
    await SettlingRounds(pool, Settling(), clock, then=asyncio.Event()).round()
    assert await stale(pool) == []
    assert await derived(pool) == {}


async def test_nothing_is_derived_for_a_contact_that_is_gone(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    await edit(pool, 1, clock.now())
    await pool.execute("DELETE FROM contacts")
    await _settle(pool, ScoreSettler(), clock)
    assert (await derived(pool), await stale(pool)) == ({}, [])


async def test_no_more_contacts_are_locked_than_are_claimed(pool: Pool, clock: FixedClock) -> None:
    async with transaction(pool) as connection:
        await mark_stale(connection, 1, range(1000), clock.now())
    async with transaction(pool) as connection:
        claimed = await Settling().claim(connection, Lane.INTERACTIVE, 300)
        assert len(claimed) == 300
        assert await connection.fetchval(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        ) == len(claimed)
        with pytest.raises(ValueError, match="at most 500"):
            await Settling().claim(connection, Lane.INTERACTIVE, 501)


async def test_two_workers_claim_different_contacts(pool: Pool, clock: FixedClock) -> None:
    async with transaction(pool) as connection:
        await mark_stale(connection, 1, range(100), clock.now())
    async with transaction(pool) as one, transaction(pool) as other:
        first = await Settling().claim(one, Lane.INTERACTIVE, 60)
        second = await Settling().claim(other, Lane.INTERACTIVE, 60)
    assert sorted(first + second) == list(range(100))


async def test_a_read_settles_what_is_stale_first(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1, 2], clock.now())
    settler = ScoreSettler()
    await _read(pool, settler, clock, [1, 2])
    settler.calls.clear()
    await edit(pool, 1, clock.now(), cause=Cause.SILENT)
    assert await _read(pool, settler, clock, [1, 2])
    assert [(call.contact_ids, call.cause) for call in settler.calls] == [([1], Cause.SILENT)]
    assert (await derived(pool), await stale(pool)) == ({1: 1, 2: 0}, [])


async def test_a_read_of_what_is_fresh_computes_nothing(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    settler = ScoreSettler()
    for _ in range(3):
        await _read(pool, settler, clock, [1])
    assert len(settler.calls) == 1


async def test_a_read_settles_a_contact_whose_window_has_closed(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    settler = ScoreSettler()
    await _read(pool, settler, clock, [1])
    await pool.execute("UPDATE contact_derived SET wake_at = $1", clock.now())
    for _ in range(2):
        await _read(pool, settler, clock, [1])
    assert [call.cause for call in settler.calls] == [Cause.BACKFILL, Cause.LIVE], "and only once"


async def test_a_read_settles_a_contact_that_was_derived_by_older_definitions(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    settler = ScoreSettler()
    await _read(pool, settler, clock, [1])
    await pool.execute("UPDATE workspaces SET definitions_version = 2")
    for _ in range(2):
        await _read(pool, settler, clock, [1])
    assert [call.cause for call in settler.calls] == [Cause.BACKFILL] * 2
    assert await pool.fetchval("SELECT definitions_version FROM contact_derived") == 2


async def test_a_read_in_another_workspace_settles_nothing_of_ours(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    await add_contacts(pool, [2], clock.now(), 2)
    await edit(pool, 1, clock.now())
    settler = ScoreSettler()
    assert await _read(pool, settler, clock, [1], workspace_id=2)
    assert settler.calls == []


async def test_a_read_of_too_many_stale_contacts_settles_none_and_says_so(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, range(1, 502), clock.now())
    settler = ScoreSettler()
    assert await _read(pool, settler, clock, list(range(1, 502))) is False
    assert settler.calls == []
    assert await _read(pool, settler, clock, list(range(1, 501)))
    assert await _read(pool, settler, clock, list(range(1, 502))), "only one is left"


async def test_a_read_inside_a_transaction_is_refused(pool: Pool, clock: FixedClock) -> None:
    async with transaction(pool) as connection:
        with pytest.raises(AssertionError, match="outside a transaction"):
            await Settling().settle_on_read(connection, 1, [1], clock.now())


async def test_a_read_waits_for_who_settles_already_and_does_not_do_it_again(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    await edit(pool, 1, clock.now())
    settler, reader = ScoreSettler(), ScoreSettler()
    settling = Settling([settler])
    async with transaction(pool) as connection:
        claimed = await settling.claim(connection, Lane.INTERACTIVE, 10)
        reading = asyncio.create_task(_read(pool, reader, clock, [1]))
        await _waiting_for_a_lock(pool)
        await settling.settle_claimed(connection, claimed, clock)
    assert await reading
    assert reader.calls == []
    assert await derived(pool) == {1: 1}


async def test_a_read_settles_itself_when_who_began_to_settle_failed(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    await edit(pool, 1, clock.now())
    reader = ScoreSettler()
    failing = await pool.acquire()
    beginning = failing.transaction()
    await beginning.start()
    claimed = await Settling().claim(failing, Lane.INTERACTIVE, 10)
    await Settling().settle_claimed(failing, claimed, clock)
    reading = asyncio.create_task(_read(pool, reader, clock, [1]))
    await asyncio.sleep(0.05)
    await beginning.rollback()
    await pool.release(failing)
    assert await reading
    assert [call.cause for call in reader.calls] == [Cause.LIVE]
    assert await derived(pool) == {1: 1}


async def test_who_looked_before_an_edit_stores_before_who_looked_after_it(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    gate = asyncio.Event()
    early, late = ScoreSettler(gate=gate), ScoreSettler()
    first = asyncio.create_task(_read(pool, early, clock, [1]))
    await early.looked.wait()
    await edit(pool, 1, clock.now())
    assert await _settle(pool, late, clock) == [], "a worker passes over a contact that somebody settles"
    second = asyncio.create_task(_read(pool, late, clock, [1]))
    await _waiting_for_a_lock(pool)
    gate.set()
    assert await first
    assert await second
    assert await derived(pool) == {1: 1}


async def test_under_many_writers_workers_and_readers_the_last_result_is_the_newest(pool: Pool) -> None:
    clock, ids, stop = SystemClock(), [1, 2, 3], asyncio.Event()
    await add_contacts(pool, ids, clock.now())
    settler = ScoreSettler(dawdle_s=0.01)
    settling = Settling([settler])

    async def write(contact_id: int) -> None:
        for _ in range(40):
            await edit(pool, contact_id, clock.now())

    async def work() -> None:
        rounds = SettlingRounds(pool, settling, clock, then=asyncio.Event())
        while not stop.is_set():
            await rounds.round()
            await asyncio.sleep(0)

    async def read() -> None:
        while not stop.is_set():
            before = await scores(pool)
            async with pool.acquire() as connection:
                assert await settling.settle_on_read(connection, 1, ids, clock.now())
            after = await derived(pool)
            assert all(after[contact_id] >= before[contact_id] for contact_id in ids), "a read sees every edit"
            await asyncio.sleep(0)

    others = [asyncio.create_task(task) for task in (work(), work(), work(), read(), read())]
    await asyncio.gather(*(write(contact_id) for contact_id in ids))
    while await stale(pool):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.gather(*others)
    assert await derived(pool) == await scores(pool) == dict.fromkeys(ids, 40)
