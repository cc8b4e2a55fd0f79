"""How a list is narrowed and ordered by query arguments: each resource says which there are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

from dealt.accounts import Snapshot
from dealt.kernel.clock import parse_datetime
from dealt.kernel.errors import InvalidInput
from dealt.kernel.money import parse_amount
from dealt.kernel.paging import Order
from dealt.kernel.schema import Reader, flag, whole_number
from dealt.kernel.sql import Sql, sql

PAGING = frozenset({"page", "page_size", "limit", "cursor", "fields"})
_SIGNS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}


Filter: TypeAlias = Callable[[str, Snapshot], Sql]
"""From an argument's text to its condition. Raises ValueError."""
Read: TypeAlias = Callable[[str, Snapshot], Any]


def where(condition: str, read: Read = lambda text, _: text) -> Filter:
    """The filter of a condition with one place, for the value that ``read`` makes of the text."""
    return lambda text, snapshot: sql(condition, read(text, snapshot))


def moment(text: str, snapshot: Snapshot) -> Any:
    """UNIX seconds or ISO 8601, without an offset in the workspace's zone."""
    seconds = text.isascii() and text.isdigit() and len(text) < 20
    return parse_datetime(int(text) if seconds else text, snapshot.time_zone)


def amount(text: str, _snapshot: Snapshot) -> Any:
    """An amount of money."""
    return parse_amount(text)


def by(reader: Reader) -> Read:
    """Reads as a body's field is read."""
    return lambda text, _: reader(text)


an_id = by(whole_number(1, 2**63 - 1))
yes_or_no = by(flag)


def comparisons(name: str, read: Read, column: str = "") -> dict[str, Filter]:
    """The filters ``name__gte``, ``name__gt``, ``name__lte`` and ``name__lt``."""
    return {f"{name}__{word}": where(f"{column or name} {sign} {{}}", read) for word, sign in _SIGNS.items()}


def parse_conditions(
    args: Mapping[str, str], filters: Mapping[str, Filter], snapshot: Snapshot, others: Collection[str] = ("ordering",)
) -> list[Sql]:
    """What the arguments narrow a list to; an empty one narrows nothing, ``others`` are read elsewhere.

    Raises InvalidInput for an unknown argument or a value that cannot be read.
    """
    conditions = []
    for name, text in args.items():
        if name in filters and text:
            try:
                conditions.append(filters[name](text, snapshot))
            except ValueError as error:
                raise InvalidInput.of(name, str(error)) from None
        elif name not in filters and name not in PAGING and name not in others:
            raise InvalidInput.of(name, "This list cannot be narrowed by this argument.")
    return conditions


def parse_order(args: Mapping[str, str], columns: Collection[str]) -> Order:
    """The order that ``ordering`` asks for, one of ``columns`` or with - the reverse, else by id.

    Raises InvalidInput.
    """
    wanted = args.get("ordering") or "id"
    column = wanted.removeprefix("-")
    if column not in columns:
        raise InvalidInput.of("ordering", f"Use one of {', '.join(columns)}, with - in front for the reverse.")
    return Order(column, descending=wanted.startswith("-"))
