"""Windows and calendars said a second time, slowly: in Python, on wall clocks, one moment after the other."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo


def later(at: datetime, amount: int, unit: str, zone: ZoneInfo) -> datetime:
    """The moment so much after ``at``: absolute for minutes and hours, by the wall clock of ``zone`` for the rest."""
    if unit in ("minutes", "hours"):
        return at + timedelta(**{unit: amount})
    wall = at.astimezone(zone).replace(tzinfo=None)
    if unit in ("days", "weeks"):
        return from_wall(wall + timedelta(**{unit: amount}), zone)
    return from_wall(_months_later(wall, amount * (12 if unit == "years" else 1)), zone)


def from_wall(wall: datetime, zone: ZoneInfo) -> datetime:
    """What the wall clock says: a time that is skipped as if clocks had not moved, a repeated one the second time."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    is_repeated = first.utcoffset() > second.utcoffset()  # type: ignore[operator]
    return (second if is_repeated else first).astimezone(UTC)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The day that the wall calendar shows."""
    return at.astimezone(zone).date()


def same(unit: str, one: date, other: date) -> bool:
    """Whether two days lie in the same day, week, month, quarter or year."""
    names: dict[str, Callable[[date], Any]] = {
        "day": lambda day: day,
        "week": lambda day: day.isocalendar()[:2],
        "month": lambda day: (day.year, day.month),
        "quarter": lambda day: (day.year, (day.month - 1) // 3),
        "year": lambda day: day.year,
    }
    return bool(names[unit](one) == names[unit](other))


def is_anniversary(day: date, today: date) -> bool:
    """Whether a day returns today; 29 February on the 28th of a year that lacks it."""
    if (day.month, day.day) == (2, 29) and not calendar.isleap(today.year):
        return (today.month, today.day) == (2, 28)
    return (day.month, day.day) == (today.month, today.day)


def _months_later(wall: datetime, months: int) -> datetime:
    number = wall.year * 12 + wall.month - 1 + months
    year, month = divmod(number, 12)
    return wall.replace(year=year, month=month + 1, day=min(wall.day, calendar.monthrange(year, month + 1)[1]))
