"""Aggregators worked out row by row, as somebody with a list and a pencil would."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from tests.derived.facts import Facts, Row
from tests.derived.fields import DATE, MOMENT, MONEY, NUMBER, in_base, kinds_of
from tests.derived.reckoning import TARGETS, Reckoner, key_of
from tests.derived.times import day_of

_NET = {"value": "net_value", "total": "net_total", "quantity": "kept_quantity"}


def reckoner(
    facts: Facts, aggregators: dict[str, dict[str, Any]], segments: dict[str, dict[str, Any]], broken: frozenset[str]
) -> Reckoner:
    """What knows all of a workspace."""
    return Reckoner(facts, aggregators, segments, worth, kind_of, broken)


def kind_of(body: dict[str, Any]) -> str:
    """The kind of what an aggregator gives."""
    if body["function"] == "days_since":
        return MOMENT
    if body["function"] in ("min", "max", "first", "last", "most_common"):
        return kinds_of(TARGETS[body["source"]])[body["field"]]
    return NUMBER


def worth(reckoner: Reckoner, target: str, owner: Row) -> Any:
    """The value of an aggregator for one contact or company."""
    body = reckoner.aggregators[target]
    rows = counted(reckoner, body, owner)
    function, subject = body["function"], TARGETS[body["source"]]
    if function == "count":
        return Decimal(len(rows))
    dated = [(reckoner.read(subject, row, _by(body))[0], key_of(subject, row), row) for row in rows]
    if function == "days_since":
        return max((at for at, _, _ in dated if at is not None), default=None)
    if function in ("first", "last", "last_values"):
        told = [(at, key, value) for at, key, row in dated if at and (value := _read(reckoner, body, row)) is not None]
        return _in_order(sorted(told, key=lambda one: one[:2]), function, body)
    return _figure(function, [value for row in rows if (value := _read(reckoner, body, row)) is not None])


def unconverted(reckoner: Reckoner, target: str, owner: Row) -> int:
    """How many deals have an amount that no rate converts."""
    body = reckoner.aggregators[target]
    subject, name = TARGETS[body["source"]], _field(body)
    if name not in MONEY.get(subject, ()) or body["function"] == "count_distinct":
        return 0
    return len(
        {
            row["deal_id"] if subject == "line" else row["id"]
            for row in counted(reckoner, body, owner)
            if _read(reckoner, body, row) is None and reckoner.read(subject, row, name)[0] is not None
        }
    )


def counted(reckoner: Reckoner, body: dict[str, Any], owner: Row) -> list[Row]:
    """The rows that pass filter and window."""
    subject = TARGETS[body["source"]]
    return [
        row
        for row in reckoner.related(body.get("subject", "contact"), owner, body["source"])
        if reckoner.holds(body.get("filter"), subject, row)
        and _in_window(reckoner, body.get("window") or {}, reckoner.read(subject, row, _by(body))[0])
    ]


def stored(value: Any) -> Any:
    """A value as attributes have it."""
    if isinstance(value, list):
        return [stored(one) for one in value]
    if isinstance(value, datetime):
        text = value.astimezone(UTC).isoformat().removesuffix("+00:00")
        return (text.rstrip("0").rstrip(".") if "." in text else text) + "Z"
    return value.isoformat() if isinstance(value, date) else value


def _by(body: dict[str, Any]) -> str:
    return str(body.get("by") or ("happened_at" if "events" in body["source"] else "ordered_at"))


def _field(body: dict[str, Any]) -> str:
    return _NET[body["field"]] if body.get("net_of_returns") else str(body.get("field"))


def _read(reckoner: Reckoner, body: dict[str, Any], row: Row) -> Any:
    """The field; money in base currency."""
    subject, name = TARGETS[body["source"]], _field(body)
    value, kind = reckoner.read(subject, row, name)
    if kind == NUMBER and value is not None:
        value = Decimal(value)
    is_money = name in MONEY.get(subject, ()) and body["function"] != "count_distinct"
    return in_base(subject, row, value) if is_money else value


def _in_window(reckoner: Reckoner, window: dict[str, Any], at: Any) -> bool:
    if not window:
        return True
    if at is None:
        return False
    kind = MOMENT if isinstance(at, datetime) else DATE
    if "last" in window:
        return reckoner.passes(at, kind, "in_last", window["last"])
    if "current" in window:
        return reckoner.passes(at, kind, "in_current", window["current"])
    if isinstance(next(iter(window.values())), dict):
        return reckoner.passes(at, kind, "in_window", window)
    day = day_of(at, reckoner.facts.zone) if isinstance(at, datetime) else at
    return str(window.get("from", "0")) <= day.isoformat() <= str(window.get("to", "9"))


def _in_order(told: list[Any], function: str, body: dict[str, Any]) -> Any:
    values = [value for _, _, value in told]
    if function == "last_values":
        return values[::-1][: body.get("last_n", 5)] or None
    return (values[0] if function == "first" else values[-1]) if values else None


def _figure(function: str, values: list[Any]) -> Any:
    if function == "count_distinct":
        return Decimal(len(set(values)))
    if function == "sum":
        return sum(values, Decimal(0))
    if not values:
        return None
    if function in ("min", "max"):
        return min(values) if function == "min" else max(values)
    if function == "most_common":
        often = Counter(values)
        return min(value for value in often if often[value] == max(often.values()))
    if function == "average":
        with localcontext(prec=60):
            return (sum(values, Decimal(0)) / len(values)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    values = sorted(values)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2
