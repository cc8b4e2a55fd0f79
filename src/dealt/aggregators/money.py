"""Amounts in the workspace's base currency, and net of what came back."""

from __future__ import annotations

_NET = {"deals": {"value": "net_value", "net_value": "net_value"}, "order_products": {
    "total": "net_total", "net_total": "net_total", "quantity": "kept_quantity", "kept_quantity": "kept_quantity",
}}  # fmt: skip
DEALS_OF = {"deals": "count(*)", "order_products": "count(DISTINCT {a}.deal_id)"}
"""How many deals are behind rows of each source that has amounts."""


def net_field(source: str, field: str) -> str | None:
    """The field that holds what ``field`` holds, less returns and refunds; None where that makes no sense."""
    return _NET.get(source, {}).get(field)
