"""dealt.demo.rates: euros, dollars and pounds."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from dealt.demo.rates import Exchange, exchange_rates

NOW = datetime(2025, 6, 24, 14, 30, tzinfo=UTC)


def test_there_is_a_rate_for_every_month_from_a_year_before() -> None:
    months = [row["valid_from"] for row in exchange_rates(Random(1), NOW) if row["currency"] == "GBP"]
    assert months[0] == "2024-06-01"
    assert months[-1] == "2025-06-01"
    assert len(months) == 13


def test_a_rate_is_what_one_unit_is_worth_in_euros() -> None:
    exchange = Exchange([{"currency": "GBP", "valid_from": "2025-06-01", "rate": "1.250000"}])
    assert exchange.cents(100_00, "GBP", "2025-06-24T14:30:00Z") == 80_00


def test_euros_stay_as_they_are() -> None:
    assert Exchange([]).cents(1234, "EUR", "2025-06-24T14:30:00Z") == 1234
