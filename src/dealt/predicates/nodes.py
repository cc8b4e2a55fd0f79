"""The tree of a filter as it was written: every kind of node, its values still untyped."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

Quantifier: TypeAlias = Literal["any", "none", "at_least", "at_most"]
Measure: TypeAlias = Literal["count", "count_distinct", "sum", "average", "min", "max"]
Pick: TypeAlias = Literal["first", "last"]

QUANTIFIERS: tuple[Quantifier, ...] = ("any", "none", "at_least", "at_most")
MEASURES: tuple[Measure, ...] = ("count", "count_distinct", "sum", "average", "min", "max")
PICKS: tuple[Pick, ...] = ("first", "last")


class All(msgspec.Struct, frozen=True):
    """Every part holds; of no parts that is true."""

    path: str
    parts: tuple[Node, ...]


class Some(msgspec.Struct, frozen=True):
    """At least one part holds; of no parts that is false."""

    path: str
    parts: tuple[Node, ...]


class Not(msgspec.Struct, frozen=True):
    """The part does not hold."""

    path: str
    part: Node


class Compare(msgspec.Struct, frozen=True):
    """A field of the subject, compared: ``{"field": "country", "op": "equals", "value": "PL"}``."""

    path: str
    field: str
    op: str
    value: Any = None


class Related(msgspec.Struct, frozen=True):
    """How many related objects there are.

    ``{"relation": "deals", "quantifier": "at_least", "count": 2, "where": ...}``
    """

    path: str
    relation: str
    quantifier: Quantifier
    count: int
    where: Node


class Measured(msgspec.Struct, frozen=True):
    """A figure over related objects, compared.

    ``{"relation": "deals", "measure": "sum", "field": "value", "op": "greater", "value": 100}``
    """

    path: str
    relation: str
    measure: Measure
    field: str | None
    where: Node
    op: str
    value: Any = None


class Picked(msgspec.Struct, frozen=True):
    """The first or last related object by a date, and what is to be true of it.

    ``{"relation": "deals", "pick": "last", "by": "ordered_at", "is": ...}``
    """

    path: str
    relation: str
    pick: Pick
    by: str | None
    where: Node
    wanted: Node


Node: TypeAlias = All | Some | Not | Compare | Related | Measured | Picked

EVERYTHING = All("", ())
"""The filter that every subject passes."""
