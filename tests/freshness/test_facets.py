from __future__ import annotations

import zlib
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dealt.contacts import FIELDS
from dealt.freshness import Settling, Vocabulary, facets
from dealt.freshness.derived import MOST_SETS, Plan
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import Pool, transaction
from dealt.kernel.journal import ANYTHING, Cause, Lane, Mark, mark_stale, marks_for
from dealt.predicates import FilterCatalogue
from tests.freshness.defining import Expressions, define, derived_by, expression
from tests.freshness.deriving import add_contacts, stale

ONE, TWO, FOUR = 2, 4, 8
HOUR = timedelta(hours=1)


@pytest.fixture
async def kind(pool: Pool, clock: FixedClock) -> Expressions:
    """Two contacts that are up to date; e1 reads ONE, e2 reads TWO, and e3 follows from e1."""
    await add_contacts(pool, [1, 2], clock.now())
    made = Expressions()
    await define(pool, made, 1, "c.score", clock.now(), facets=ONE)
    await define(pool, made, 2, "c.score", clock.now(), facets=TWO)
    await define(pool, made, 3, "(o.aggregates -> 'e1')", clock.now(), [1], facets=1)
    made.wakes = {1: clock.now() + 2 * HOUR}
    await _settle(pool, made, clock, ANYTHING, [1, 2])
    made.runs.clear()
    return made


async def _settle(pool: Pool, kind: Expressions, clock: FixedClock, changed: int, ids: list[int]) -> None:
    async with transaction(pool) as connection:
        await mark_stale(connection, 1, ids, clock.now(), facets=changed)
    await _work(pool, kind, clock)


async def _work(pool: Pool, kind: Expressions, clock: FixedClock) -> None:
    settling = Settling([derived_by(kind)])
    async with transaction(pool) as connection:
        claimed = await settling.claim(connection, Lane.INTERACTIVE, 500)
        await settling.settle_claimed(connection, claimed, clock)


async def _standing(pool: Pool, contact_id: int) -> tuple[Any, ...]:
    row = await pool.fetchrow("SELECT computed_at, wake_at FROM contact_derived WHERE contact_id = $1", contact_id)
    return tuple(row)


async def test_only_what_a_change_touches_is_computed_and_what_follows_from_it(
    pool: Pool, clock: FixedClock, kind: Expressions
) -> None:
    clock.advance(60)
    await _settle(pool, kind, clock, ONE, [1])
    assert kind.runs == [((1,), [1]), ((3,), [1])]
    kind.runs.clear()
    await _settle(pool, kind, clock, FOUR, [1])
    assert kind.runs == [], "nobody looks at that"
    await _settle(pool, kind, clock, ONE | FOUR, [1])
    await _settle(pool, kind, clock, TWO, [2])
    assert kind.runs == [((1,), [1]), ((3,), [1]), ((2,), [2])]


async def test_marks_of_a_contact_are_joined_and_contacts_in_part_are_settled_together(
    pool: Pool, clock: FixedClock, kind: Expressions
) -> None:
    async with transaction(pool) as connection:
        await mark_stale(connection, 1, [1], clock.now(), facets=ONE)
        await mark_stale(connection, 1, [1], clock.now(), facets=TWO)
        await mark_stale(connection, 1, [2], clock.now(), facets=FOUR)
    await _work(pool, kind, clock)
    assert kind.runs == [((1, 2), [1, 2]), ((3,), [1, 2])]
    assert await stale(pool) == []


async def test_silent_work_touches_no_more_than_it_changed(pool: Pool, clock: FixedClock, kind: Expressions) -> None:
    async with transaction(pool) as connection:
        await mark_stale(connection, 1, [1], clock.now(), facets=TWO)
        await mark_stale(connection, 1, [1], clock.now(), cause=Cause.SILENT, facets=ONE)
    await _work(pool, kind, clock)
    assert [run for run, _ in kind.runs] == [(1,), (3,), (2,)]


