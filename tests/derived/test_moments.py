"""When windows open and close, in SQL and on a wall clock read in Python: around every change of clocks and month."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dealt.kernel.sql import Sql, join, sql
from dealt.predicates.moments import CALENDARS, Span, closes, later, midnight, opens
from tests.derived.times import day_of, same
from tests.derived.times import later as on_the_wall
from tests.derived.times import midnight as first_moment
from tests.house import House

# What clocks do in 2024: nothing; an hour in the night; half an hour; an hour over midnight, back and forth.
ZONES = (
    "UTC", "Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "Atlantic/Azores", "America/Havana",
    "America/Santiago", "Africa/Cairo",
)  # fmt: skip
SPANS = (
    Span(90, "minutes"), Span(25, "hours"), Span(1, "days"), Span(30, "days"), Span(2, "weeks"), Span(1, "months"),
    Span(13, "months"), Span(1, "years"), Span(-1, "days"), Span(-7, "days"), Span(-1, "months"), Span(-24, "hours"),
)  # fmt: skip


def _moments(zone: ZoneInfo) -> list[datetime]:
    """Each half hour around changes of clocks, each sixth hour around some ends of months, and beside midnight."""
    first = datetime(2024, 1, 1, tzinfo=UTC)
    days = [first + timedelta(days=number) for number in range(366)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    moved = [day for day, here, there in zip(days, offsets, offsets[1:], strict=False) if here != there]
    ends = [day for day in days if day.day in (29, 31) and day.month in (1, 2, 8, 12)]
    halves = [day + timedelta(minutes=30 * half) for day in moved for half in range(-6, 60)]
    sixths = [day + timedelta(hours=6 * number) for day in ends for number in range(-4, 9)]
    beside = [first_moment(day_of(day, zone), zone) - timedelta(microseconds=1) for day in (*moved, *ends)]
    return sorted({*halves, *sixths, *beside})


def _first_of_next(calendar: str, day: date) -> date:
    following = day
    while same(calendar, following, day):
        following += timedelta(days=1)
    return following


def _first_of(calendar: str, day: date) -> date:
    while same(calendar, day - timedelta(days=1), day):
        day -= timedelta(days=1)
    return day


@pytest.mark.parametrize("name", ZONES)
async def test_every_moment_is_that_of_the_wall_clock(house: House, name: str) -> None:
    zone, at = ZoneInfo(name), Sql("m.at")
    columns = [later(at, span, name) for span in SPANS]
    columns += [bound(calendar, at, name) for calendar in CALENDARS for bound in (opens, closes)]
    columns.append(midnight(sql("((m.at) AT TIME ZONE {}::text)::date", name), name))
    moments = _moments(zone)
    named = [column + sql(f" AS c{number}") for number, column in enumerate(columns)]
    query = sql("SELECT m.at, ") + join(", ", named) + sql(" FROM unnest({}::timestamptz[]) AS m(at)", moments)
    text, values = query.render()
    for row in await house.pool.fetch(text, *values):
        assert list(row.values())[1:] == _expected(row["at"], zone), (name, row["at"])


def _expected(at: datetime, zone: ZoneInfo) -> list[Any]:
    day = day_of(at, zone)
    found = [on_the_wall(at, span.amount, span.unit, zone) for span in SPANS]
    for calendar in CALENDARS:
        found += [first_moment(_first_of(calendar, day), zone), first_moment(_first_of_next(calendar, day), zone)]
    return [*found, first_moment(day, zone)]
