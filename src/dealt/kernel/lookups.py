"""Query arguments such as ``city__icontains=war`` as conditions: one table of look-ups for every column there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from dealt.kernel.clock import iso, parse_date, parse_datetime
from dealt.kernel.schema import flag
from dealt.kernel.shown import shown
from dealt.kernel.sql import Sql, sql

MOST_VALUES = 200
"""How many values ``__in`` takes."""
LONGEST_VALUE = 1_000
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_UNIX = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_TYPES = {
    "boolean": "boolean", "integer": "bigint", "float": "numeric", "string": "text", "fixed": "text", "date": "date",
    "datetime": "timestamptz", "date text": "text", "datetime text": "text",
}  # fmt: skip
_SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_TEXTS = {
    "iexact": "lower({c}) = lower({{}}::text)",
    "contains": "strpos({c}, {{}}::text) > 0",
    "icontains": "strpos(lower({c}), lower({{}}::text)) > 0",
    "startswith": "starts_with({c}, {{}}::text)",
    "istartswith": "starts_with(lower({c}), lower({{}}::text))",
    "endswith": "reverse({c}) ^@ reverse({{}}::text)",
    "iendswith": "reverse(lower({c})) ^@ reverse(lower({{}}::text))",
}
_ORDERED = ("exact", "in", *_SIGNS, "isnull")
EQUAL = frozenset({"exact", "in"})
BOUNDS = EQUAL | _SIGNS.keys()
"""What a plain index serves: equality, and with it every comparison."""
LOOKUPS: dict[str, tuple[str, ...]] = {
    "boolean": ("exact", "isnull"),
    "integer": _ORDERED,
    "float": _ORDERED,
    "date": _ORDERED,
    "datetime": _ORDERED,
    "date text": _ORDERED,
    "datetime text": _ORDERED,
    "string": ("exact", "in", *_TEXTS, "isnull"),
    "fixed": ("exact", "in", "isnull"),
    "json": ("isnull",),
}
"""Which look-ups a column takes, by its kind."""


@dataclass(frozen=True, slots=True)
class Column:
    """Something that a list can be narrowed by.

    ``sql`` is an expression of ours in which every ``{}`` stands for one of ``values``; ``kind`` one of LOOKUPS.
    ``words`` are values that have names. ``equals`` is a condition with one place for the list of values, where an
    index or a directory serves equality in another form; ``in_workspace`` that it has one for the workspace before
    it. ``served`` are the look-ups that an index serves.
    """

    sql: str
    kind: str
    values: tuple[Any, ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    equals: str | None = None
    in_workspace: bool = False
    served: Collection[str] = ()


def condition(column: Column, lookup: str, text: str, zone: ZoneInfo, workspace_id: int) -> Sql:
    """The condition that ``column`` stands in this relation to the value in ``text``. Raises ValueError."""
    if lookup not in LOOKUPS[column.kind]:
        raise ValueError(f"There is no look-up {shown(lookup)} here; there are {', '.join(LOOKUPS[column.kind])}.")
    if lookup == "isnull":
        return sql(f"{column.sql} IS {'' if flag(text) else 'NOT '}NULL", *column.values)
    if lookup == "in":
        parts = text.split(",")
        if len(parts) > MOST_VALUES:
            raise ValueError(f"At most {MOST_VALUES} values can be given.")
        return _equals(column, [_read(column, part, zone) for part in parts], workspace_id)
    value = _read(column, text, zone)
    if lookup == "exact":
        return _equals(column, [value], workspace_id)
    if lookup in _SIGNS:
        return sql(f"{column.sql} {_SIGNS[lookup]} {{}}::{_TYPES[column.kind]}", *column.values, value)
    return sql(_TEXTS[lookup].format(c=column.sql), *column.values, value)


def attribute_column(name: str, value_type: str, source: str = "attributes") -> Column:
    """The column of a custom attribute in the jsonb ``source``: total, whatever stands there."""
    text = f"({source} ->> {{}}::text)"
    if value_type in ("boolean", "integer", "float"):
        found, kind = ("boolean", "boolean") if value_type == "boolean" else ("number", "numeric")
        typed = f"(CASE WHEN jsonb_typeof({source} -> {{}}::text) = '{found}' THEN {text}::{kind} END)"
        return Column(typed, "boolean" if value_type == "boolean" else "float", (name, name))
    if value_type == "fixed":
        return Column(text, "fixed", (name,), equals=f"{source} -> {{}}::text ?| {{}}::text[]")
    if value_type == "date":
        # Dates of one form are in the order of their letters.
        return Column(f'{text} COLLATE "C"', "date text", (name,))
    if value_type == "datetime":
        # So are moments, but for the Z behind them, which stands in the way of a fraction.
        return Column(f"rtrim({text}, 'Z') COLLATE \"C\"", "datetime text", (name,))
    return Column(text, value_type if value_type in LOOKUPS else "string", (name,))


def _equals(column: Column, values: list[Any], workspace_id: int) -> Sql:
    if column.equals is not None:
        return sql(column.equals, *column.values, *([workspace_id] if column.in_workspace else []), values)
    kind = _TYPES[column.kind]
    if len(values) == 1:
        # One value leaves the order of an index usable.
        return sql(f"{column.sql} = {{}}::{kind}", *column.values, values[0])
    return sql(f"{column.sql} = ANY({{}}::{kind}[])", *column.values, values)


def _read(column: Column, text: str, zone: ZoneInfo) -> Any:
    text = text.strip() if column.kind not in ("string", "fixed") else text
    if text.lower() in column.words:
        return column.words[text.lower()]
    return _READERS[column.kind](text, zone)


def _whole(text: str, _zone: ZoneInfo) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a whole number.")
    return int(text)


def _number(text: str, _zone: ZoneInfo) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not -30 <= number.adjusted() <= 18:
        raise ValueError(f"{shown(text)} is not a number.")
    return number


def _text(text: str, _zone: ZoneInfo) -> str:
    if len(text) > LONGEST_VALUE:
        raise ValueError(f"This is longer than {LONGEST_VALUE} characters.")
    return text


def _moment(text: str, zone: ZoneInfo) -> datetime:
    return parse_datetime(float(text) if _UNIX.fullmatch(text) else text, zone)


def _day(text: str, zone: ZoneInfo) -> date:
    """A day, or the day of a moment in the workspace's zone."""
    try:
        return parse_date(text)
    except ValueError:
        return _moment(text, zone).astimezone(zone).date()


_READERS: dict[str, Callable[[str, ZoneInfo], Any]] = {
    "boolean": lambda text, _: flag(text),
    "integer": _whole,
    "float": _number,
    "string": _text,
    "fixed": _text,
    "date": _day,
    "datetime": _moment,
    "date text": lambda text, zone: _day(text, zone).isoformat(),
    "datetime text": lambda text, zone: iso(_moment(text, zone)).removesuffix("Z"),
}
