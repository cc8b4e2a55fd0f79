"""What is derived for every contact while it is measured: 20 aggregators and 100 segments, in three strata.

The five segments that a new workspace has are among them.
"""

from __future__ import annotations

from typing import Any

PAID = {"field": "status", "op": "equals", "value": 2}
BIG = {"field": "value", "op": "greater", "value": 100}

AGGREGATORS: list[dict[str, Any]] = [
    {"function": "count"},
    {"function": "count", "filter": PAID},
    {"function": "count", "filter": BIG},
    {"function": "count", "window": {"last": {"days": 30}}},
    {"function": "count", "window": {"current": "month"}},
    {"function": "count_distinct", "field": "stage"},
    {"function": "sum", "field": "value", "filter": PAID},
    {"function": "sum", "field": "value", "net_of_returns": True},
    {"function": "sum", "field": "value", "window": {"last": {"years": 1}}},
    {"function": "average", "field": "value"},
    {"function": "min", "field": "value"},
    {"function": "max", "field": "value", "filter": PAID},
    {"function": "min", "field": "ordered_at"},
    {"function": "days_since"},
    {"function": "median", "field": "value"},
    {"function": "last", "field": "stage"},
    {"function": "most_common", "field": "stage"},
    {"source": "order_products", "function": "sum", "field": "quantity"},
    {"source": "order_products", "function": "count_distinct", "field": "product_custom_id"},
    {"source": "order_products", "function": "sum", "field": "total", "window": {"last": {"days": 90}}},
]
"""Without names; the first is called ``a0``, and so on."""

RECENT = "Ordered within the last two hours"
"""The segment by which freshness is timed: an order of today enters it, and leaves it by time alone."""
COUNTRIES = ("PL", "DE", "FR", "ES", "IT", "SE", "NL", "CZ", "AT", "BE")


def of_attributes() -> dict[str, Any]:
    """30 segments that ask for fields of the contact only; ten of them change by time alone."""
    found: dict[str, Any] = {}
    for number, country in enumerate(COUNTRIES):
        found[f"Lives in {country}"] = _is("country", "equals", country)
        found[f"Lives in {country} and scores"] = _all(
            _is("country", "equals", country), _is("score", "greater", 10 * number)
        )
    for days in (1, 3, 7, 14, 30):
        found[f"Seen in the last {days} days"] = _is("last_seen", "in_last", {"days": days})
        found[f"Not seen for {days} days"] = _is("last_seen", "more_than_ago", {"days": days})
    return found


def of_relations() -> dict[str, Any]:
    """40 segments that look into deals or lines."""
    found: dict[str, Any] = {RECENT: _deals(_is("ordered_at", "in_last", {"hours": 2}))}
    for number in range(1, 11):
        found[f"At least {number} paid orders"] = _deals(PAID, quantifier="at_least", count=number)
        found[f"Spent {number}00"] = {
            "relation": "deals", "measure": "sum", "field": "base_value", "op": "greater", "value": 100 * number,
        }  # fmt: skip
    for days in (7, 30, 60, 90):
        found[f"Ordered in the last {days} days"] = _deals(_is("ordered_at", "in_last", {"days": days}))
        found[f"No order in the last {days} days"] = _deals(
            _is("ordered_at", "in_last", {"days": days}), quantifier="none"
        )
    for stage in (1, 2, 3):
        found[f"Last order in stage {stage}"] = {
            "relation": "deals", "pick": "last", "is": _is("stage", "equals", stage),
        }  # fmt: skip
    for product in range(1, 9):
        found[f"Bought SKU-{product}"] = {
            "relation": "order_products",
            "where": _all(_is("product_custom_id", "equals", f"SKU-{product}"), _is("kept_quantity", "greater", 0)),
        }
    return found


def of_aggregators() -> dict[str, Any]:
    """15 segments that ask for what aggregators have found: the second stratum."""
    counted = {f"Counted {number}": _is("a0", "greater", number) for number in range(5)}
    summed = {f"Paid {number}000": _is("a6", "greater", 1000 * number) for number in range(5)}
    return counted | summed | {f"Median {number}0": _is("a14", "greater", 10 * number) for number in range(5)}


def nested() -> dict[str, Any]:
    """10 segments of segments: the third stratum."""
    return {
        f"Nested {number}": _all(
            _is("segments", "in_any", [f"Counted {number % 5}"]), _is("segments", "in_none", [f"Lives in {country}"])
        )
        for number, country in enumerate(COUNTRIES)
    }


def segments() -> dict[str, Any]:
    """Filters by name, in an order in which each finds what it refers to."""
    return of_attributes() | of_relations() | of_aggregators() | nested()


def _is(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def _all(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"all": list(parts)}


def _deals(where: dict[str, Any], **quantified: Any) -> dict[str, Any]:
    return {"relation": "deals", "where": where, **quantified}
