"""A checked filter as an English sentence, for people to read beneath what they built."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

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
from dealt.predicates.operators import OPERATORS, TIMES
from dealt.predicates.telling import compared, listed

_MEASURES = {
    "count": "the number of {rows}",
    "count_distinct": "the number of different values of {field} in {rows}",
    "sum": "the sum of {field} in {rows}",
    "average": "the average of {field} in {rows}",
    "min": "the least {field} in {rows}",
    "max": "the largest {field} in {rows}",
}
_MEASURES_OF_TIMES = _MEASURES | {"min": "the earliest {field} in {rows}", "max": "the latest {field} in {rows}"}
# The operators that hold just where another one does not, both ways.
_PAIRS = (
    ("equals", "not_equals"), ("in", "not_in"), ("contains", "not_contains"), ("is_set", "is_not_set"),
    ("has_any", "has_none"), ("in_any", "in_none"),
)  # fmt: skip
_OPPOSITES = dict(_PAIRS) | {second: first for first, second in _PAIRS}
_WHEN = ("day", "after", "range", "span", "window", "calendar", "weekdays", "before")
_Looking: TypeAlias = CountTest | FigureTest | PickTest


def describe(node: Checked) -> str:
    """The sentence, without a full stop: ``Country is "PL" and (there are at least 2 deals where Stage is "Paid")``.

    Every part is a clause of its own, so that it stands alone as well as after "Contacts for which". Values that have
    names are called by them.
    """
    return _tell(_plain(node))


def _tell(node: Checked) -> str:
    match node:
        case AllOf(()):
            return "everything"
        case OneOf(()):
            return "nothing"
        case AllOf(parts):
            return " and ".join(map(_grouped, parts))
        case OneOf(parts):
            return " or ".join(map(_grouped, parts))
        case Inverse(part):
            told = _tell(part)
            return f"it is not true that {f'({told})' if isinstance(part, AllOf | OneOf) else told}"
        case MemberTest():
            return _belonging(node)
        case FieldTest() if node.field.happens and node.operator.takes in _WHEN:
            told = compared(node.operator, node.value, {})
            return node.operator.sentence.replace("{field} is ", "{field} ").format(field=node.field.label, value=told)
        case FieldTest():
            return node.operator.sentence.format(
                field=node.field.label, value=compared(node.operator, node.value, node.field.names)
            )
        case CountTest():
            return f"there {_quantity(node)}{_where(node)}"
        case FigureTest():
            where = _where(node)
            figure = f"{figure_label(node)}{f' ({where.strip()})' if where else ''}"
            # How many different values there are has no name, though the values may.
            names = node.field.names if node.field and node.measure in ("min", "max") else {}
            return node.operator.sentence.format(field=figure, value=compared(node.operator, node.value, names))
        case PickTest():
            return _picked(node)


def _picked(node: PickTest) -> str:
    by = "" if node.by.name == node.relation.by else f" by {node.by.label}"
    one, where, wanted = f"{node.pick} {node.relation.one}{by}", _where(node), _plain(node.wanted)
    if wanted in (AllOf(()), OneOf(())):
        return f"there is {'a' if wanted == AllOf(()) else 'no'} {one}{where}"
    return f"the {one}{f' ({where.strip()})' if where else ''} is one where {_tell(wanted)}"


def _grouped(part: Checked) -> str:
    told = _tell(part)
    return f"({told})" if isinstance(part, AllOf | OneOf) or _is_open(part) else told


def _where(node: _Looking) -> str:
    where = _plain(node.where)
    if where == OneOf(()):
        return " where nothing fits"
    return "" if where == AllOf(()) else f" where {_tell(where)}"


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
                case Inverse(other):
                    return other
                case FieldTest() | MemberTest() as other if other.operator.name in _OPPOSITES:
                    return replace(other, operator=OPERATORS[_OPPOSITES[other.operator.name]])
                case CountTest() as other:
                    return _other_count(other)
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


def _other_count(node: CountTest) -> Checked:
    """What holds where ``node`` does not."""
    if node.quantifier == "any":
        return replace(node, quantifier="none", count=0)
    if node.quantifier == "none":
        return replace(node, quantifier="any", count=1)
    if node.quantifier == "at_most":
        return replace(node, quantifier="at_least", count=node.count + 1)
    return replace(node, quantifier="at_most", count=node.count - 1) if node.count else OneOf(())


def _belonging(node: MemberTest) -> str:
    names = {member: name for name, member in node.membership.ids.items()}
    members = listed([names[member] for member in node.value])
    if node.membership.is_single:
        way = "is not" if node.operator.name == "in_none" else "is"
        among = "" if len(node.value) == 1 else (" any of" if way == "is not" else " one of")
        return f"{node.membership.label} {way}{among} {members}"
    if len(node.value) == 1:
        way = "do not include" if node.operator.name == "in_none" else "include"
        return f"{node.membership.label} {way} {members}"
    return node.operator.sentence.format(field=node.membership.label, value=members)


def figure_label(node: FigureTest) -> str:
    """What is measured: ``the latest Ordered in deals``."""
    measures = _MEASURES_OF_TIMES if node.field and node.field.kind in TIMES else _MEASURES
    return measures[node.measure].format(field=node.field.label if node.field else "", rows=node.relation.label)


def _quantity(node: CountTest) -> str:
    one, many = node.relation.one, node.relation.label
    if node.quantifier == "any":
        return f"is {'an' if one[0] in 'aeio' else 'a'} {one}"
    if node.quantifier == "none" or (node.quantifier == "at_most" and node.count == 0):
        return f"is no {one}"
    bound = "at least" if node.quantifier == "at_least" else "at most"
    return f"is {bound} 1 {one}" if node.count == 1 else f"are {bound} {node.count} {many}"
