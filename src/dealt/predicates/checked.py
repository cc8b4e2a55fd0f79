"""The tree of a filter that is known to make sense: every name found, every value read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from dealt.predicates.catalogue import FilterField, Membership, Relation, Subject
from dealt.predicates.nodes import Measure, Pick, Quantifier
from dealt.predicates.operators import Operator


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Checked, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """At least one part holds."""

    parts: tuple[Checked, ...]


@dataclass(frozen=True, slots=True)
class Inverse:
    """The part does not hold."""

    part: Checked


@dataclass(frozen=True, slots=True)
class FieldTest:
    """A field of the subject and what it is compared with."""

    path: str
    field: FilterField
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class MemberTest:
    """Whether the subject belongs to some of a set of things: ``value`` are their ids."""

    path: str
    membership: Membership
    operator: Operator
    value: list[int]


@dataclass(frozen=True, slots=True)
class CountTest:
    """How many related objects pass ``where``."""

    path: str
    relation: Relation
    target: Subject
    quantifier: Quantifier
    count: int
    where: Checked


@dataclass(frozen=True, slots=True)
class FigureTest:
    """A figure over the related objects that pass ``where``; ``result`` is the field that it is compared as."""

    path: str
    relation: Relation
    target: Subject
    measure: Measure
    field: FilterField | None
    where: Checked
    result: FilterField
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class PickTest:
    """What is true of the first or last by date of the related objects that pass ``where``."""

    path: str
    relation: Relation
    target: Subject
    pick: Pick
    by: FilterField
    where: Checked
    wanted: Checked


Leaf: TypeAlias = FieldTest | MemberTest | CountTest | FigureTest | PickTest
Checked: TypeAlias = AllOf | OneOf | Inverse | Leaf

EVERYTHING = AllOf(())


def leaves(node: Checked) -> Iterator[Leaf]:
    """The conditions about the subject itself, in the order they were written."""
    match node:
        case AllOf(parts) | OneOf(parts):
            for part in parts:
                yield from leaves(part)
        case Inverse(part):
            yield from leaves(part)
        case _:
            yield node


def references(node: Checked) -> set[str]:
    """The definitions that the filter follows from, such as ``aggregator:7`` or ``segment:3``, however deep."""
    found: set[str] = set()
    for leaf in every_leaf(node):
        match leaf:
            case FieldTest(field=field):
                found |= {field.refers_to}
            case MemberTest(membership=membership, value=ids) if membership.kind:
                found |= {f"{membership.kind}:{member}" for member in ids}
            case FigureTest(field=measured) if measured:
                found |= {measured.refers_to}
            case PickTest(by=by):
                found |= {by.refers_to}
            case _:
                pass
    return found - {""}


def facets_of(node: Checked) -> int:
    """The bits of all that the filter reads, however deep; not of what is read by the definitions it refers to."""
    found = 0
    for leaf in every_leaf(node):
        match leaf:
            case FieldTest(field=field):
                found |= field.facets
            case MemberTest(membership=membership):
                found |= membership.facets
            case CountTest(relation=relation):
                found |= relation.facets
            case FigureTest(relation=relation, field=measured):
                found |= relation.facets | (measured.facets if measured else 0)
            case PickTest(relation=relation, by=by):
                found |= relation.facets | by.facets
    return found


def every_leaf(node: Checked) -> Iterator[Leaf]:
    """The conditions about the subject and about whatever it is related to, however deep."""
    for leaf in leaves(node):
        yield leaf
        match leaf:
            case CountTest(where=where) | FigureTest(where=where):
                yield from every_leaf(where)
            case PickTest(where=where, wanted=wanted):
                yield from every_leaf(where)
                yield from every_leaf(wanted)
            case _:
                pass
