"""A checked filter as an English sentence, for people to read beneath what they built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from dealt.kernel.clock import iso
from dealt.kernel.shown import shown
from dealt.predicates.checked import (
    AllOf,
    Checked,
    CountTest,
    FieldTest,
    FigureTest,
    Inverse,
    MemberTest,
    OneOf,
    PickTest,
)
from dealt.predicates.moments import Span
from dealt.predicates.values import WEEKDAYS

MOST_SHOWN = 10
Names: TypeAlias = Mapping[tuple[str, str], Mapping[Any, str]]
"""What people call the values of a field, by subject and field: the stages, of which a filter holds the ids."""
_MEASURES = {
    "count": "the number",
    "count_distinct": "the number of different {field}",
    "sum": "the sum of {field}",
    "average": "the average of {field}",
    "min": "the least {field}",
    "max": "the largest {field}",
}


def describe(node: Checked, names: Names | None = None, subject: str = "") -> str:
    """The sentence, without a full stop: ``Country is "PL" and has at least 2 deals where Status is 2``.

    With ``names`` and the ``subject`` that the filter is about, values that have names are called by them.
    """
    return _Teller(names or {}).tell(node, subject)


class _Teller:
    def __init__(self, names: Names) -> None:
        self._names = names

    def tell(self, node: Checked, subject: str) -> str:
        match node:
            case AllOf(()):
                return "everything"
            case OneOf(()):
                return "nothing"
            case AllOf(parts):
                return " and ".join(self._grouped(part, parts, subject) for part in parts)
            case OneOf(parts):
                return " or ".join(self._grouped(part, parts, subject) for part in parts)
            case Inverse(part):
                return f"not ({self.tell(part, subject)})"
            case MemberTest():
                names = {member: name for name, member in node.membership.ids.items()}
                listed = _listed([names[member] for member in node.value])
                return node.operator.sentence.format(field=node.membership.label.lower(), value=listed)
            case FieldTest():
                return self._field(node, subject)
            case CountTest():
                return f"has {_quantity(node)}{self._where(node)}"
            case FigureTest():
                field = node.field.label if node.field else ""
                figure = f"{_MEASURES[node.measure].format(field=field)} of {node.relation.label}{self._where(node)}"
                return node.operator.sentence.format(field=figure, value=_value(node.value))
            case PickTest():
                picked = f"the {node.pick} {node.relation.one} by {node.by.label}{self._where(node)}"
                return f"of {picked}: {self.tell(node.wanted, node.target.name)}"

    def _field(self, node: FieldTest, subject: str) -> str:
        known = self._names.get((subject, node.field.name), {})
        if node.operator.takes == "weekdays":
            value = _weekdays(node.value)
        elif known and isinstance(node.value, list):
            value = _listed([known.get(one, one) for one in node.value])
        elif known and node.operator.takes == "one":
            value = _value(known.get(node.value, node.value))
        else:
            value = _value(node.value)
        return node.operator.sentence.format(field=node.field.label, value=value)

    def _grouped(self, part: Checked, among: Sequence[Checked], subject: str) -> str:
        is_group = isinstance(part, AllOf | OneOf) and len(part.parts) > 1
        # What follows "where" or "of the last deal" would seem to go on behind an "and".
        is_open = isinstance(part, CountTest | FigureTest | PickTest) and len(among) > 1 and not _is_everything(part)
        told = self.tell(part, subject)
        return f"({told})" if is_group or is_open else told

    def _where(self, node: CountTest | FigureTest | PickTest) -> str:
        return "" if node.where == AllOf(()) else f" where {self.tell(node.where, node.target.name)}"


def _is_everything(part: CountTest | FigureTest | PickTest) -> bool:
    return not isinstance(part, PickTest) and part.where == AllOf(())


def _quantity(node: CountTest) -> str:
    if node.quantifier == "any":
        return f"a {node.relation.one}"
    if node.quantifier == "none":
        return f"no {node.relation.one}"
    bound = "at least" if node.quantifier == "at_least" else "at most"
    return f"{bound} {node.count} {node.relation.one if node.count == 1 else node.relation.label}"


def _value(value: Any) -> str:
    match value:
        case Span(amount, unit):
            return f"{amount} {unit[:-1] if amount == 1 else unit}"
        case (Span() as start, Span() as end):
            return f"between {_distance(start)} and {_distance(end)}"
        case (first, last):
            return f"{_value(first)} to {_value(last)}"
        case list():
            return _listed(value)
        case datetime():
            return iso(value)
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case str():
            return value if value in ("day", "week", "month", "quarter", "year") else shown(value)
        case _:
            return shown(value)


def _weekdays(days: Sequence[int]) -> str:
    return " or ".join(WEEKDAYS[day - 1].capitalize() for day in days)


def _distance(span: Span) -> str:
    if span.amount == 0:
        return "now"
    return f"{_value(Span(abs(span.amount), span.unit))} {'ago' if span.amount < 0 else 'ahead'}"


def _listed(values: Sequence[Any]) -> str:
    told = ", ".join(_value(value) for value in values[:MOST_SHOWN])
    return told if len(values) <= MOST_SHOWN else f"{told} and {len(values) - MOST_SHOWN} more"
