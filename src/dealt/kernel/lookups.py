"""Query arguments such as ``city__icontains=war`` as conditions: one table of look-ups for every column there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from dealt.kernel.clock import in_seconds, iso, parse_date, parse_datetime
from dealt.kernel.schema import flag
from dealt.kernel.shown import shown
from dealt.kernel.sql import Sql, join, sql

MOST_VALUES = 200
"""How many values ``__in`` takes."""
LONGEST_VALUE = 1_000
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_UNIX = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_TYPES = {
    "boolean": "boolean", "integer": "bigint", "float": "numeric", "string": "text", "fixed": "text", "date": "date",
    "datetime": "timestamptz", "date text": "text", "datetime text": "text", "json": "text",
}  # fmt: skip
_SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_PATTERNS = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}
TEXTS = ("iexact", *(f"{fold}{name}" for name in _PATTERNS for fold in ("", "i")))
"""Look-ups that compare with the text by which answers show a value, whatever its kind."""
_SPECIAL = re.compile(r"([\\%_])")
# As answers show them.
_SHOWN = {
    "string": "{c}", "datetime": """to_char({c} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
}  # fmt: skip
_ORDERED = ("exact", "in", *_SIGNS, *TEXTS, "isnull")
COMPARISONS = frozenset(_SIGNS)
EQUAL = frozenset({"exact", "in"})
BOUNDS = EQUAL | _SIGNS.keys()
"""What a plain index serves: equality, and with it every comparison."""
LOOKUPS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("integer", "float", "string", "date", "datetime", "date text", "datetime text"), _ORDERED),
    **dict.fromkeys(("fixed", "json"), ("exact", "in", *TEXTS, "isnull")),
    "boolean": ("exact", *TEXTS, "isnull"),
}
"""Which look-ups a column takes, by its kind."""


@dataclass(frozen=True, slots=True)
class Column:
    """Something that a list can be narrowed by.

    ``sql`` is an expression of ours in which every ``{}`` stands for one of ``values``; ``kind`` one of LOOKUPS.
    ``words`` are values that have names, in a ``closed`` one all that there are. ``equals`` is a condition with one
    place for the list of values, where an index or a directory serves equality in another form; ``in_workspace`` that
    it has one for the workspace before it. ``served`` are the look-ups that an index serves. ``text`` is what answers
    show, where that is not the value itself. A ``folded`` one is equal in any case, as its index has it; ``meant`` says
    what an asked text may mean.
    """

    sql: str
    kind: str
    values: tuple[Any, ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    equals: str | None = None
    in_workspace: bool = False
    served: Collection[str] = ()
    text: str = ""
    folded: bool = False
    closed: bool = False
    meant: Callable[[str], Sequence[str]] | None = None

    @property
    def shown(self) -> str:
        """The text by which answers show it, as SQL with the same places for values."""
        return self.text or _SHOWN.get(self.kind, "({c})::text").replace("{c}", self.sql)


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
    if lookup in TEXTS:
        return _alike(column, lookup, _text(text, zone))
    if lookup == "exact":
        texts = column.meant(text) if column.meant else (text,)
        return _equals(column, [_read(column, one, zone) for one in texts], workspace_id)
    value = _read(column, text, zone)
    collated = ' COLLATE "C"' if column.kind == "string" else ""
    return sql(f"{column.sql}{collated} {_SIGNS[lookup]} {{}}::{_cast(column, [value])}", *column.values, value)


def _alike(column: Column, lookup: str, text: str) -> Sql:
    """One of the look-ups of TEXTS."""
    if lookup == "iexact":
        return sql(f"lower({column.shown}) = lower({{}}::text)", *column.values, text)
    way = lookup if lookup in _PATTERNS else lookup[1:]
    pattern = _PATTERNS[way].format(_SPECIAL.sub(r"\\\1", text))
    in_any_case = sql(f"lower({column.shown}) LIKE lower({{}}::text)", *column.values, pattern)
    if lookup != way:
        return in_any_case
    exactly = sql(f"{column.shown} LIKE {{}}::text", *column.values, pattern)
    return exactly + Sql(" AND ") + in_any_case if column.folded else exactly


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
        return Column(f'{text} COLLATE "C"', "date text", (name,), text=text)
    if value_type == "datetime":
        # So are moments, but for the Z behind them, which stands in the way of a fraction.
        return Column(f"rtrim({text}, 'Z') COLLATE \"C\"", "datetime text", (name,), text=text)
    return Column(text, value_type if value_type in LOOKUPS else "string", (name,))


def in_order(column: Column) -> Sql:
    """What a list is put in order by: the value itself, where there is one; indexes are built on it."""
    return sql(f"({column.sql})::int" if column.kind == "boolean" else column.sql, *column.values)


def _equals(column: Column, values: list[Any], workspace_id: int) -> Sql:
    if column.equals is not None:
        return sql(column.equals, *column.values, *([workspace_id] if column.in_workspace else []), values)
    if column.folded:
        either = [sql(f"lower({column.sql}) = lower({{}}::text)", *column.values, value) for value in values]
        return Sql("(") + join(" OR ", either) + Sql(")")
    kind = _cast(column, values)
    if len(values) == 1:
        # One value leaves the order of an index usable.
        return sql(f"{column.sql} = {{}}::{kind}", *column.values, values[0])
    return sql(f"{column.sql} = ANY({{}}::{kind}[])", *column.values, values)


def _cast(column: Column, values: list[Any]) -> str:
    """What the values are compared as: a whole number also with one that is none."""
    return "numeric" if any(isinstance(value, Decimal) for value in values) else _TYPES[column.kind]


def _read(column: Column, text: str, zone: ZoneInfo) -> Any:
    text = text.strip() if column.kind not in ("string", "fixed", "json") else text
    if text.lower() in column.words:
        return column.words[text.lower()]
    if column.closed and text not in map(str, column.words.values()):
        raise ValueError(f"{shown(text)} is not a valid choice.")
    return _READERS[column.kind](text, zone)


def _whole(text: str, zone: ZoneInfo) -> int | Decimal:
    return int(text) if _WHOLE.fullmatch(text) else _number(text, zone)


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
    return parse_datetime(in_seconds(float(text)) if _UNIX.fullmatch(text) else text, zone)


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
    "json": _text,
    "date": _day,
    "datetime": _moment,
    "date text": lambda text, zone: _day(text, zone).isoformat(),
    "datetime text": lambda text, zone: iso(_moment(text, zone)).removesuffix("Z"),
}
