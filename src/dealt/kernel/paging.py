"""Lists in pages: by number or by cursor, with a count that is exact up to a limit."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from dealt.kernel.cursors import decode_cursor, encode_cursor, not_a_cursor
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.limits import looking
from dealt.kernel.sql import Sql, all_of, sql

LARGEST_PAGE = 100
DEEPEST_OFFSET = 100_000
EXACT_COUNT = 10_000
LONGEST_SEARCH_MS = 5_000
"""How long a list may look for what no index finds."""
FEW = 20_000
"""So few rows are found first and then put in order: going along an order, one may have to pass by all others."""
_PLANNED_ANEW = "SET LOCAL plan_cache_mode = 'force_custom_plan'"
_LEAST_MS = 200


@dataclass(frozen=True, slots=True)
class Order:
    """A list's order: a column that is never null, and the id as tie-breaker, in its direction unless told otherwise.

    Both are SQL of ours, such as ``d.ordered_at``; what follows the last dot is the column's name in the rows.
    """

    column: str
    descending: bool = False
    id_column: str = "id"
    id_descending: bool | None = None
    value: Sql | None = None
    nulls_first: bool = False

    @classmethod
    def by_value(cls, value: Sql, descending: bool, id_column: str, id_descending: bool) -> Order:
        """The order by an expression, which the rows have as ``sort_value``: what has none comes last, either way."""
        return cls("sort_value", descending, id_column, id_descending, value)

    @property
    def turned(self) -> Order:
        """The order from the other end."""
        return replace(
            self, descending=not self.descending, id_descending=not self._id_descends,
            nulls_first=self.value is not None and not self.nulls_first,
        )  # fmt: skip

    @property
    def key(self) -> str:
        """What tells this order from others, whenever it is asked for."""
        if self.value is None:
            return self.clause
        values = [one for one in self.value.values if not isinstance(one, datetime)]
        return f"{self.clause} {self.nulls_first} {self.value.text} {values}"

    @property
    def selected(self) -> Sql:
        """The value as one more column of a SELECT."""
        return Sql("") if self.value is None else Sql(", ") + self.value + Sql(f" AS {self.column}")

    @property
    def sorted_by(self) -> Sql:
        """What follows ORDER BY in one statement over all rows."""
        if self.value is None:
            return Sql(self.clause)
        return self.value + Sql(f" IS NULL {_way(self.nulls_first)}, {self.clause}")

    @property
    def clause(self) -> str:
        """What follows ORDER BY where all rows have a value, or none has."""
        id_part = f"{self.id_column} {_way(self._id_descends)}"
        return id_part if self.column == self.id_column else f"{self.column} {_way(self.descending)}, {id_part}"

    @property
    def sorting(self) -> str:
        """The clause in words that no index is in the order of."""
        if self.value is not None:
            return self.clause
        id_part = f"coalesce({self.id_column}, {self.id_column}) {_way(self._id_descends)}"
        if self.column == self.id_column:
            return id_part
        return f"coalesce({self.column}, {self.column}) {_way(self.descending)}, {id_part}"

    @property
    def _id_descends(self) -> bool:
        return self.descending if self.id_descending is None else self.id_descending

    @property
    def columns(self) -> tuple[str, str]:
        """The names of column and id in the rows."""
        return self.column.rpartition(".")[2], self.id_column.rpartition(".")[2]

    def after(self, cursor: tuple[Any, int]) -> Sql:
        """The condition that holds behind the row at ``cursor``."""
        sign, id_sign = _behind(self.descending), _behind(self._id_descends)
        if self.column == self.id_column or cursor[0] is None:
            return sql(f"{self.id_column} {id_sign} {{}}", cursor[1])
        column = self.value or Sql(self.column)
        if sign == id_sign:
            return Sql("(") + column + sql(f", {self.id_column}) {sign} ({{}}, {{}})", *cursor)
        behind = sql(f" {sign} {{}} OR {self.id_column} {id_sign} {{}})", *cursor)
        return column + sql(f" {sign}= {{}} AND (", cursor[0]) + column + behind


def _way(descending: bool) -> str:
    return "DESC" if descending else "ASC"


def _behind(descending: bool) -> str:
    return "<" if descending else ">"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What arguments ask of a list beside the page: conditions on its source, and an order if one is asked for.

    ``unserved`` names the arguments that no index serves: looking for them is ended after a while, and ``served`` what
    may be asked for besides, as one exists for it; ``longest_ms`` is that while, of the page and its count together.
    ``searched`` says that words are looked for, of which the planner knows how rare they are.
    """

    conditions: tuple[Sql, ...] = ()
    order: Order | None = None
    unserved: tuple[str, ...] = ()
    served: tuple[str, ...] = ()
    searched: bool = False
    longest_ms: int = LONGEST_SEARCH_MS


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page: ``number`` counts from 1; a ``cursor``, as ``next_cursor`` gave it, wins over it."""

    size: int = LARGEST_PAGE
    number: int = 1
    cursor: str | None = None
    narrowed: Narrowed = field(default_factory=Narrowed)

    @classmethod
    def parse(cls, args: Mapping[str, str], narrowed: Narrowed | None = None) -> PageRequest:
        """From query arguments ``page``, ``page_size`` (or ``limit``) and ``cursor``. Raises InvalidInput, NotFound."""
        size = _number(args, "page_size" if "page_size" in args else "limit", LARGEST_PAGE)
        number = _number(args, "page", 1)
        if (number - 1) * size > DEEPEST_OFFSET:
            raise NotFound("Pages end here; follow the cursor (version=2) or narrow the list by a date.")
        return cls(min(size, LARGEST_PAGE), number, args.get("cursor") or None, narrowed or Narrowed())


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows. ``count_is_exact`` is False where there are more than 10,000 and the count is an estimate."""

    rows: list[Record]
    count: int
    count_is_exact: bool
    has_next: bool
    request: PageRequest
    order: Order

    def next_cursor(self) -> str | None:
        """The cursor of the next page, or None at the end."""
        if not self.has_next:
            return None
        column, row_id = self.order.columns
        return encode_cursor(self.rows[-1][column], self.rows[-1][row_id], self.order.key)


