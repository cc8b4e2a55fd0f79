"""Arithmetic of time, as SQL: the one place where conditions and wake-ups learn when a window opens and closes.

A window holds while ``opens <= now < closes``. Hours and minutes are absolute; days, weeks, months and years are those
of the workspace's calendar: they are added to the wall clock of its time zone (so a day may have 23 or 25 hours), and a
month that is too short ends on its last day. Condition and wake-up use the very same expressions, so that they agree
at month ends and when clocks change.

Reckoning by the calendar costs much more than comparing, and most stored moments lie far from any boundary. So each
question compares first with moments that are surely before or behind the boundary, and reckons only in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from dealt.kernel.sql import Sql, sql

Unit: TypeAlias = Literal["minutes", "hours", "days", "weeks", "months", "years"]
Calendar: TypeAlias = Literal["day", "week", "month", "quarter", "year"]
UNITS: tuple[Unit, ...] = ("minutes", "hours", "days", "weeks", "months", "years")
CALENDARS: tuple[Calendar, ...] = ("day", "week", "month", "quarter", "year")
LONGEST = {"minutes": 52_560_000, "hours": 876_000, "days": 36_500, "weeks": 5_200, "months": 1_200, "years": 100}
"""A hundred years of each: every sum with a stored moment is a moment that PostgreSQL knows."""
# By how much a span of the calendar may differ from so many times 24 hours: clocks that change, zones that skip a day,
# a day that is taken for its midnight in another zone; and months of 28 to 31 days.
_DAYS_DIFFER, _MONTHS_DIFFER = timedelta(days=3), timedelta(days=10)
_MONTH = timedelta(days=30, hours=10, minutes=30)
_LONGEST_OF: dict[Calendar, timedelta] = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
    "quarter": timedelta(days=92),
    "year": timedelta(days=366),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """The present moment (aware) and the name of the workspace's time zone."""

    now: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Span:
    """So many of a unit; negative ones lie in the past where a window is told by its ends."""

    amount: int
    unit: Unit

    def __neg__(self) -> Span:
        return Span(-self.amount, self.unit)


@dataclass(frozen=True, slots=True)
class Stored:
    """A moment that is stored: ``exact``, and ``rough``, which costs less and is no more than two days off."""

    exact: Sql
    rough: Sql


NO_SPAN = Span(0, "minutes")


def reached(stored: Stored, span: Span, at: Moment) -> Sql:
    """The condition that the moment ``span`` after the stored one has come: the planner turns it around by itself."""
    return sql("NOT (") + ahead(stored, span, at) + sql(")")


def ahead(stored: Stored, span: Span, at: Moment) -> Sql:
    """The condition that the moment ``span`` after the stored one has not come."""
    least, most = _lengths(span)
    if least == most:
        return stored.exact + sql(" > {}::timestamptz", at.now - least)
    return (
        sql("(") + stored.rough + sql(" > {}::timestamptz AND (", at.now - most)
        + stored.rough + sql(" > {}::timestamptz OR ", at.now - least)
        + later(stored.exact, span, at.zone) + sql(" > {}::timestamptz))", at.now)
    )  # fmt: skip


def next_of(stored: Stored, span: Span, at: Moment) -> Sql:
    """The moment ``span`` after the stored one; NULL once it has come."""
    come = later(stored.exact, span, at.zone)
    return sql("CASE WHEN ") + ahead(stored, span, at) + sql(" THEN ") + come + sql(" END")


def is_current(calendar: Calendar, stored: Stored, at: Moment) -> Sql:
    """The condition that the stored moment lies in the present day, week, month ..."""
    most, begins, ends = _current(calendar, stored, at)
    return (
        stored.rough + sql(" > {}::timestamptz AND ", at.now - most)
        + stored.rough + sql(" < {}::timestamptz AND ", at.now + most)
        + begins + sql(" <= {}::timestamptz AND ", at.now) + ends + sql(" > {}::timestamptz", at.now)
    )  # fmt: skip


