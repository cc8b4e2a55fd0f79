"""What an exchange rate is, and how one is read and written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from dealt.kernel.shown import shown

DECIMALS = 12
LIMIT = Decimal(10) ** 12
"""Every rate is above 0 and below this: numeric(24,12) has 12 digits before the point and 12 behind it."""

_FINEST = Decimal(1).scaleb(-DECIMALS)
_LONGEST_TEXT = 64


@dataclass(frozen=True, slots=True)
class Rate:
    """From ``valid_from`` until the currency's next rate, one unit of ``currency`` is worth ``rate`` of the base."""

    currency: str
    valid_from: date
    rate: Decimal


def parse_rate(value: Any) -> Decimal:
    """The rate in a JSON number, a numeric text or a Decimal, rounded to 12 decimals.

    Raises ValueError, a sentence, for anything else and for what is not above 0 and below ``LIMIT``.
    """
    exact = _exact(value)
    if not exact.is_finite():
        raise _not_a_rate(value)
    if not 0 < exact < LIMIT:
        raise ValueError(f"{shown(value)} is not above 0 and below 10 to the power of 12.")
    rate = exact.quantize(_FINEST, ROUND_HALF_EVEN)
    if not 0 < rate < LIMIT:
        raise ValueError(f"{shown(value)} has more than {DECIMALS} digits where the first that counts must stand.")
    return rate


def format_rate(rate: Decimal) -> str:
    """The rate in plain digits, without the zeros at its end: "0.92", "4"."""
    text = f"{rate:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _exact(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise _not_a_rate(value)
    if isinstance(value, int) and abs(value) >= LIMIT:
        return LIMIT
    text = repr(value) if isinstance(value, float) else str(value).strip()
    if len(text) > _LONGEST_TEXT or not text.isascii() or "_" in text:
        raise _not_a_rate(value)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise _not_a_rate(value) from None


def _not_a_rate(value: Any) -> ValueError:
    return ValueError(f"{shown(value)} is not a rate such as 0.92.")
