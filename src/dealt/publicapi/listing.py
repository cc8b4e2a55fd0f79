"""What a list can be narrowed and ordered by: told once for each list, in the route table, and done for all alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from dealt.accounts import Snapshot
from dealt.attributes import ATTRIBUTES
from dealt.kernel.errors import InvalidInput
from dealt.kernel.fields import Field
from dealt.kernel.lookups import LOOKUPS, Column, attribute_column, condition
from dealt.kernel.paging import Narrowed, Order
from dealt.kernel.shown import shown
from dealt.kernel.sql import Sql

PAGING = frozenset({"page", "page_size", "limit", "cursor", "fields"})
Special: TypeAlias = Callable[[str, Snapshot], Sql]
"""From an argument's text to its condition. Raises ValueError."""


@dataclass(frozen=True)
class Listing:
    """``columns`` by the names that arguments have; those of a ``domain``'s custom attributes come to them.

    ``sorts`` are the columns that ``ordering`` takes, none of them ever null; ``own`` the arguments that the handler
    reads itself, and with ``reads_rest`` it reads all but the order; ``specials`` are those with a meaning of their
    own. ``small`` says that the list is short whatever it is narrowed by, so that it needs no index.
    """

    columns: Mapping[str, Column]
    sorts: Sequence[str] = ("id",)
    domain: str | None = None
    source: str = "attributes"
    own: Collection[str] = ()
    specials: Mapping[str, Special] = field(default_factory=dict)
    small: bool = False
    reads_rest: bool = False
    id_column: str = "id"

    def narrow(self, args: Mapping[str, str], snapshot: Snapshot) -> Narrowed:
        """What the arguments ask for. Raises InvalidInput naming each that is not understood."""
        conditions, unserved = [], []
        errors: dict[str, list[str]] = {}
        for name, text in args.items():
            if name in PAGING or name in self.own or name == "ordering" or self.reads_rest:
                continue
            try:
                found, served = self._condition(name, text, snapshot)
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
        wanted = args.get("ordering", "")
        return Narrowed(tuple(conditions), self.order(wanted) if wanted else None, tuple(unserved))

    def asks(self, args: Iterable[str]) -> bool:
        """Whether there is any argument that is not about the page alone and is not read by the handler."""
        return any(name == "ordering" or not (self.reads_rest or name in PAGING or name in self.own) for name in args)

    def order(self, text: str) -> Order:
        """The order that ``-updated_at,id`` asks for: one column, and the id behind it. Raises InvalidInput."""
        first, *rest = [part.strip() for part in text.split(",")]
        name, behind = first.removeprefix("-"), rest[0] if rest else first
        if name not in self.sorts or len(rest) > 1 or (rest and behind.removeprefix("-") != "id"):
            told = f"Use one of {', '.join(self.sorts)}, with - in front for the reverse, and id or -id behind it."
            raise InvalidInput.of("ordering", told)
        descending = first.startswith("-")
        return Order(self.columns[name].sql, descending, self.id_column, behind.startswith("-"))

    def _condition(self, name: str, text: str, snapshot: Snapshot) -> tuple[Sql, bool]:
        """The condition of one argument, and whether an index serves it. Raises ValueError."""
        if name in self.specials:
            return (self.specials[name](text, snapshot) if text else Sql("true")), True
        column = self._column(name, snapshot)
        field, lookup = name, "exact"
        if column is None:
            field, _, lookup = name.rpartition("__")
            column = self._column(field, snapshot)
        if column is None:
            raise ValueError(self._unknown(name.partition("__")[0]))
        if lookup not in LOOKUPS[column.kind]:
            raise ValueError(f"There is no look-up {shown(lookup)} here; there are {', '.join(LOOKUPS[column.kind])}.")
        found = condition(column, lookup, text, snapshot.time_zone, snapshot.workspace_id) if text else Sql("true")
        return found, self.small or lookup in column.served

    def _column(self, name: str, snapshot: Snapshot) -> Column | None:
        column = self.columns.get(name)
        if column is None and self.domain is not None:
            attribute = snapshot.part(ATTRIBUTES).of(self.domain).get(name)
            if attribute is not None:
                return attribute_column(name, attribute.value_type, self.source)
        return column

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