def next_current(calendar: Calendar, stored: Stored, at: Moment) -> list[Sql]:
    """When the day, week, month ... of the stored moment begins and when it is over; NULL for what has come."""
    most, begins, ends = _current(calendar, stored, at)
    return [
        sql("CASE WHEN ") + stored.rough + sql(" > {}::timestamptz AND ", at.now - before)
        + edge + sql(" > {}::timestamptz THEN ", at.now) + edge + sql(" END")
        for before, edge in ((_DAYS_DIFFER, begins), (most, ends))
    ]  # fmt: skip


def _current(calendar: Calendar, stored: Stored, at: Moment) -> tuple[timedelta, Sql, Sql]:
    """The most that its edges are away from a moment, and the edges."""
    begins, ends = opens(calendar, stored.exact, at.zone), closes(calendar, stored.exact, at.zone)
    return _LONGEST_OF[calendar] + _DAYS_DIFFER, begins, ends


def _lengths(span: Span) -> tuple[timedelta, timedelta]:
    """The least and the most that a moment and the one ``span`` later can lie apart."""
    if span.unit in ("minutes", "hours"):
        exact = timedelta(minutes=span.amount * (1 if span.unit == "minutes" else 60))
        return exact, exact
    if span.unit in ("days", "weeks"):
        about, differ = timedelta(days=span.amount * (1 if span.unit == "days" else 7)), _DAYS_DIFFER
    else:
        about, differ = _MONTH * span.amount * (1 if span.unit == "months" else 12), _MONTHS_DIFFER
    return about - differ, about + differ


def later(at: Sql, span: Span, zone: str) -> Sql:
    """The moment ``span`` after ``at``; before it where the span is negative."""
    if span == NO_SPAN:
        return at
    if span.unit in ("minutes", "hours"):
        seconds = span.amount * (60 if span.unit == "minutes" else 3600)
        return sql("(") + at + sql(" + make_interval(secs => {}::float8))", float(seconds))
    part, amount = {
        "days": ("days", span.amount),
        "weeks": ("days", 7 * span.amount),
        "months": ("months", span.amount),
        "years": ("months", 12 * span.amount),
    }[span.unit]
    added = sql(
        f" AT TIME ZONE {{}}::text) + make_interval({part} => {{}}::int)) AT TIME ZONE {{}}::text)", zone, amount, zone
    )
    return sql("(((") + at + added


def opens(calendar: Calendar, at: Sql, zone: str) -> Sql:
    """The moment at which the day, week, month ... of ``at`` begins. Weeks begin on Monday."""
    return _begins(_first(calendar, at, zone), zone)


def closes(calendar: Calendar, at: Sql, zone: str) -> Sql:
    """The moment at which the next day, week, month ... begins."""
    step = {"day": "1 day", "week": "7 days", "month": "1 month", "quarter": "3 months", "year": "1 year"}[calendar]
    return _begins(sql("(") + _first(calendar, at, zone) + sql(f" + interval '{step}')"), zone)


def local_date(at: Sql, zone: str) -> Sql:
    """The day of a moment in ``zone``."""
    return sql("((") + at + sql(") AT TIME ZONE {}::text)::date", zone)


def midnight(day: Sql, zone: str) -> Sql:
    """The moment at which a day begins in ``zone``."""
    return _begins(sql("(") + day + sql(")::date::timestamp"), zone)


def anniversary(day: Sql, today: Sql, years: int = 0) -> Sql:
    """The day on which ``day`` returns in the year of ``today``, or ``years`` later; 29 February as the 28th."""
    distance = sql("(extract(year FROM ") + today + sql(") - extract(year FROM ") + day + sql(f"))::int + {years}")
    return sql("((") + day + sql(") + make_interval(years => ") + distance + sql("))::date")


def _first(calendar: Calendar, at: Sql, zone: str) -> Sql:
    """The midnight, on the wall clock, with which the day, week, month ... of ``at`` begins."""
    return sql(f"date_trunc('{calendar}', (") + at + sql(") AT TIME ZONE {}::text)", zone)


def _begins(midnight: Sql, zone: str) -> Sql:
    """The moment of a midnight on the wall clock.

    Where clocks go back over midnight there are two, and a day begins with the first. PostgreSQL takes the second: the
    moment before is asked instead, which there is but once.
    """
    before = sql("(") + midnight + sql(" - interval '1 microsecond')")
    return sql("(") + before + sql(" AT TIME ZONE {}::text + interval '1 microsecond')", zone)
