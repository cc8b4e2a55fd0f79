"""Lists in the order of any of their columns, and what is offered where that takes too long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from dealt.accounts import Snapshot
from dealt.attributes import ATTRIBUTES
from dealt.browsing.asking import Asked
from dealt.browsing.model import Kind
from dealt.builders import Filtered
from dealt.kernel.lookups import BOUNDS, Column
from dealt.predicates import AllOf, Checked, FieldTest
from dealt.publicapi import Listing, Special

_SERVED_OPERATORS = frozenset(
    {"equals", "in", "greater", "greater_or_equal", "less", "less_or_equal", "between", "before", "after", "on"}
)


def sorted_by_all(listing: Listing, more: Mapping[str, Column] | None = None, **specials: Special) -> Listing:
    """The listing that also goes by the values of every column, of ``more`` ones and of every attribute."""
    columns = {**listing.columns, **(more or {})}
    return replace(
        listing, columns=columns, specials={**listing.specials, **specials}, sorts_attributes=True,
        valued=columns.keys() - set(listing.sorts),
    )  # fmt: skip


def index_of(kind: Kind, snapshot: Snapshot, now: datetime, name: str) -> tuple[str, str] | None:
    """The type and the column (empty for an attribute) that an index of a field would be of; None where there can be
    none, or is one.
    """
    listing = kind.listing
    attribute = snapshot.part(ATTRIBUTES).of(kind.domain).get(name)
    column = listing.columns.get(name)
    if listing.is_indexed(name, snapshot):
        return None
    if column is not None:
        bare = column.sql.removeprefix(f"{kind.alias}.")
        return (column.kind, bare) if bare.isidentifier() and name not in listing.sorts else None
    is_stored = attribute is not None and listing.column(name, snapshot, now) is not None
    if attribute is None or not is_stored or attribute.aggregator_id is not None or attribute.value_type == "json":
        return None
    return attribute.value_type, ""


def offered(
    kind: Kind, snapshot: Snapshot, asked: Asked, told: Filtered | None, now: datetime
) -> list[str]:  # fmt: skip
    """The fields whose index would help with what took too long."""
    names = [asked.ordering.removeprefix("-").partition(",")[0]]
    for lookup in asked.lookups:
        name, _, how = lookup.partition("__")
        names += [name] if (how or "exact") in BOUNDS else []
    if told is not None:
        names += [test.field.name for test in _always(told.node) if test.operator.name in _SERVED_OPERATORS]
    found = dict.fromkeys(names)
    return [name for name in found if index_of(kind, snapshot, now, name) is not None]


def _always(node: Checked) -> list[FieldTest]:
    """Conditions that hold of everything that passes: an index of one of them leaves fewer to look at."""
    if isinstance(node, FieldTest):
        # The filter language reads attributes that are dates in a way that no index has.
        return [] if str(node.field.kind) in ("date", "moment") and "->>" in node.field.read("s").text else [node]
    return [test for part in node.parts for test in _always(part)] if isinstance(node, AllOf) else []
