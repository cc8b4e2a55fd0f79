"""What a condition compares with: JSON values read by the kind of the field, with sentences for what does not fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from dealt.kernel.clock import is_iso_date, parse_date, parse_datetime
from dealt.kernel.shown import shown
from dealt.predicates.catalogue import FilterField, Kind
from dealt.predicates.moments import CALENDARS, LONGEST, UNITS, Calendar, Span

LONGEST_TEXT = 1_000
MOST_TOLD = 20
MOST_VALUES = 1_000
LARGEST_NUMBER = Decimal(10) ** 18
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_one(field: FilterField, value: Any, zone: ZoneInfo) -> Any:
    """One value of the field's kind. Raises ValueError with a sentence."""
    return _READERS[field.kind](field, value, zone)


def read_fragment(field: FilterField, value: Any, zone: ZoneInfo) -> str:
    """A part of a text, also of one that is a choice. Raises ValueError."""
    return _text(field, value, zone)


def read_after(field: FilterField, value: Any, zone: ZoneInfo) -> Any:
    """What something comes after: of a day, its last instant. Raises ValueError."""
    if field.kind is Kind.MOMENT and is_day(value):
        return _end_of(parse_date(value), zone)
    return read_one(field, value, zone)


def read_many(field: FilterField, value: Any, zone: ZoneInfo) -> list[Any]:
    """A list of values of the field's kind. Raises ValueError."""
    if not isinstance(value, list) or not 0 < len(value) <= MOST_VALUES:
        raise ValueError(f"A list of 1 to {MOST_VALUES} values is needed.")
    return [read_one(field, item, zone) for item in value]


def read_range(field: FilterField, value: Any, zone: ZoneInfo) -> tuple[Any, Any]:
    """Two values, the smaller first. Raises ValueError."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("A list of two values is needed, the smaller first.")
    first, last = _edge(field, value[0], zone), read_after(field, value[1], zone)
    if first > last:
        raise ValueError("The range ends before it begins.")
    return first, last


def read_span(value: Any) -> Span:
    """A length of time such as ``{"days": 30}``. Raises ValueError."""
    span = _span(value)
    if span.amount <= 0:
        raise ValueError("A length of time above 0 is needed.")
    return span


def read_window(value: Any) -> tuple[Span, Span]:
    """``{"from": {"days": -14}, "to": {"days": -7}}``: distances from now, negative ones past. Raises ValueError."""
    if not isinstance(value, dict) or value.keys() != {"from", "to"}:
        raise ValueError('A window such as {"from": {"days": -14}, "to": {"days": -7}} is needed.')
    start, end = _span(value["from"]), _span(value["to"])
    if _days(start) >= _days(end):
        raise ValueError("The window ends before it begins.")
    return start, end


def read_calendar(value: Any) -> Calendar:
    """``day``, ``week``, ``month``, ``quarter`` or ``year``. Raises ValueError."""
    if value not in CALENDARS:
        raise ValueError(f"{shown(value)} is not one of: {', '.join(CALENDARS)}.")
    found: Calendar = value
    return found


def read_weekdays(value: Any) -> list[int]:
    """Weekdays by name as ISO numbers, Monday 1. Raises ValueError."""
    if not isinstance(value, list) or not value or any(day not in WEEKDAYS for day in value):
        raise ValueError(f"A list of weekdays is needed: {', '.join(WEEKDAYS)}.")
    return sorted({WEEKDAYS.index(day) + 1 for day in value})


def read_members(value: Any, ids: Mapping[str, int], label: str) -> list[int]:
    """Ids, or names that stand for them, of things that exist, which are called ``label``. Raises ValueError."""
    if not isinstance(value, list) or not 0 < len(value) <= MOST_VALUES:
        raise ValueError(f"A list of 1 to {MOST_VALUES} names or ids is needed.")
    known = set(ids.values())
    found = []
    for item in value:
        member = ids.get(item) if isinstance(item, str) else item
        if isinstance(member, bool) or member not in known:
            raise ValueError(f"There is no {shown(item)} in {label.lower()}. {_those(ids)}")
        found.append(member)
    return list(dict.fromkeys(found))


def is_day(value: Any) -> bool:
    """Whether a value names a whole day, with no time of day."""
    return isinstance(value, str) and is_iso_date(value.strip())


def _edge(field: FilterField, value: Any, zone: ZoneInfo) -> Any:
    """The first of a range, of a day its first instant."""
    return _moment(field, value, zone) if field.kind is Kind.MOMENT else read_one(field, value, zone)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    following = day + timedelta(days=1)
    # In UTC, where the instant before is always a microsecond earlier.
    return (parse_datetime(following.isoformat(), zone) - timedelta(microseconds=1)).astimezone(zone)


def _named(field: FilterField) -> str:
    """The names of a field's values, where it is asked for by numbers."""
    if field.words:
        return f" There may be: {', '.join(field.words)}."
    some = ", ".join(f"{number} for {shown(name)}" for number, name in list(field.names.items())[:MOST_TOLD])
    return f" Ask by number: {some}." if some else ""