async def fetch_page(
    connection: Connection,
    select: str,
    source: str,
    conditions: Sequence[Sql],
    order: Order,
    request: PageRequest,
    *,
    counted: str | None = None,
    known: int | None = None,
) -> Page:
    """One page of ``SELECT {select} FROM {source} WHERE conditions``, and how many rows there are.

    What the request narrows the list by holds, too, and its order goes before ``order``; ``select`` has the columns
    of both. ``counted`` is the part of the source that decides how many, where joins only add columns; ``known`` is how
    many they are, where that stands somewhere.
    Raises InvalidInput where looking for what no index serves takes too long.
    """
    narrowed = request.narrowed
    order, wanted = narrowed.order or order, [*conditions, *narrowed.conditions]
    offset = 0 if request.cursor is not None else (request.number - 1) * request.size
    body = Sql(f"SELECT 1 FROM {counted if counted and not narrowed.conditions else source} WHERE ") + all_of(wanted)
    chosen = Sql(f"SELECT {select}") + (narrowed.order.selected if narrowed.order else Sql("")) + Sql(f" FROM {source}")
    began = time.monotonic()
    try:
        async with bounded(connection, narrowed):
            few = narrowed.searched and await _estimate(connection, body) <= FEW
            rows = await _rows(connection, chosen, wanted, order, request, offset, few=few)
    except asyncpg.DataError:
        # A cursor that was made up.
        if request.cursor is None:
            raise
        raise not_a_cursor() from None
    has_next, rows = len(rows) > request.size, rows[: request.size]
    if not rows and request.number > 1:
        raise NotFound("Invalid page.")
    if request.cursor is None and not has_next:
        return Page(rows, offset + len(rows), True, has_next, request, order)
    if known is not None:
        return Page(rows, max(known, offset + len(rows) + has_next), True, has_next, request, order)
    try:
        async with bounded(connection, narrowed, time.monotonic() - began):
            count, exact = await count_rows(connection, body)
    except InvalidInput:
        count, exact = await _estimate(connection, body), False
    return Page(rows, max(count, offset + len(rows) + has_next), exact, has_next, request, order)


