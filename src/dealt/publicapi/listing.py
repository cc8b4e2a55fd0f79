"""What a list can be narrowed and ordered by: told once for each list, in the route table, and done for all alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from dealt.accounts import Snapshot
from dealt.attributes import ATTRIBUTES, INDEXES, Attribute, name_std
from dealt.kernel.errors import InvalidInput
from dealt.kernel.fields import Field
from dealt.kernel.lookups import BOUNDS, COMPARISONS, LOOKUPS, Column, attribute_column, condition, in_order
from dealt.kernel.paging import Narrowed, Order
from dealt.kernel.shown import shown
from dealt.kernel.sql import Sql

PAGING = frozenset({"page", "page_size", "limit", "cursor", "fields"})
# The second is what one client sends for "greater or equal".
_BETWEEN = ("__", "_")
Special: TypeAlias = Callable[[str, Snapshot], Sql]
"""From an argument's text to its condition. Raises ValueError."""


@dataclass(frozen=True)
class Listing:
    """``columns`` by the names that arguments have; those of a ``domain``'s custom attributes come to them.

    ``sorts`` are the columns that ``ordering`` takes, none of them ever null; ``slow_sorts`` those that no index has in
    order, so that putting them in order is ended after a while. ``own`` are the arguments that the handler reads
    itself; ``specials`` those with a meaning of their own. ``small`` says that the list is short whatever it is
    narrowed by, so that it needs no index; ``empty_is_nothing`` that an argument without a value narrows nothing,
    where it is not refused; ``sorts_attributes`` that it can be put in the order of an attribute's values, too, and of
    those of the columns ``valued``, which not every row has.
    """

    columns: Mapping[str, Column]
    sorts: Sequence[str] = ("id",)
    slow_sorts: Sequence[str] = ()
    domain: str | None = None
    source: str = "attributes"
    own: Collection[str] = ()
    specials: Mapping[str, Special] = field(default_factory=dict)
    small: bool = False
    id_column: str = "id"
    empty_is_nothing: bool = True
    sorts_attributes: bool = False
    valued: Collection[str] = ()

    def narrow(self, args: Mapping[str, str], snapshot: Snapshot, now: datetime) -> Narrowed:
        """What the arguments ask for. Raises InvalidInput naming each that is not understood."""
        conditions, unserved = [], []
        errors: dict[str, list[str]] = {}
        for name, text in args.items():
            if name in PAGING or name in self.own or name == "ordering":
                continue
            try:
                found, served = self.condition(name, text, snapshot, now)
            except ValueError as error:
                errors[name] = [str(error)]
                continue
            if text == "":
                continue
            conditions.append(found)
            if not served:
                unserved.append(name)
        if errors:
            raise InvalidInput(errors)
        helpful = tuple(name for name, column in self.columns.items() if column.served)
        wanted = args.get("ordering", "")
        order = self.order(wanted, snapshot, now) if wanted else None
        name = wanted.removeprefix("-").partition(",")[0]
        if order is not None and (order.value or name in self.slow_sorts) and not self.is_indexed(name, snapshot):
            unserved.append("ordering")
        known = helpful if unserved else ()
        limit = snapshot.longest_filter_ms
        return Narrowed(tuple(conditions), order, tuple(unserved), known, longest_ms=limit)

    def asks(self, args: Iterable[str]) -> bool:
        """Whether there is any argument that is not about the page alone and is not read by the handler."""
        return any(name == "ordering" or (name not in PAGING and name not in self.own) for name in args)

    def order(self, text: str, snapshot: Snapshot, now: datetime) -> Order:
        """The order that ``-updated_at,id`` asks for: one column, and the id behind it. Raises InvalidInput."""
        first, *rest = [part.strip() for part in text.split(",")]
        name, behind = first.removeprefix("-"), rest[0] if rest else first
        descending, id_descending = first.startswith("-"), behind.startswith("-")
        has_values = name in self.valued or name not in self.columns
        if self.sorts_attributes and has_values and len(rest) <= 1 and behind in (first, "id", "-id"):
            found = self.column(name, snapshot, now)
            if found is not None:
                return Order.by_value(in_order(found), descending, self.id_column, id_descending)
        if name not in (*self.sorts, *self.slow_sorts) or len(rest) > 1 or (rest and behind.removeprefix("-") != "id"):
            names = ", ".join((*self.sorts, *self.slow_sorts))
            told = f"Use one of {names}, with - in front for the reverse, and id or -id behind it."
            raise InvalidInput.of("ordering", told)
        column = self.columns[name].sql if name in self.columns else name
        return Order(column, descending, self.id_column, id_descending)

    def condition(self, name: str, text: str, snapshot: Snapshot, now: datetime) -> tuple[Sql, bool]:
        """The condition of one argument, and whether an index serves it. Raises ValueError."""
        if text == "" and not self.empty_is_nothing:
            raise ValueError("Say what to look for.")
        if name in self.specials:
            return (self.specials[name](text, snapshot) if text else Sql("true")), True
        column, lookup, field = self.column(name, snapshot, now), "exact", name
        for between in _BETWEEN:
            if column is None:
                field, _, lookup = name.rpartition(between)
                column = self.column(field, snapshot, now) if between == "__" or lookup in COMPARISONS else None
        if column is None:
            raise ValueError(self._unknown(name.partition("__")[0]))
        if lookup not in LOOKUPS[column.kind]:
            raise ValueError(f"There is no look-up {shown(lookup)} here; there are {', '.join(LOOKUPS[column.kind])}.")
        found = condition(column, lookup, text, snapshot.time_zone, snapshot.workspace_id) if text else Sql("true")
        served = lookup in column.served or (lookup in BOUNDS and self.is_indexed(field, snapshot))
        return found, self.small or served

    def column(self, name: str, snapshot: Snapshot, now: datetime) -> Column | None:
        """The column of a field, or else of a custom attribute, that is called so; None where there is none."""
        column = self.columns.get(name)
        if column is None and self.domain is not None:
            known = snapshot.part(ATTRIBUTES).of(self.domain)
            attribute = known.get(name) or known.get(name_std(name))
            if attribute is not None and attribute.name_std not in self.columns:
                return self.attribute(attribute, snapshot, now)
        return column

    def is_indexed(self, name: str, snapshot: Snapshot) -> bool:
        """Whether the workspace has asked for an index of a field, and has it, for the type that it has now."""
        if self.domain is None:
            return False
        attribute = snapshot.part(ATTRIBUTES).of(self.domain).get(name)
        column = self.columns.get(name)
        now = column.kind if column else attribute.value_type if attribute else None
        return now is not None and snapshot.part(INDEXES).get((self.domain, name)) == now

    def attribute(self, attribute: Attribute, snapshot: Snapshot, now: datetime) -> Column:
        """The column of a custom attribute; a list whose objects have computed ones knows where they stand."""
        return attribute_column(attribute.name_std, attribute.value_type, self.source)

    def _unknown(self, name: str) -> str:
        there_are = ", ".join(sorted(one for one in {*self.columns, *self.specials, *self.own} if "__" not in one))
        more = " and custom attributes" if self.domain else ""
        return f"This list cannot be narrowed by {shown(name)}; there are {there_are}{more}."


def columns_of(
    fields: Iterable[Field], served: Mapping[str, Collection[str]], *, prefix: str = "", **more: Column
) -> dict[str, Column]:
    """The columns of a domain's catalogue; ``prefix`` is put before each, with its dot. ``more`` come last and win."""
    known = {
        field.name: Column(f"{prefix}{field.column}", field.value_type, served=served.get(field.name, ()))
        for field in fields
    }
    return known | more


def plain(**kinds: str) -> dict[str, Column]:
    """The columns of a small table: name and kind."""
    return {name: Column(name, kind) for name, kind in kinds.items()}


CHANGES = Listing(plain(id="integer", at="datetime", kind="string", actor="string"), small=True)
"""The history of one object."""
