"""Which fields of deals and lines are amounts of money, and how they are read in the workspace's base currency."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dealt.kernel.sql import Sql
from dealt.predicates import Amount

_OF_DEALS = {
    "value": "{a}.value",
    "lines_total": "{a}.lines_total",
    "refunded_total": "{a}.refunded_total",
    # A deal without lines has nothing that could come back.
    "net_value": "coalesce({a}.net_value, {a}.value)",
}
_OF_LINES = {
    "value": "{a}.value",
    "total": "{a}.total",
    "refunded_value": "{a}.refunded_value",
    "net_total": "({a}.total - {a}.refunded_value)",
}
# A line in another currency than its deal's has no rate of its own.
_RATE_OF_LINE = (
    "(CASE WHEN coalesce({a}.currency, {a}d.currency) IS NOT DISTINCT FROM {a}d.currency THEN {a}d.base_rate END)"
)


def amounts(currency: str) -> Mapping[tuple[str, str], Amount]:
    """Every amount by subject and field; ``currency`` is the base currency."""
    found = {
        (subject, name): Amount(_at(own), _at(f"round({own} * {rate}, 6)"), currency)
        for subject, fields, rate in (("deal", _OF_DEALS, "{a}.base_rate"), ("line", _OF_LINES, _RATE_OF_LINE))
        for name, own in fields.items()
    }
    # A deal keeps its value as converted.
    return found | {("deal", "value"): Amount(_at("{a}.value"), _at("{a}.base_value"), currency)}


def is_amount(subject: str, field: str) -> bool:
    """Whether a field of deals or lines is an amount of money."""
    return field in {"deal": _OF_DEALS, "line": _OF_LINES}.get(subject, {})


def _at(text: str) -> Callable[[str], Sql]:
    return lambda alias: Sql(text.replace("{a}", alias))
