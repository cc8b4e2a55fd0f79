"""The one table of functions: of what kinds of fields, giving what type, as which aggregate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from dealt.kernel.sql import Sql, sql
from dealt.predicates import Kind

NUMBERS = frozenset({Kind.NUMBER})
TIMES = frozenset({Kind.DATE, Kind.MOMENT})
SINGLE = NUMBERS | TIMES | {Kind.TEXT, Kind.CHOICE, Kind.TRUTH}
_TYPES = {
    Kind.NUMBER: "float",
    Kind.DATE: "date",
    Kind.MOMENT: "datetime",
    Kind.TEXT: "string",
    Kind.CHOICE: "string",
    Kind.TRUTH: "boolean",
}


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that an aggregate reads.

    ``read`` is the field, ``by`` the date and ``keys`` what tells rows apart. ``passing`` is the condition, or None
    where all rows pass; ``n`` is how many values are wanted.
    """

    read: Sql
    kind: Kind
    by: Sql
    keys: list[str]
    passing: Sql | None
    n: int


Build: TypeAlias = Callable[[Rows], Sql]


@dataclass(frozen=True, slots=True)
class Function:
    """``kinds`` are those of fields that it takes; of none where it takes no field. ``zero``: of nothing it is 0."""

    name: str
    kinds: frozenset[Kind]
    build: Build
    value_type: str = ""
    zero: bool = False

    def type_of(self, kind: Kind, *, whole: bool) -> str:
        """The attribute's type for a field of ``kind``; ``whole`` says that it holds whole numbers only."""
        return self.value_type or ("integer" if whole and kind is Kind.NUMBER else _TYPES[kind])


def as_json(read: Sql, kind: Kind) -> Sql:
    """A value as attributes store it: a number without idle zeros, a moment in UTC, a day."""
    if kind is Kind.NUMBER:
        return sql("trim_scale((") + read + sql(")::numeric)")
    if kind is Kind.MOMENT:
        moment = sql("to_char((") + read + sql(""") AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')""")
        return sql("(rtrim(rtrim(") + moment + sql(", '0'), '.') || 'Z')")
    if kind is Kind.DATE:
        return sql("to_char(") + read + sql(", 'YYYY-MM-DD')")
    return read


def _filter(rows: Rows, *also: Sql) -> Sql:
    conditions = [*([rows.passing] if rows.passing is not None else []), *also]
    if not conditions:
        return sql("")
    joined = conditions[0]
    for condition in conditions[1:]:
        joined += sql(" AND ") + condition
    return sql(" FILTER (WHERE ") + joined + sql(")")


def _plain(called: str) -> Build:
    return lambda rows: as_json(sql(f"{called}(") + rows.read + sql(")") + _filter(rows), rows.kind)


def _ordered(rows: Rows, value: Sql, way: str) -> Sql:
    """Values by date, those that are not set left out."""
    order = sql(" ORDER BY ") + rows.by + sql(f" {way}, {', '.join(f'{key} {way}' for key in rows.keys)})")
    return sql("(array_agg(") + value + order + _filter(rows, *(_set(one) for one in (rows.by, rows.read))) + sql(")")


def _set(read: Sql) -> Sql:
    return sql("(") + read + sql(") IS NOT NULL")


def _picked(way: str) -> Build:
    return lambda rows: _ordered(rows, as_json(rows.read, rows.kind), way) + sql("[1]")


def _last_values(rows: Rows) -> Sql:
    return _ordered(rows, as_json(rows.read, rows.kind), "DESC") + sql(f"[1:{rows.n}]")


def _median(rows: Rows) -> Sql:
    """Of an even number of values the mean of the two in the middle, exactly."""
    # The next value after the half is the other one in the middle, or of an odd number the same: one sort finds both.
    middle = sql("(percentile_disc(ARRAY[0.5, 0.500000001]) WITHIN GROUP (ORDER BY ") + rows.read + sql(")")
    middle += _filter(rows) + sql(")")
    # Of whole numbers it may lie between two of them.
    return as_json(sql("(") + middle + sql("[1] + ") + middle + sql("[2])::numeric / 2"), Kind.NUMBER)


def _most_common(rows: Rows) -> Sql:
    """Of several that are equally common the least."""
    collation = ' COLLATE "C"' if rows.kind in (Kind.TEXT, Kind.CHOICE) else ""
    read = sql("(") + rows.read + sql(f"){collation}")
    return as_json(sql("mode() WITHIN GROUP (ORDER BY ") + read + sql(")") + _filter(rows), rows.kind)


def _average(rows: Rows) -> Sql:
    return as_json(sql("round(avg(") + rows.read + sql(")") + _filter(rows) + sql(", 6)"), Kind.NUMBER)


def _days_since(rows: Rows) -> Sql:
    """The moment itself: how many days ago that is, is seen when it is read."""
    return as_json(sql("max(") + rows.by + sql(")") + _filter(rows), rows.kind)


FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        Function("count", frozenset(), lambda rows: sql("count(*)") + _filter(rows), "integer", zero=True),
        Function(
            "count_distinct", SINGLE, lambda rows: sql("count(DISTINCT ") + rows.read + sql(")") + _filter(rows),
            "integer", zero=True,
        ),
        Function("sum", NUMBERS, _plain("sum"), "float", zero=True),
        Function("average", NUMBERS, _average, "float"),
        Function("min", NUMBERS | TIMES, _plain("min")),
        Function("max", NUMBERS | TIMES, _plain("max")),
        Function("median", NUMBERS, _median, "float"),
        Function("first", SINGLE, _picked("ASC")),
        Function("last", SINGLE, _picked("DESC")),
        Function("most_common", SINGLE, _most_common),
        Function("days_since", frozenset(), _days_since, "integer"),
        Function("last_values", SINGLE, _last_values, "json"),
    )
}  # fmt: skip
