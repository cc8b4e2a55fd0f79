"""The fields that the invented filters ask for: what kind each is, and how it stands in a plain row."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.derived.facts import Row, converted

TEXT, NUMBER, TRUTH, DATE, MOMENT = "text", "number", "truth", "date", "moment"

FIELDS: dict[str, dict[str, str]] = {
    "contact": {
        "page_views": NUMBER, "last_seen": MOMENT, "country": TEXT, "first_name": TEXT, "score": NUMBER,
        "unsubscribed": TRUTH, "created_at": MOMENT, "updated_at": MOMENT,
    },
    "deal": {
        "value": NUMBER, "net_value": NUMBER, "lines_total": NUMBER, "refunded_total": NUMBER, "base_value": NUMBER,
        "currency": TEXT, "stage": NUMBER, "status": NUMBER, "ordered_at": MOMENT, "stage_entered_at": MOMENT,
        "won_at": MOMENT, "expected_close_date": DATE, "created_at": MOMENT,
    },
    "line": {
        "product_custom_id": TEXT, "quantity": NUMBER, "value": NUMBER, "total": NUMBER, "returned_quantity": NUMBER,
        "refunded_value": NUMBER, "kept_quantity": NUMBER, "net_total": NUMBER, "currency": TEXT, "ordered_at": MOMENT,
        "deal_status": NUMBER, "deal_stage": NUMBER,
    },
    "event": {"happened_at": MOMENT, "amount": NUMBER},
    "product_event": {"happened_at": MOMENT, "event_type": TEXT, "product_id": NUMBER},
    "product": {"category": TEXT, "price": NUMBER, "quantity": NUMBER, "name": TEXT},
    "company": {"country": TEXT, "approx_employees": NUMBER, "created_at": MOMENT},
    "page_view": {"happened_at": MOMENT, "path": TEXT, "title": TEXT},
    "task": {"name": TEXT, "due_date": MOMENT, "done": TRUTH, "done_date": MOMENT, "activity_type": NUMBER},
}  # fmt: skip
ATTRIBUTES: dict[str, dict[str, str]] = {
    "company": {"seats": NUMBER},
    "contact": {"birthday": DATE, "points": NUMBER, "vip": TRUTH},
    "deal": {"courier": TEXT, "due": DATE, "paid_at": MOMENT, "weight": NUMBER},
}
MONEY = {
    "deal": ("value", "lines_total", "refunded_total", "net_value"),
    "line": ("value", "total", "net_total", "refunded_value"),
}
CHOICES = {"event_type": ["view", "add to cart", "purchase"], "rfm_group": ["Champions", "Lost", "New"]}
_COLUMNS = {"stage": "stage_id", "due_date": "due_at", "done_date": "done_at"}


def kinds_of(subject: str) -> dict[str, str]:
    """Every field of a subject with its kind."""
    return FIELDS[subject] | ATTRIBUTES.get(subject, {})


def read_field(subject: str, row: Row, name: str) -> Any:
    """What a row has in a field; None where it is not set."""
    if name in ATTRIBUTES.get(subject, {}):
        return _typed(row["attributes"].get(name), ATTRIBUTES[subject][name])
    if subject == "event" and name == "amount":
        return _typed(row["data"].get(name), NUMBER)
    if subject == "line":
        return _of_line(row, name)
    return row[_COLUMNS.get(name, name)]


def in_base(subject: str, row: Row, value: Decimal | None) -> Decimal | None:
    """An amount of a deal or a line in base currency; None where no rate is known, or only one of another currency."""
    deal = row if subject == "deal" else row["deal"]
    is_alike = subject == "deal" or (row["currency"] or deal["currency"]) == deal["currency"]
    return converted(value, deal["base_rate"] if is_alike else None)


def _of_line(row: Row, name: str) -> Any:
    if name == "product_custom_id":
        found = row["receipt"].get(name)
        return None if found is None else str(found)
    worked_out = {
        "kept_quantity": lambda: row["quantity"] - row["returned_quantity"],
        "net_total": lambda: row["total"] - row["refunded_value"],
        "ordered_at": lambda: row["deal"]["ordered_at"],
        "deal_status": lambda: row["deal"]["status"],
        "deal_stage": lambda: row["deal"]["stage_id"],
    }
    return worked_out[name]() if name in worked_out else row[name]


def _typed(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == DATE:
        return date.fromisoformat(value)
    if kind == MOMENT:
        return datetime.fromisoformat(value)
    if kind == NUMBER:
        return _number(value)
    return value


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
