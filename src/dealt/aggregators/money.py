"""Amounts in the workspace's base currency, and net of what came back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dealt.kernel.sql import Sql

_NET = {"deals": {"value": "net_value", "net_value": "net_value"}, "order_products": {
    "total": "net_total", "net_total": "net_total", "quantity": "kept_quantity", "kept_quantity": "kept_quantity",
}}  # fmt: skip
_OF_DEALS = {
    "value": "{a}.value",
    "lines_total": "{a}.lines_total",
    "refunded_total": "{a}.refunded_total",
    "net_value": "coalesce({a}.net_value, {a}.value)",
}
_OF_LINES = {
    "value": "{a}.value",
    "total": "{a}.total",
    "refunded_value": "{a}.refunded_value",
    "net_total": "({a}.total - {a}.refunded_value)",
}
# A line in another currency than its deal's has no rate of its own.
_RATE = {
    "deals": "{a}.base_rate",
    "order_products": "(CASE WHEN coalesce({a}.currency, {a}d.currency) IS NOT DISTINCT FROM {a}d.currency "
    "THEN {a}d.base_rate END)",
}
_DEALS = {"deals": "count(*)", "order_products": "count(DISTINCT {a}.deal_id)"}


@dataclass(frozen=True, slots=True)
class Amount:
    """``converted`` is null where the rate is not known; ``deals`` counts the deals of rows."""

    amount: Callable[[str], Sql]
    converted: Callable[[str], Sql]
    deals: Callable[[str], Sql]


def net_field(source: str, field: str) -> str | None:
    """The field that holds what ``field`` holds, less returns and refunds; None where that makes no sense."""
    return _NET.get(source, {}).get(field)


def amount_of(source: str, field: str) -> Amount | None:
    """How a field that is an amount of money is read in base currency; None for other fields."""
    told = {"deals": _OF_DEALS, "order_products": _OF_LINES}.get(source, {}).get(field)
    if told is None:
        return None
    if (source, field) == ("deals", "value"):
        return Amount(_at(told), _at("{a}.base_value"), _at(_DEALS[source]))
    return Amount(_at(told), _at(f"round({told} * {_RATE[source]}, 6)"), _at(_DEALS[source]))


def _at(text: str) -> Callable[[str], Sql]:
    return lambda alias: Sql(text.replace("{a}", alias))
