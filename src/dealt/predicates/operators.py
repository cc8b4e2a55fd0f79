"""The one table of operators: by what kinds of fields, with what values, as which SQL, sentence and wake-ups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from dealt.kernel.sql import Sql, sql
from dealt.predicates.catalogue import FilterField, Kind
from dealt.predicates.moments import (
    NO_SPAN,
    Moment,
    Span,
    Stored,
    ahead,
    anniversary,
    is_current,
    local_date,
    midnight,
    next_current,
    next_of,
    reached,
)

Takes = Literal[
    "nothing",
    "one",
    "fragment",
    "day",
    "after",
    "before",
    "many",
    "range",
    "span",
    "window",
    "calendar",
    "weekdays",
    "members",
]
Build = Callable[[Sql, FilterField, Any, Moment], Sql]
"""From the field's expression and the value to a condition, which may be NULL: that is not true."""
Changes = Callable[[Sql, FilterField, Any, Moment], list[Sql]]
"""The moments at which the condition may change by the mere passing of time, NULL for those that have come."""

TEXTS = frozenset({Kind.TEXT, Kind.CHOICE})
TIMES = frozenset({Kind.DATE, Kind.MOMENT})
ORDERED = frozenset({Kind.NUMBER})
SINGLE = TEXTS | TIMES | ORDERED | {Kind.TRUTH}


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to compare. ``sentence`` has ``{field}`` and ``{value}``."""

    name: str
    kinds: frozenset[Kind]
    takes: Takes
    build: Build
    sentence: str
    changes: Changes = lambda *_: []


def _cast(field: FilterField, value: Any) -> str:
    if field.kind is Kind.NUMBER:
        # A whole number is compared as one, so that the index of a whole-number column serves.
        fits = field.cast == "bigint" and value == value.to_integral_value() and abs(value) < 2**63
        return "bigint" if fits else "numeric"
    return {Kind.DATE: "date", Kind.MOMENT: "timestamptz", Kind.TRUTH: "boolean"}.get(field.kind, "text")


def _bound(field: FilterField, value: Any) -> Sql:
    cast = _cast(field, value)
    return sql(f"{{}}::{cast}", int(value) if cast == "bigint" else value)


def _compared(sign: str) -> Build:
    return lambda read, field, value, _: read + sql(f" {sign} ") + _bound(field, value)


def _is(read: Sql, field: FilterField, value: Any, _at: Moment) -> Sql:
    return read + sql(" = ") + _bound(field, value)


def _is_not(read: Sql, field: FilterField, value: Any, _at: Moment) -> Sql:
    return read + sql(" IS DISTINCT FROM ") + _bound(field, value)


def _in(read: Sql, field: FilterField, values: Any, _at: Moment) -> Sql:
    casts = {_cast(field, value) for value in values}
    cast = casts.pop() if len(casts) == 1 else "numeric"
    return read + sql(f" = ANY({{}}::{cast}[])", [int(v) if cast == "bigint" else v for v in values])


def _not(build: Build) -> Build:
    def negated(read: Sql, field: FilterField, value: Any, at: Moment) -> Sql:
        return sql("(") + build(read, field, value, at) + sql(") IS NOT TRUE")

    return negated


def _between(read: Sql, field: FilterField, value: Any, _at: Moment) -> Sql:
    first, last = value
    return read + sql(" BETWEEN ") + _bound(field, first) + sql(" AND ") + _bound(field, last)


def _like(pattern: str) -> Build:
    def build(read: Sql, _field: FilterField, value: Any, _at: Moment) -> Sql:
        escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return read + sql(" ILIKE {}::text", pattern.replace("*", escaped))

    return build


def _is_set(read: Sql, field: FilterField, _value: Any, _at: Moment) -> Sql:
    """An empty text is not set, nor is a choice of none."""
    if field.kind is Kind.CHOICES:
        return read + sql(" <> '[]'::jsonb")
    return read + sql(" <> ''" if field.kind in TEXTS else " IS NOT NULL")


def _flag(wanted: bool) -> Build:
    return lambda read, _field, _value, _at: sql("(") + read + sql(f") IS {'TRUE' if wanted else 'FALSE'}")


def _on(read: Sql, field: FilterField, day: date, at: Moment) -> Sql:
    if field.kind is Kind.DATE:
        return read + sql(" = {}::date", day)
    start = midnight(sql("{}", day), at.zone)
    end = midnight(sql("{}::date + 1", day), at.zone)
    return read + sql(" >= ") + start + sql(" AND ") + read + sql(" < ") + end


def _stored(read: Sql, field: FilterField, zone: str) -> Stored:
    if field.kind is Kind.DATE:
        return Stored(midnight(read, zone), sql("(") + read + sql(")::timestamptz"))
    return Stored(read, read)


def _held(spans: Callable[[Any], tuple[Span, Span]]) -> tuple[Build, Changes]:
    """An operator that holds from one span after the stored moment until another one after it, and what changes it."""

    def build(read: Sql, field: FilterField, value: Any, at: Moment) -> Sql:
        (opening, closing), stored = spans(value), _stored(read, field, at.zone)
        return reached(stored, opening, at) + sql(" AND ") + ahead(stored, closing, at)

    def changes(read: Sql, field: FilterField, value: Any, at: Moment) -> list[Sql]:
        stored = _stored(read, field, at.zone)
        return [next_of(stored, span, at) for span in spans(value)]

    return build, changes


def _far(past: bool) -> tuple[Build, Changes]:
    """More than a span ago, or more than a span ahead."""

    def build(read: Sql, field: FilterField, value: Any, at: Moment) -> Sql:
        stored = _stored(read, field, at.zone)
        return reached(stored, value, at) if past else ahead(stored, -value, at)

    def changes(read: Sql, field: FilterField, value: Any, at: Moment) -> list[Sql]:
        return [next_of(_stored(read, field, at.zone), value if past else -value, at)]

    return build, changes


def _in_current(read: Sql, field: FilterField, value: Any, at: Moment) -> Sql:
    return is_current(value, _stored(read, field, at.zone), at)


def _in_current_changes(read: Sql, field: FilterField, value: Any, at: Moment) -> list[Sql]:
    return next_current(value, _stored(read, field, at.zone), at)


def _day(read: Sql, field: FilterField, zone: str) -> Sql:
    return read if field.kind is Kind.DATE else local_date(read, zone)


def _anniversary(read: Sql, field: FilterField, _value: Any, at: Moment) -> Sql:
    today = local_date(sql("{}::timestamptz", at.now), at.zone)
    return anniversary(_day(read, field, at.zone), today) + sql(" = ") + today


def _anniversary_changes(read: Sql, field: FilterField, _value: Any, at: Moment) -> list[Sql]:
    today, day = local_date(sql("{}::timestamptz", at.now), at.zone), _day(read, field, at.zone)
    this, following = anniversary(day, today), anniversary(day, today, 1)
    moments = [midnight(one, at.zone) for one in (this, this + sql(" + 1"), following)]
    return [
        sql("CASE WHEN ") + moment + sql(" > {}::timestamptz THEN ", at.now) + moment + sql(" END")
        for moment in moments
    ]


def _weekday(read: Sql, field: FilterField, value: Any, at: Moment) -> Sql:
    return sql("extract(isodow FROM ") + _day(read, field, at.zone) + sql(")::int = ANY({}::int[])", value)


def _has_any(read: Sql, _field: FilterField, values: Any, _at: Moment) -> Sql:
    return read + sql(" ?| {}::text[]", values)


def _has_all(read: Sql, _field: FilterField, values: Any, _at: Moment) -> Sql:
    return read + sql(" ?& {}::text[]", values)


def _nothing(*_: Any) -> Sql:
    raise AssertionError("a membership is compiled by its own condition")


_in_last = _held(lambda span: (NO_SPAN, span))
_in_next = _held(lambda span: (-span, NO_SPAN))
_in_window = _held(lambda window: (-window[1], -window[0]))
_more_ago, _more_ahead = _far(past=True), _far(past=False)
_ANY = frozenset(Kind) - {Kind.MEMBERSHIP}

OPERATORS: dict[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("equals", SINGLE, "one", _is, "{field} is {value}"),
        Operator("not_equals", SINGLE, "one", _is_not, "{field} is not {value}"),
        Operator("in", TEXTS | ORDERED | TIMES, "many", _in, "{field} is one of {value}"),
        Operator("not_in", TEXTS | ORDERED | TIMES, "many", _not(_in), "{field} is none of {value}"),
        Operator("contains", TEXTS, "fragment", _like("%*%"), "{field} contains {value}"),
        Operator("not_contains", TEXTS, "fragment", _not(_like("%*%")), "{field} does not contain {value}"),
        Operator("starts_with", TEXTS, "fragment", _like("*%"), "{field} starts with {value}"),
        Operator("ends_with", TEXTS, "fragment", _like("%*"), "{field} ends with {value}"),
        Operator("greater", ORDERED, "one", _compared(">"), "{field} is more than {value}"),
        Operator("greater_or_equal", ORDERED, "one", _compared(">="), "{field} is at least {value}"),
        Operator("less", ORDERED, "one", _compared("<"), "{field} is less than {value}"),
        Operator("less_or_equal", ORDERED, "one", _compared("<="), "{field} is at most {value}"),
        Operator("between", ORDERED | TIMES, "range", _between, "{field} is from {value}"),
        Operator("before", TIMES, "before", _compared("<"), "{field} is before {value}"),
        Operator("after", TIMES, "after", _compared(">"), "{field} is after {value}"),
        Operator("on", TIMES, "day", _on, "{field} is on {value}"),
        Operator("in_last", TIMES, "span", _in_last[0], "{field} is in the last {value}", _in_last[1]),
        Operator("in_next", TIMES, "span", _in_next[0], "{field} is in the next {value}", _in_next[1]),
        Operator("more_than_ago", TIMES, "span", _more_ago[0], "{field} is more than {value} ago", _more_ago[1]),
        Operator(
            "more_than_ahead", TIMES, "span", _more_ahead[0], "{field} is more than {value} ahead", _more_ahead[1]
        ),
        Operator("in_window", TIMES, "window", _in_window[0], "{field} is {value}", _in_window[1]),
        Operator("in_current", TIMES, "calendar", _in_current, "{field} is {value}", _in_current_changes),
        Operator(
            "anniversary_today",
            TIMES,
            "nothing",
            _anniversary,
            "{field} has its anniversary today",
            _anniversary_changes,
        ),
        Operator("day_of_week", TIMES, "weekdays", _weekday, "{field} is on a {value}"),
        Operator("is_true", frozenset({Kind.TRUTH}), "nothing", _flag(True), "{field} is true"),
        Operator("is_false", frozenset({Kind.TRUTH}), "nothing", _flag(False), "{field} is false"),
        Operator("has_any", frozenset({Kind.CHOICES}), "many", _has_any, "{field} has any of {value}"),
        Operator("has_all", frozenset({Kind.CHOICES}), "many", _has_all, "{field} has all of {value}"),
        Operator("has_none", frozenset({Kind.CHOICES}), "many", _not(_has_any), "{field} has none of {value}"),
        Operator("is_set", _ANY, "nothing", _is_set, "{field} is set"),
        Operator("is_not_set", _ANY, "nothing", _not(_is_set), "{field} is not set"),
        Operator("in_any", frozenset({Kind.MEMBERSHIP}), "members", _nothing, "{field} include any of {value}"),
        Operator("in_all", frozenset({Kind.MEMBERSHIP}), "members", _nothing, "{field} include all of {value}"),
        Operator("in_none", frozenset({Kind.MEMBERSHIP}), "members", _nothing, "{field} include none of {value}"),
    )
}
