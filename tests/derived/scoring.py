"""Scores of an RFM, from figures and edges, as somebody with the table of groups at hand would say them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.derived.facts import Facts
from tests.derived.times import day_of

KEY = "rfm"
SCORES = (f"{KEY}_recency", f"{KEY}_frequency", f"{KEY}_monetary")
# Recency 1 to 5 downwards, frequency 1 to 5 to the right.
_TABLE = (
    ("Lost", "Lost", "At risk", "At risk", "Cannot lose them"),
    ("Hibernating", "Hibernating", "At risk", "At risk", "Cannot lose them"),
    ("About to sleep", "About to sleep", "Need attention", "Loyal", "Loyal"),
    ("Promising", "Potential loyalists", "Potential loyalists", "Loyal", "Loyal"),
    ("New", "Potential loyalists", "Potential loyalists", "Champions", "Champions"),
)
GROUPS = tuple(sorted({group for row in _TABLE for group in row}))


def score(facts: Facts, name: str, orders: Any, last: Any, value: Any) -> Any:
    """The score or group of somebody; None without an order that counts, and while there are no edges."""
    edges = facts.rfm and facts.rfm["edges"]
    if edges is None or not orders:
        return None
    frequency = _reached(orders, edges["frequency"])
    if name == SCORES[1]:
        return Decimal(frequency)
    if name == SCORES[2]:
        return Decimal(_reached(value or Decimal(0), edges["monetary"]))
    if last is None:
        # What finds the last order was put aside.
        return None
    day = day_of(last, facts.zone)
    recency = 1 + sum(day >= date.fromisoformat(edge) for edge in edges["recency"] if edge is not None)
    return Decimal(recency) if name == SCORES[0] else _TABLE[recency - 1][frequency - 1]


def fixed(facts: Facts) -> Any:
    """The edges that thresholds mean today; None for quintiles."""
    thresholds = facts.rfm and facts.rfm["thresholds"]
    if thresholds is None:
        return None
    today = day_of(facts.now, facts.zone)
    days = [(today - timedelta(days=int(days))).isoformat() for days in reversed(thresholds["recency_days"])]
    return {"recency": days} | {
        name: [Decimal(str(edge)) for edge in thresholds[name]] for name in ("frequency", "monetary")
    }


def _reached(figure: Any, edges: list[Any]) -> int:
    return 1 + len([edge for edge in edges if edge is not None and figure >= Decimal(str(edge))])
