from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dealt.freshness import BACKFILL, Backfill, Settling, quarantine, read_progress
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import Pool, transaction
from dealt.kernel.journal import Lane, mark_stale
from tests.freshness.defining import Expressions, define, derived_by
from tests.freshness.deriving import add_contacts, edit, stale


async def _values(pool: Pool) -> dict[int, Any]:
    rows = await pool.fetch("SELECT contact_id, aggregates FROM contact_derived ORDER BY contact_id")
    return {row["contact_id"]: json.loads(row["aggregates"]) for row in rows}


async def _walk(pool: Pool, kind: Expressions, clock: FixedClock) -> None:
    """Do every backfill that waits, as a worker would."""
    job = Backfill(derived_by(kind), clock)
    while row := await pool.fetchrow("DELETE FROM jobs WHERE id = (SELECT min(id) FROM jobs) RETURNING kind, payload"):
        assert row["kind"] == BACKFILL
        payload: Mapping[str, Any] = json.loads(row["payload"])
        await job(pool, 1, payload, clock.now())


async def _read(pool: Pool, kind: Expressions, clock: FixedClock, *ids: int) -> None:
    async with pool.acquire() as connection:
        await Settling([derived_by(kind)]).settle_on_read(connection, 1, ids, clock.now())


async def test_a_new_definition_reaches_every_contact_in_small_batches(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, range(1, 1201), clock.now())
    kind = Expressions()
    version = await define(pool, kind, 1, "c.id * 2", clock.now())
    await _walk(pool, kind, clock)
    assert await _values(pool) == {key: {"e1": key * 2} for key in range(1, 1201)}
    assert max(len(ids) for _, ids in kind.runs) <= 500
    async with pool.acquire() as connection:
        progress = await read_progress(connection, 1)
    assert progress and (progress.done, progress.total, progress.covers(version)) == (1200, 1200, True)
    assert kind.forgotten == [version]


async def test_a_walk_computes_only_what_changed_and_what_follows_from_it(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1, 2], clock.now())
    kind = Expressions()
    await define(pool, kind, 1, "1", clock.now())
    await define(pool, kind, 2, "(o.aggregates -> 'e1')", clock.now(), follows=[1])
    await define(pool, kind, 3, "3", clock.now())
    await _walk(pool, kind, clock)
    kind.runs.clear()
    await define(pool, kind, 1, "7", clock.now())
    await _walk(pool, kind, clock)
    assert [run for run, _ in kind.runs] == [(1,), (2,)]
    assert (await _values(pool))[2] == {"e1": 7, "e2": 7, "e3": 3}


async def test_a_walk_computes_everything_for_whom_nothing_was_computed(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    kind = Expressions()
    await define(pool, kind, 1, "1", clock.now())
    await define(pool, kind, 2, "2", clock.now())
    # As the definitions that a workspace has from the beginning, which nobody has changed since.
    kind.known[1] = replace(kind.known[1], version=0)
    await _walk(pool, kind, clock)
    assert await _values(pool) == {1: {"e1": 1, "e2": 2}}


async def test_a_contact_that_is_read_before_the_walk_comes_is_right(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1, 2], clock.now())
    kind = Expressions()
    await define(pool, kind, 1, "c.score", clock.now())
    await _read(pool, kind, clock, 2)
    assert await _values(pool) == {2: {"e1": 0}}
    kind.runs.clear()
    await _walk(pool, kind, clock)
    assert kind.runs == [((1,), [1])], "the one that was read is up to date"


async def test_a_walk_leaves_stale_contacts_to_be_settled(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    kind = Expressions()
    await define(pool, kind, 1, "c.score", clock.now())
    await edit(pool, 1, clock.now())
    await _walk(pool, kind, clock)
    assert await stale(pool) == [1]
    await _read(pool, kind, clock, 1)
    assert (await _values(pool), await stale(pool)) == ({1: {"e1": 1}}, [])


async def test_an_older_walk_gives_way_to_a_newer_one(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    kind = Expressions()
    first = await define(pool, kind, 1, "1", clock.now())
    await define(pool, kind, 2, "2", clock.now())
    await Backfill(derived_by(kind), clock)(pool, 1, {"version": first}, clock.now())
    assert kind.runs == []
    await _walk(pool, kind, clock)
    assert await _values(pool) == {1: {"e1": 1, "e2": 2}}


async def test_the_next_change_of_a_walk_is_kept_beside_the_others(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    kind = Expressions(wakes={1: clock.now() + timedelta(hours=2)})
    await define(pool, kind, 1, "1", clock.now())
    await _walk(pool, kind, clock)
    kind.wakes[1] = clock.now() + timedelta(hours=1)
    await define(pool, kind, 2, "2", clock.now())
    await _walk(pool, kind, clock)
    assert await pool.fetchval("SELECT wake_at FROM contact_derived") == clock.now() + timedelta(hours=1)


async def test_where_nothing_is_defined_nothing_is_written(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1], clock.now())
    await _read(pool, Expressions(), clock, 1)
    assert await _values(pool) == {}


async def test_a_definition_that_fails_is_put_aside_and_stalls_nobody(pool: Pool, clock: FixedClock) -> None:
    await add_contacts(pool, [1, 2, 3], clock.now())
    kind = Expressions()
    for number, content in enumerate(["c.id", "1 / c.score", "c.id + 1", "c.email::int", "'nothing'::int"], 1):
        await define(pool, kind, number, content, clock.now())
    await _walk(pool, kind, clock)
    assert (await _values(pool))[3] == {"e1": 3, "e2": None, "e3": 4, "e4": None, "e5": None}
    errors = {one.name: one.error for one in kind.known.values()}
    assert errors == {
        "e1": "", "e2": "division by zero", "e3": "", "e4": "",
        "e5": 'invalid input syntax for type integer: "nothing"',
    }  # fmt: skip


async def test_a_definition_that_is_too_slow_is_put_aside(
    pool: Pool, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "ALONE_MS", 100)
    monkeypatch.setattr("dealt.freshness.queries.BEGIN_SETTLING", "SET LOCAL statement_timeout = '200ms'")
    await add_contacts(pool, [1], clock.now())
    kind = Expressions()
    await define(pool, kind, 1, "c.id", clock.now())
    await define(pool, kind, 2, "pg_sleep(30)::text", clock.now())
    await _read(pool, kind, clock, 1)
    assert await _values(pool) == {1: {"e1": 1, "e2": None}}
    assert kind.known[2].error.startswith("It took longer than")


async def test_a_worker_puts_aside_what_fails_and_settles_the_batch(pool: Pool, clock: FixedClock) -> None:
    from tests.freshness.test_rounds import rounds_of

    await add_contacts(pool, [1, 2], clock.now())
    kind = Expressions()
    await define(pool, kind, 1, "1 / c.score", clock.now())
    await define(pool, kind, 2, "c.id", clock.now())
    async with transaction(pool) as connection:
        await mark_stale(connection, 1, [1, 2], clock.now(), lane=Lane.INTERACTIVE)
    rounds = rounds_of(pool, derived_by(kind), clock)
    while await rounds.round() == 0:
        pass
    assert await _values(pool) == {1: {"e1": None, "e2": 1}, 2: {"e1": None, "e2": 2}}
    assert await stale(pool) == []
