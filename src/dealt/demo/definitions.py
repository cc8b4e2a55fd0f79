"""What the demo shop derives from its orders, so that there is something to see: bodies as the API takes them."""

from __future__ import annotations

from typing import Any

from dealt.demo.journeys import WON

_WON = {"field": "status", "op": "equals", "value": WON}
_SPENT = {"source": "deals", "function": "sum", "field": "value", "net_of_returns": True, "filter": _WON}

ATTRIBUTES: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("deal", "Order method", "fixed", ("Online", "Store", "Phone")),
    ("deal", "Payment method", "fixed", ("Card", "PayPal", "Bank transfer", "Invoice", "Cash")),
    ("deal", "Delivery cost", "float", ()),
    ("deal", "Coupon", "string", ()),
    ("deal", "Paid at", "datetime", ()),
    ("deal", "Shipped at", "datetime", ()),
    ("deal", "Delivered at", "datetime", ()),
    ("deal", "Returned at", "datetime", ()),
    ("contact", "Loyalty points", "float", ()),
    ("contact", "Preferred store", "string", ()),
    ("contact", "Newsletter", "boolean", ()),
    ("contact", "Birthday", "date", ()),
    ("company", "Industry", "string", ()),
    ("product", "Brand", "string", ()),
    ("product", "Colour", "string", ()),
    ("product", "Weight", "float", ()),
)
"""Domain, name, type and choices, as people read them; the shop's data name them in lower case."""
RFM: dict[str, Any] = {"name": "Loyalty", "description": "How recently, how often and for how much customers ordered."}
AGGREGATORS: tuple[dict[str, Any], ...] = (
    {
        "name": "Spent in the last 90 days", "target": "spent_90_days", "window": {"last": {"days": 90}}, **_SPENT,
        "description": "Won orders less what came back, in euros at each order's own rate.",
    },
    {
        "name": "Spent in all", "target": "spent", **_SPENT,
        "description": "Won orders less what came back, in euros at each order's own rate.",
    },
    {
        "name": "Days since the last order", "target": "days_since_order", "source": "deals", "function": "days_since",
        "filter": _WON, "description": "Counted when it is read, in the shop's time zone.",
    },
    {
        "name": "Pieces kept", "target": "pieces_kept", "source": "order_products", "function": "sum",
        "field": "quantity", "net_of_returns": True,
        "filter": {"relation": "deal", "where": _WON}, "description": "Bought and not sent back.",
    },
    {
        "name": "Orders in a year", "target": "orders_in_a_year", "subject": "company", "source": "deals",
        "function": "count", "filter": _WON, "window": {"last": {"years": 1}},
        "description": "Won orders that name the company, whoever placed them.",
    },
    {
        "name": "Turnover in a year", "target": "turnover_in_a_year", "subject": "company",
        "window": {"last": {"years": 1}}, **_SPENT,
        "description": "What these come to, less what came back.",
    },
)  # fmt: skip
SEGMENTS: tuple[dict[str, Any], ...] = (
    {
        "name": "At risk big spenders", "subject": "contact",
        "description": "They have spent 500 euros or more, and nothing for 90 days.",
        "filter": {"all": [
            {"field": "spent", "op": "greater_or_equal", "value": 500},
            {"field": "days_since_order", "op": "more_than_ago", "value": {"days": 90}},
        ]},
    },
    {
        "name": "Bought in the last 30 days", "subject": "contact",
        "description": "One leaves 30 days after the last order, to the second.",
        "filter": {"relation": "deals", "where": {"all": [
            _WON, {"field": "ordered_at", "op": "in_last", "value": {"days": 30}},
        ]}},
    },
    {
        "name": "Once and never again", "subject": "contact", "description": "One order, more than 60 days ago.",
        "filter": {"all": [
            {"relation": "deals", "measure": "count", "where": _WON, "op": "equals", "value": 1},
            {"field": "days_since_order", "op": "more_than_ago", "value": {"days": 60}},
        ]},
    },
    {
        "name": "Large orders under way", "subject": "deal",
        "description": "In progress and worth 200 or more.",
        "filter": {"all": [
            {"field": "status", "op": "equals", "value": 1}, {"field": "base_value", "op": "greater", "value": 200},
        ]},
    },
    {
        "name": "Trade customers who buy", "subject": "company", "description": "Three orders or more in a year.",
        "filter": {"field": "orders_in_a_year", "op": "greater_or_equal", "value": 3},
    },
)  # fmt: skip