async def test_what_the_others_said_of_the_next_change_holds(pool: Pool, clock: FixedClock, kind: Expressions) -> None:
    woken = clock.now() + 2 * HOUR
    assert (await _standing(pool, 1))[1] == woken
    clock.advance(60)
    for wakes, expected in (({}, woken), ({1: woken + HOUR}, woken), ({1: woken - HOUR}, woken - HOUR)):
        kind.wakes = wakes
        await _settle(pool, kind, clock, ONE, [1])
        assert await _standing(pool, 1) == (clock.now(), expected)


@pytest.mark.parametrize("lacking", ["nothing was computed", "of an older version", "to be woken", "of unknown cause"])
async def test_who_lacks_more_is_settled_whole(pool: Pool, clock: FixedClock, kind: Expressions, lacking: str) -> None:
    if lacking == "nothing was computed":
        await pool.execute("DELETE FROM contact_derived WHERE contact_id = 1")
    if lacking == "of an older version":
        await pool.execute("UPDATE contact_derived SET definitions_version = 1 WHERE contact_id = 1")
    if lacking == "to be woken":
        clock.advance(7200)
        kind.wakes = {}
    await _settle(pool, kind, clock, ANYTHING if lacking == "of unknown cause" else TWO, [1])
    assert kind.runs == [((1, 2), [1]), ((3,), [1])]
    version = await pool.fetchval("SELECT definitions_version FROM contact_derived WHERE contact_id = 1")
    assert version == await pool.fetchval("SELECT definitions_version FROM workspaces")


def test_a_process_keeps_statements_for_a_few_sets_of_definitions_only() -> None:
    kind = Expressions()
    definitions = [expression(number, facets=1 << number) for number in range(1, 60)]
    vocabulary = Vocabulary(1, FilterCatalogue({}), ZoneInfo("UTC"), "EUR")
    plan = Plan(1, vocabulary, definitions, [kind])
    for number in range(1, 59):
        steps = plan.steps_for(1 << number | 1 << (number + 1))
        held = {one.id for step in steps for one in step.definitions}
        assert {number, number + 1} <= held
    assert len(plan._steps) <= MOST_SETS + 1


def test_marks_that_meet_nothing_are_left_out() -> None:
    wanted = [Mark(1, 0, 0, 0, ONE), Mark(1, 0, 0, 0, TWO), Mark(2, 0, 0, 0, FOUR), Mark(1, 1, 0, 0, TWO)]
    assert marks_for(wanted, TWO) == [Mark(1, 0, 0, 0, ONE | TWO), Mark(1, 1, 0, 0, TWO)]
    assert marks_for(wanted, 0) == []


def test_a_field_has_one_bit_that_is_none_of_what_belongs_to_a_contact() -> None:
    apart = [value for name, value in vars(facets).items() if name.isupper() and isinstance(value, int)]
    for field in FIELDS:
        assert field.name == field.column, "who writes says the column, who reads the name"
        bit = facets.of_field(field.name)
        assert bit.bit_count() == 1 and 0 < bit < 1 << 63
        assert all(bit & other == 0 for other in apart if other.bit_count() == 1 and other < 1 << 10)
    assert facets.of_field("country") == 1 << (10 + zlib.crc32(b"country") % 53), "stored rows hold it"


def test_a_change_has_the_bits_of_what_differs() -> None:
    before = {"country": None, "score": 1, "tag_ids": [1], "attributes": {"size": "large", "vip": 1, "gone": 2}}
    assert facets.of_change(before, before) == facets.CHANGED
    for after, names in (
        ({"country": ""}, ["country"]),
        ({"score": 2, "tag_ids": [1, 2]}, ["score", "tag_ids"]),
        ({"attributes": {"size": "small", "vip": True, "new": None}}, ["size", "vip", "gone"]),
    ):
        assert facets.of_change(before, {**before, **after}) == facets.CHANGED | facets.of_fields(names)
