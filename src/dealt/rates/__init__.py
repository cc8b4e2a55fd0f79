"""Exchange rates by day, and the base currency in which sums are counted."""

from dealt.rates.listing import page_of_rates
from dealt.rates.model import Rate, format_rate, parse_rate
from dealt.rates.setting import MOST_AT_ONCE, change_base_currency, delete_rate, find_rate, set_rates

__all__ = [
    "MOST_AT_ONCE",
    "Rate",
    "change_base_currency",
    "delete_rate",
    "find_rate",
    "format_rate",
    "page_of_rates",
    "parse_rate",
    "set_rates",
]
