"""Exchange rates of the year, month by month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random

from dealt.demo.catalogue import Row

# How many units of it one euro buys in the first month.
OPENING = {"USD": 1.0860, "GBP": 0.8450}


def exchange_rates(rng: Random, now: datetime) -> tuple[Row, ...]:
    """``{"currency", "valid_from", "rate"}`` from the first of every month that the orders need.

    ``rate`` is a decimal string: the euros that one unit of ``currency`` is worth.
    """
    rows = []
    for currency, per_euro in OPENING.items():
        for first in _months(now):
            rows.append({"currency": currency, "valid_from": first.isoformat(), "rate": f"{1 / per_euro:.6f}"})
            per_euro *= 1 + rng.gauss(0.0015, 0.009)
    return tuple(sorted(rows, key=lambda row: (row["valid_from"], row["currency"])))


def _months(now: datetime) -> list[date]:
    first = (now - timedelta(days=365)).date().replace(day=1)
    months = []
    while first <= now.date():
        months.append(first)
        first = (first + timedelta(days=32)).replace(day=1)
    return months


class Exchange:
    """The shop's monthly price conversion."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rates = {(row["currency"], row["valid_from"][:7]): float(row["rate"]) for row in rows}

    def cents(self, euro_cents: int, currency: str, at: str) -> int:
        """``euro_cents`` in hundredths of ``currency`` at the rate of the month of ``at`` (a stamp)."""
        return euro_cents if currency == "EUR" else round(euro_cents / self._rates[currency, at[:7]])
