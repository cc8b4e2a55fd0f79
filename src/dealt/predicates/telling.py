"""Values as people read them, in the sentences of filters and of explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from dealt.kernel.shown import shown
from dealt.predicates.moments import Span
from dealt.predicates.operators import Operator
from dealt.predicates.values import WEEKDAYS

MOST_SHOWN = 10


def compared(operator: Operator, value: Any, names: Mapping[Any, str]) -> str:
    """What a condition compares with; ``names`` are those of numbers."""
    if operator.takes == "weekdays":
        return " or ".join(WEEKDAYS[day - 1].capitalize() for day in value)
    if operator.takes == "calendar":
        return "today" if value == "day" else f"in this {value}"
    if operator.name in ("in_last", "in_next") and value.amount == 1:
        return str(value.unit).removesuffix("s")
    return _opening(value, names) if operator.name == "before" else tell_value(value, names)


def _opening(value: Any, names: Mapping[Any, str]) -> str:
    """What comes behind it is meant: of a midnight the day is enough."""
    is_midnight = isinstance(value, datetime) and value.time() == time.min
    return value.date().isoformat() if is_midnight else tell_value(value, names)


def tell_value(value: Any, names: Mapping[Any, str]) -> str:
    """One value, or a list of them, as people read it: times on the clock of their zone."""
    match value:
        case Span(amount, unit):
            return f"{amount} {unit[:-1] if amount == 1 else unit}"
        case (Span() as start, Span() as end) if isinstance(value, tuple):
            return f"between {_distance(start)} and {_distance(end)}"
        case (first, last) if isinstance(value, tuple):
            return f"{_opening(first, names)} to {tell_value(last, names)}"
        case list():
            return listed(value, names)
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case Decimal():
            return shown(names[value]) if value in names else f"{value:f}"
        case _:
            return shown(value)


def _moment(at: datetime) -> str:
    """On the wall clock of its zone: a day that is over by the day alone, idle seconds left out."""
    if at.time() == time.max:
        return at.date().isoformat()
    told = at.replace(tzinfo=None).isoformat(" ")
    return told if at.second or at.microsecond else told[:-3]


def _distance(span: Span) -> str:
    if span.amount == 0:
        return "now"
    return f"{tell_value(Span(abs(span.amount), span.unit), {})} {'ago' if span.amount < 0 else 'ahead'}"


def listed(values: Sequence[Any], names: Mapping[Any, str] | None = None) -> str:
    """The first ten, and how many more there are."""
    told = ", ".join(tell_value(value, names or {}) for value in values[:MOST_SHOWN])
    return told if len(values) <= MOST_SHOWN else f"{told} and {len(values) - MOST_SHOWN} more"