async def _rows(
    connection: Connection, chosen: Sql, wanted: Sequence[Sql], order: Order, request: PageRequest, offset: int, *,
    few: bool,
) -> list[Record]:  # fmt: skip
    """The rows of a page and one more. Those with a value and those without are asked for apart, each by its index."""
    cursor = decode_cursor(request.cursor, order.key) if request.cursor is not None else None
    behind = [] if cursor is None else [order.after(cursor)]

    async def ask(conditions: Sequence[Sql], ordered: Sql, limit: int) -> list[Record]:
        tail = Sql(" ORDER BY ") + ordered + sql(" LIMIT {} OFFSET {}", limit, offset)
        text, values = (chosen + Sql(" WHERE ") + all_of([*wanted, *conditions]) + tail).render()
        return list(await connection.fetch(text, *values))

    most = request.size + 1
    if order.value is None or offset:
        return await ask(behind, Sql(order.sorting) if few and order.value is None else order.sorted_by, most)
    parts = [order.value + Sql(" IS NOT NULL"), order.value + Sql(" IS NULL")]
    first, last = parts[::-1] if order.nulls_first else parts
    if cursor is not None and (cursor[0] is None) is not order.nulls_first:
        # What comes first has been seen.
        return await ask([last, *behind], Sql(order.clause), most)
    rows = await ask([first, *behind], Sql(order.clause), most)
    return rows + await ask([last], Sql(order.clause), most - len(rows)) if len(rows) < most else rows


@asynccontextmanager
async def bounded(connection: Connection, narrowed: Narrowed, spent_s: float = 0.0) -> AsyncIterator[None]:
    """Statements within are ended after a while, if there is something that no index serves. Raises TooSlow.

    What is narrowed is planned anew each time: a plan that is kept does not know which values are rare. ``spent_s`` of
    that while is gone already.
    """
    if not narrowed.unserved and not narrowed.conditions:
        yield
        return
    if not narrowed.unserved:
        async with connection.transaction():
            await connection.execute(_PLANNED_ANEW)
            yield
        return
    more = f"by {', '.join(narrowed.served)} or" if narrowed.served else "by"
    found = f"no index finds this, so narrow the list {more} more, too"
    left_ms = max(narrowed.longest_ms - int(1000 * spent_s), _LEAST_MS) if spent_s else narrowed.longest_ms
    async with looking(connection, left_ms, *narrowed.unserved, more=found):
        await connection.execute(_PLANNED_ANEW)
        yield


async def count_rows(connection: Connection, body: Sql) -> tuple[int, bool]:
    """How many rows a SELECT finds, and whether that is exact: up to 10,000 it is, from there on an estimate."""
    text, values = (Sql("SELECT count(*) FROM (") + body + sql(" LIMIT {}) AS counted", EXACT_COUNT + 1)).render()
    count = int(await connection.fetchval(text, *values))
    if count <= EXACT_COUNT:
        return count, True
    return max(count, await _estimate(connection, body)), False


async def _estimate(connection: Connection, body: Sql) -> int:
    text, values = body.render()
    plan = msgspec.json.decode(await connection.fetchval(f"EXPLAIN (FORMAT JSON) {text}", *values))
    return int(plan[0]["Plan"]["Plan Rows"])


def _number(args: Mapping[str, str], name: str, default: int) -> int:
    text = args.get(name)
    if text is None or text == "":
        return default
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:12]) < 10**9:
        raise (
            NotFound("Invalid page.") if name == "page" else InvalidInput.of(name, "A whole number above 0 is needed.")
        )
    return int(text[:12])
