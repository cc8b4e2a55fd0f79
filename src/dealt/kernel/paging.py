"""Lists in pages: by number or by cursor, with a count that is exact up to a limit."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.sql import Sql, all_of, sql

LARGEST_PAGE = 100
DEEPEST_OFFSET = 100_000
EXACT_COUNT = 10_000
NOT_A_CURSOR = "This is not a cursor of this list; start again without one."


@dataclass(frozen=True, slots=True)
class Order:
    """A list's order: a column and the id as tie-breaker, both in one direction.

    Both are SQL of ours, such as ``d.ordered_at``; what follows the last dot is the column's name in the rows.
    """

    column: str
    descending: bool = False
    id_column: str = "id"

    @property
    def clause(self) -> str:
        way = "DESC" if self.descending else "ASC"
        return (
            f"{self.id_column} {way}"
            if self.column == self.id_column
            else f"{self.column} {way}, {self.id_column} {way}"
        )

    def after(self, cursor: Sequence[Any]) -> Sql:
        """The condition that holds behind the row at ``cursor``."""
        sign = "<" if self.descending else ">"
        if self.column == self.id_column:
            return sql(f"{self.id_column} {sign} {{}}", cursor[-1])
        return sql(f"({self.column}, {self.id_column}) {sign} ({{}}, {{}})", *cursor)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page: ``number`` counts from 1; a ``cursor`` ([value, id] of the last row seen) wins over it."""

    size: int = LARGEST_PAGE
    number: int = 1
    cursor: list[Any] | None = None

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> PageRequest:
        """From query arguments ``page``, ``page_size`` (or ``limit``) and ``cursor``. Raises InvalidInput, NotFound."""
        size = _number(args, "page_size" if "page_size" in args else "limit", LARGEST_PAGE)
        number = _number(args, "page", 1)
        if (number - 1) * size > DEEPEST_OFFSET:
            raise NotFound("Pages end here; follow the cursor (version=2) or narrow the list by a date.")
        return cls(min(size, LARGEST_PAGE), number, _cursor(args.get("cursor")))


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
        last = self.rows[-1]
        return _encode([last[name.rpartition(".")[2]] for name in (self.order.column, self.order.id_column)])


async def fetch_page(
    connection: Connection,
    select: str,
    source: str,
    conditions: Sequence[Sql],
    order: Order,
    request: PageRequest,
    *,
    counted: str | None = None,
) -> Page:
    """One page of ``SELECT {select} FROM {source} WHERE conditions`` in ``order``, and how many rows there are.

    ``counted`` is the part of the source that decides how many, where joins only add columns.
    """
    where = list(conditions)
    if request.cursor is not None:
        where.append(order.after(request.cursor))
    offset = 0 if request.cursor is not None else (request.number - 1) * request.size
    tail = sql(f" ORDER BY {order.clause} LIMIT {{}} OFFSET {{}}", request.size + 1, offset)
    text, values = (Sql(f"SELECT {select} FROM {source} WHERE ") + all_of(where) + tail).render()
    try:
        rows = list(await connection.fetch(text, *values))
    except asyncpg.DataError:
        # The cursor of another order of this list: a moment where a number is compared, or the reverse.
        if request.cursor is None:
            raise
        raise InvalidInput.of("cursor", NOT_A_CURSOR) from None
    has_next, rows = len(rows) > request.size, rows[: request.size]
    if not rows and request.number > 1:
        raise NotFound("Invalid page.")
    if request.cursor is None and not has_next:
        return Page(rows, offset + len(rows), True, has_next, request, order)
    count, exact = await _count(connection, counted or source, conditions)
    return Page(rows, count, exact, has_next, request, order)


async def _count(connection: Connection, source: str, conditions: Sequence[Sql]) -> tuple[int, bool]:
    body = Sql(f"SELECT 1 FROM {source} WHERE ") + all_of(conditions)
    text, values = (Sql("SELECT count(*) FROM (") + body + sql(" LIMIT {}) AS counted", EXACT_COUNT + 1)).render()
    count = int(await connection.fetchval(text, *values))
    if count <= EXACT_COUNT:
        return count, True
    text, values = body.render()
    plan = msgspec.json.decode(await connection.fetchval(f"EXPLAIN (FORMAT JSON) {text}", *values))
    return max(count, int(plan[0]["Plan"]["Plan Rows"])), False


def _number(args: Mapping[str, str], name: str, default: int) -> int:
    text = args.get(name)
    if text is None or text == "":
        return default
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:12]) < 10**9:
        raise (
            NotFound("Invalid page.") if name == "page" else InvalidInput.of(name, "A whole number above 0 is needed.")
        )
    return int(text[:12])


def _encode(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def _cursor(text: str | None) -> list[Any] | None:
    if not text:
        return None
    try:
        value, row_id = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
    except (ValueError, TypeError, RecursionError, binascii.Error, msgspec.DecodeError):
        raise InvalidInput.of("cursor", NOT_A_CURSOR) from None
    if not isinstance(row_id, int) or not isinstance(value, int | datetime) or abs(row_id) >= 2**63:
        raise InvalidInput.of("cursor", NOT_A_CURSOR)
    return [value, row_id]