def _those(ids: Mapping[str, int]) -> str:
    some = ", ".join(sorted(ids)[:MOST_TOLD])
    return f"There are: {some}{' and others' if len(ids) > MOST_TOLD else ''}." if ids else "There are none."


def _span(value: Any) -> Span:
    if isinstance(value, dict) and len(value) == 1:
        (unit, amount), *_ = value.items()
        if unit in UNITS and isinstance(amount, int) and not isinstance(amount, bool):
            if abs(amount) > LONGEST[unit]:
                raise ValueError(f"At most {LONGEST[unit]} {unit} are allowed.")
            return Span(amount, unit)
    raise ValueError(f'A length of time such as {{"days": 30}} is needed, in one of: {", ".join(UNITS)}.')


def _days(span: Span) -> float:
    """About how long it is, to tell which of two comes first."""
    return (
        span.amount
        * {"minutes": 1 / 1440, "hours": 1 / 24, "days": 1, "weeks": 7, "months": 30.4, "years": 365.2}[span.unit]
    )


def _text(_field: FilterField, value: Any, _zone: ZoneInfo) -> str:
    if not isinstance(value, str):
        raise ValueError("A text is needed.")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"A text of at most {LONGEST_TEXT} characters is needed.")
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("The text has characters that cannot be stored.")
    return value


def _number(field: FilterField, value: Any, _zone: ZoneInfo) -> Decimal:
    if isinstance(value, str) and value.strip().lower() in field.words:
        return Decimal(field.words[value.strip().lower()])
    try:
        number = (
            Decimal(str(value))
            if isinstance(value, int | float | str | Decimal) and not isinstance(value, bool)
            else None
        )
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise ValueError(f"{shown(value)} is not a number.{_named(field)}")
    if abs(number) > LARGEST_NUMBER or (number and number.adjusted() < -30):
        raise ValueError("The number is too large or too small.")
    return number


def _truth(_field: FilterField, value: Any, _zone: ZoneInfo) -> bool:
    if not isinstance(value, bool):
        raise ValueError("True or false is needed.")
    return value


def _date(_field: FilterField, value: Any, _zone: ZoneInfo) -> date:
    return parse_date(value)


def _moment(_field: FilterField, value: Any, zone: ZoneInfo) -> datetime:
    # In the workspace's zone, as whoever reads the sentence knows it.
    return parse_datetime(value, zone).astimezone(zone)


def _choice(field: FilterField, value: Any, zone: ZoneInfo) -> str:
    text = _text(field, value, zone)
    if field.choices and text not in field.choices:
        raise ValueError(f"{shown(text)} is not one of: {', '.join(field.choices)}.")
    return text


_READERS: dict[Kind, Callable[[FilterField, Any, ZoneInfo], Any]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.TRUTH: _truth,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choice,
}
