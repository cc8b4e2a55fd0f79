"""dealt.demo.rhythm: when the orders of the year fall."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from dealt.demo.rhythm import Calendar, purchase_moments

NOW = datetime(2025, 6, 24, 14, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def moments() -> list[datetime]:
    people = purchase_moments(Random(1), Calendar(NOW), [1] * 1000 + [10] * 400)
    return [moment for person in people for moment in person]


def test_the_calendar_begins_a_year_before_and_ends_at_the_instant() -> None:
    calendar = Calendar(NOW)
    assert calendar.moment(0.0) == NOW - timedelta(days=365)
    assert NOW - timedelta(minutes=10) < calendar.moment(0.99999) < NOW


def test_the_calendar_never_runs_backwards() -> None:
    calendar = Calendar(NOW)
    in_order = [calendar.moment(share / 5000) for share in range(5000)]
    assert in_order == sorted(in_order)


def test_everybody_gets_as_many_moments_as_asked_in_time_order() -> None:
    people = purchase_moments(Random(1), Calendar(NOW), [0, 1, 2, 30])
    assert [len(person) for person in people] == [0, 1, 2, 30]
    assert all(person == sorted(person) for person in people)


def test_november_and_december_stand_above_the_months_around_them(moments: list[datetime]) -> None:
    months = Counter(moment.month for moment in moments)
    assert min(months[11], months[12]) > max(months[10], months[1])


def test_the_shop_grows(moments: list[datetime]) -> None:
    july = sum(moment.month == 7 for moment in moments)
    may = sum(moment.month == 5 for moment in moments)
    assert may > 1.4 * july


def test_saturday_is_the_quietest_day_and_night_the_quietest_time(moments: list[datetime]) -> None:
    days = Counter(moment.weekday() for moment in moments)
    assert min(days, key=lambda day: days[day]) == 5
    assert sum(moment.hour < 6 for moment in moments) < len(moments) / 20


def test_frequent_buyers_come_back_at_roughly_even_intervals() -> None:
    (person,) = purchase_moments(Random(3), Calendar(NOW), [12])
    gaps = [later - earlier for earlier, later in pairwise(person)]
    assert max(gaps) < timedelta(days=120)
