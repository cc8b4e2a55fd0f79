"""From the tree as written to one that makes sense, or to the sentence that names the place where it does not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from dealt.kernel.clock import parse_date
from dealt.kernel.errors import InvalidInput
from dealt.kernel.shown import shown
from dealt.kernel.sql import Sql
from dealt.predicates import values
from dealt.predicates.catalogue import FilterCatalogue, FilterField, Kind, Relation, Subject
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
from dealt.predicates.nodes import All, Compare, Measured, Node, Not, Picked, Related, Some
from dealt.predicates.operators import OPERATORS, TIMES, Operator

MOST_NAMED = 40
LONGEST_MEANT = 64
_EXACT = ("equals", "not_equals", "in", "not_in")


def check_filter(node: Node, catalogue: FilterCatalogue, subject: str, zone: ZoneInfo) -> Checked:
    """``node`` as a filter of ``subject``; moments without an offset are in ``zone``.

    Raises InvalidInput that names the place of every unknown field, relation and operator, and of every value that
    does not fit.
    """
    return _Checker(catalogue, zone, catalogue.subject(subject)).node(node, catalogue.subject(subject))


_OF_OTHERS = (
    "What belongs to a {one} may be other people's, and cannot be asked of a {root}: ask for a segment of it, or an "
    "attribute that an aggregator fills."
)


class _Checker:
    def __init__(self, catalogue: FilterCatalogue, zone: ZoneInfo, root: Subject) -> None:
        # What is derived for contacts follows from their own rows: nobody is looked at again when others order.
        self._own_rows_only = not any(relation.of_others for relation in root.relations.values())
        self._root = root
        self._catalogue = catalogue
        self._zone = zone

    def node(self, node: Node, subject: Subject) -> Checked:
        match node:
            case All(_, parts):
                return AllOf(tuple(self.node(part, subject) for part in parts))
            case Some(_, parts):
                return OneOf(tuple(self.node(part, subject) for part in parts))
            case Not(_, part):
                return Inverse(self.node(part, subject))
            case Compare():
                return self._compare(node, subject)
            case Related():
                relation, target = self._relation(node.relation, subject, node.path)
                where = self.node(node.where, target)
                return CountTest(node.path, relation, target, node.quantifier, node.count, where)
            case Measured():
                return self._measured(node, subject)
            case Picked():
                return self._picked(node, subject)

    def _compare(self, node: Compare, subject: Subject) -> FieldTest | MemberTest:
        membership = subject.memberships.get(node.field)
        if membership is not None:
            operator = _operator(node.op, Kind.MEMBERSHIP, membership.label, node.path)
            ids = self._read(node.path, lambda: values.read_members(node.value, membership.ids, membership.label))
            return MemberTest(node.path, membership, operator, ids)
        field = field_of(subject, node.field, f"{node.path}.field")
        operator = _operator(node.op, field.kind, field.label, node.path)
        return FieldTest(node.path, field, operator, self._value(operator, field, node.value, node.path))

    def _measured(self, node: Measured, subject: Subject) -> FigureTest:
        relation, target = self._relation(node.relation, subject, node.path)
        field = None if node.field is None else field_of(target, node.field, f"{node.path}.field")
        if field is not None and node.measure != "count_distinct":
            field = field.in_base()
        result = _result(node, field)
        operator = _operator(node.op, result.kind, result.label.capitalize(), node.path)
        value = self._value(operator, result, node.value, node.path)
        where = self.node(node.where, target)
        return FigureTest(node.path, relation, target, node.measure, field, where, result, operator, value)

    def _picked(self, node: Picked, subject: Subject) -> PickTest:
        relation, target = self._relation(node.relation, subject, node.path)
        by = field_of(target, node.by or relation.by, f"{node.path}.by")
        if by.kind not in TIMES:
            raise InvalidInput.of(f"{node.path}.by", f"{by.label} is no date; the first and the last are told by one.")
        where, wanted = self.node(node.where, target), self.node(node.wanted, target)
        return PickTest(node.path, relation, target, node.pick, by, where, wanted)

    def _relation(self, name: str, subject: Subject, path: str) -> tuple[Relation, Subject]:
        relation = subject.relations.get(name)
        if relation is None:
            raise _unknown(f"{path}.relation", name, subject.relations, f"A {subject.label} has no relation")
        if relation.of_others and self._own_rows_only:
            raise InvalidInput.of(f"{path}.relation", _OF_OTHERS.format(one=subject.label, root=self._root.label))
        return relation, self._catalogue.subject(relation.target)

    def _value(self, operator: Operator, field: FilterField, value: Any, path: str) -> Any:
        zone = self._zone
        readers: dict[str, Callable[[], Any]] = {
            "nothing": lambda: self._nothing(value),
            "one": lambda: values.read_one(field, value, zone),
            "fragment": lambda: values.read_fragment(field, value, zone),
            "before": lambda: values.read_one(field, value, zone),
            "after": lambda: values.read_after(field, value, zone),
            "day": lambda: parse_date(value),
            "many": lambda: values.read_many(field, value, zone),
            "range": lambda: values.read_range(field, value, zone),
            "span": lambda: values.read_span(value),
            "window": lambda: values.read_window(value),
            "calendar": lambda: values.read_calendar(value),
            "weekdays": lambda: values.read_weekdays(value),
        }
        return self._read(path, lambda: self._fitting(operator, field, value, readers[operator.takes]))

    def _fitting(self, operator: Operator, field: FilterField, value: Any, read: Callable[[], Any]) -> Any:
        if value is None and operator.takes not in ("nothing", "many", "range"):
            raise ValueError("A value is needed; is_not_set finds what has none.")
        several = value if isinstance(value, list) else [value]
        if operator.name in _EXACT and field.kind is Kind.MOMENT and any(map(values.is_day, several)):
            raise ValueError('A day is not one moment: ask for it with "on".')
        return read()

    def _nothing(self, value: Any) -> None:
        if value is not None:
            raise ValueError("This operator has no value.")

    def _read(self, path: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except ValueError as error:
            raise InvalidInput.of(f"{path}.value", str(error)) from None


def field_of(subject: Subject, name: str, place: str) -> FilterField:
    """A field by its name. Raises InvalidInput that says, at ``place``, which there are and may be meant."""
    field = subject.fields.get(name)
    if field is None:
        known = [*subject.fields, *subject.memberships]
        raise _unknown(place, name, known, f"A {subject.label} has no field")
    return field


def _operator(name: str, kind: Kind, label: str, path: str) -> Operator:
    operator = OPERATORS.get(name)
    fitting = [one.name for one in OPERATORS.values() if kind in one.kinds]
    if operator is None:
        raise _unknown(f"{path}.op", name, fitting, f"{label} is {kind.phrase} and has no operator")
    if kind not in operator.kinds:
        told = f"{shown(name)} does not fit {label}, which is {kind.phrase}; these do: {', '.join(fitting)}."
        raise InvalidInput.of(f"{path}.op", told)
    return operator


def _result(node: Measured, field: FilterField | None) -> FilterField:
    """What the figure is compared as: a number, or for the least and the largest what the field is."""
    place = f"{node.path}.field"
    if node.measure == "count":
        if field is not None:
            raise InvalidInput.of(place, "A count has no field; count_distinct has one.")
        return FilterField("count", Kind.NUMBER, "number", Sql, cast="bigint")
    if field is None:
        raise InvalidInput.of(place, f"Say of which field the {node.measure} is to be taken.")
    if node.measure == "count_distinct":
        return FilterField("count", Kind.NUMBER, f"number of different {field.label}", Sql, cast="bigint")
    fits = {Kind.NUMBER, *TIMES} if node.measure in ("min", "max") else {Kind.NUMBER}
    if field.kind not in fits:
        raise InvalidInput.of(place, f"{field.label} is {field.kind.phrase}, of which there is no {node.measure}.")
    return field


def _unknown(place: str, name: str, known: Collection[str], sentence: str) -> InvalidInput:
    some = ", ".join(sorted(known)[:MOST_NAMED])
    more = f" and {len(known) - MOST_NAMED} others" if len(known) > MOST_NAMED else ""
    near = get_close_matches(name[:LONGEST_MEANT].lower().replace(" ", "_"), known, 1)
    meant = f" Is {shown(near[0])} meant?" if near else ""
    return InvalidInput.of(place, f"{sentence} {shown(name)}.{meant} There are: {some or 'none'}{more}.")
