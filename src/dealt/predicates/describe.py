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
from dealt.predicates.operators import TIMES
from dealt.predicates.values import WEEKDAYS

MOST_SHOWN = 10
Names: TypeAlias = Mapping[tuple[str, str], Mapping[Any, str]]
"""What people call the values of a field, by subject and field: the stages, of which a filter holds the ids."""
_MEASURES = {
    "count": "the number of {rows}",
    "count_distinct": "the number of different values of {field} in {rows}",
    "sum": "the sum of {field} in {rows}",
    "average": "the average of {field} in {rows}",
    "min": "the least {field} in {rows}",
    "max": "the largest {field} in {rows}",
}
_MEASURES_OF_TIMES = _MEASURES | {"min": "the earliest {field} in {rows}", "max": "the latest {field} in {rows}"}
_Looking: TypeAlias = CountTest | FigureTest | PickTest


def describe(node: Checked, names: Names | None = None, subject: str = "") -> str:
    """The sentence, without a full stop: ``Country is "PL" and (there are at least 2 deals where Status is 2)``.

    Every part is a clause of its own, so that it stands alone as well as after "Contacts for which". With ``names`` and
    the ``subject`` that the filter is about, values that have names are called by them.
    """
    return _Teller(names or {}).tell(_plain(node), subject)


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
                return " and ".join(self._grouped(part, subject) for part in parts)
            case OneOf(parts):
                return " or ".join(self._grouped(part, subject) for part in parts)
            case Inverse(part):
                told = self.tell(part, subject)
                return f"it is not true that {f'({told})' if isinstance(part, AllOf | OneOf) else told}"
            case MemberTest():
                return _belonging(node)
            case FieldTest():
                return self._field(node, subject)
            case CountTest():
                return f"there {_quantity(node)}{self._where(node)}"
            case FigureTest():
                where = self._where(node)
                figure = f"{_figure(node)}{f' ({where.strip()})' if where else ''}"
                return node.operator.sentence.format(field=figure, value=_value(node.value))
            case PickTest():
                return self._picked(node)

    def _picked(self, node: PickTest) -> str:
        one, where, wanted = (
            f"{node.pick} {node.relation.one} by {node.by.label}",
            self._where(node),
            _plain(node.wanted),
        )
        if wanted in (AllOf(()), OneOf(())):
            return f"there is {'a' if wanted == AllOf(()) else 'no'} {one}{where}"
        told = self.tell(wanted, node.target.name)
        return f"the {one}{f' ({where.strip()})' if where else ''} is one where {told}"

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

    def _grouped(self, part: Checked, subject: str) -> str:
        told = self.tell(part, subject)
        return f"({told})" if isinstance(part, AllOf | OneOf) or _is_open(part) else told

    def _where(self, node: _Looking) -> str:
        where = _plain(node.where)
        if where == OneOf(()):
            return " where nothing fits"
        return "" if where == AllOf(()) else f" where {self.tell(where, node.target.name)}"


def _is_open(part: Checked) -> bool:
    """What follows its last word would seem to belong to it."""
    match part:
        case Inverse(inner):
            return not isinstance(inner, AllOf | OneOf)
        case CountTest():
            return _plain(part.where) != AllOf(())
        case _:
            return isinstance(part, PickTest)


def _plain(node: Checked) -> Checked:
    """The same without what does not matter: groups of one, and what holds for all or for none."""
    match node:
        case Inverse(part):
            match _plain(part):
                case AllOf(()):
                    return OneOf(())
                case OneOf(()):
                    return AllOf(())
                case other:
                    return Inverse(other)
        case AllOf(parts) | OneOf(parts):
            idle, decisive = (AllOf(()), OneOf(())) if isinstance(node, AllOf) else (OneOf(()), AllOf(()))
            left = [part for part in map(_plain, parts) if part != idle]
            if decisive in left:
                return decisive
            return left[0] if len(left) == 1 else type(node)(tuple(left))
        case _:
            return node


def _belonging(node: MemberTest) -> str:
    names = {member: name for name, member in node.membership.ids.items()}
    listed = _listed([names[member] for member in node.value])
    if node.membership.is_single:
        way = "is not" if node.operator.name == "in_none" else "is"
        among = "" if len(node.value) == 1 else (" any of" if way == "is not" else " one of")
        return f"{node.membership.label} {way}{among} {listed}"
    if len(node.value) == 1:
        way = "do not include" if node.operator.name == "in_none" else "include"
        return f"{node.membership.label} {way} {listed}"
    return node.operator.sentence.format(field=node.membership.label, value=listed)


def _figure(node: FigureTest) -> str:
    """What is measured: ``the latest Ordered in deals``."""
    measures = _MEASURES_OF_TIMES if node.field and node.field.kind in TIMES else _MEASURES
    return measures[node.measure].format(field=node.field.label if node.field else "", rows=node.relation.label)


def _quantity(node: CountTest) -> str:
    one, many = node.relation.one, node.relation.label
    if node.quantifier == "any":
        return f"is {'an' if one[0] in 'aeio' else 'a'} {one}"
    if node.quantifier == "none":
        return f"is no {one}"
    bound = "at least" if node.quantifier == "at_least" else "at most"
    return f"is {bound} 1 {one}" if node.count == 1 else f"are {bound} {node.count} {many}"


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
