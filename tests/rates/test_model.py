"""Reading and writing exchange rates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealt.rates import format_rate, parse_rate


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        (1, "1"),
        (0.92, "0.92"),
        (" 4.3151 ", "4.3151"),
        ("1E-12", "0.000000000001"),
        (Decimal("999999999999.999999999999"), "999999999999.999999999999"),
        (0.1 + 0.2, "0.3"),
        ("0.1234567890125", "0.123456789012"),
    ],
)
def test_a_rate_is_read_exactly_and_rounded_to_12_decimals(value: Any, rate: str) -> None:
    assert format_rate(parse_rate(value)) == rate


@pytest.mark.parametrize(
    "value",
    [
        None, True, [], {}, "", "abc", "1_000", "٣", "1,5", "x" * 10_000, "9" * 65,
        float("nan"), float("inf"), "NaN", "-Infinity", "sNaN",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"is not a rate such as 0\.92"):
        parse_rate(value)


@pytest.mark.parametrize("value", [0, -1, "0.00", 10**12, 10**4000, 1e300, "1e99999", "-0.5", float("-0.0")])
def test_what_is_not_between_the_limits_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="is not above 0 and below"):
        parse_rate(value)


@pytest.mark.parametrize("value", ["1e-13", "999999999999.9999999999999"])
def test_what_rounding_would_put_on_a_limit_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="more than 12 digits"):
        parse_rate(value)


@given(st.decimals(min_value="0.000000000001", max_value="999999999999", places=12))
def test_a_rate_that_is_written_reads_back_as_itself(rate: Decimal) -> None:
    assert parse_rate(format_rate(rate)) == rate
