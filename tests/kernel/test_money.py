from decimal import Decimal
from enum import IntEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealt.kernel.money import AMOUNT_LIMIT, CURRENCIES, format_amount, parse_amount, parse_currency

stored_amounts = st.decimals(
    min_value=-AMOUNT_LIMIT + 1, max_value=AMOUNT_LIMIT - 1, places=6, allow_nan=False, allow_infinity=False
)
json_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.decimals(),
    st.from_regex(r"[+-]?[0-9_]{0,20}\.?[0-9]{0,14}([eE][+-]?[0-9]{1,9})?", fullmatch=True),
    st.lists(st.integers(), max_size=2),
)


@pytest.mark.parametrize(
    ("code", "digits"),
    [("EUR", 2), ("PLN", 2), ("JPY", 0), ("ISK", 0), ("KWD", 3), ("CLF", 4), ("HRK", 2), ("XCG", 2)],
)
def test_a_currency_has_the_decimals_of_its_minor_unit(code: str, digits: int) -> None:
    assert CURRENCIES[code] == digits


def test_every_currency_code_is_three_capitals() -> None:
    assert all(len(code) == 3 and code.isascii() and code.isalpha() and code.isupper() for code in CURRENCIES)


@pytest.mark.parametrize("text", ["EUR", "eur", " eur\n", "Eur"])
def test_a_currency_is_read_in_any_case_with_blanks_around_it(text: str) -> None:
    assert parse_currency(text) == "EUR"


@pytest.mark.parametrize("value", ["EURO", "", "XXX", "XAU", "€", None, 978, ["EUR"], {"code": "EUR"}])
def test_what_is_no_currency_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is not an ISO 4217 currency code such as EUR"):
        parse_currency(value)


class Size(IntEnum):
    LARGE = 7


class NumpyLikeFloat(float):
    def __repr__(self) -> str:
        return f"np.float64({float(self)!r})"


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (0, "0"),
        (1250, "1250"),
        (-3, "-3"),
        (99.99, "99.99"),
        (249.99, "249.99"),
        (1e-7, "0"),
        (1.5e13, "15000000000000"),
        (0.1 + 0.2, "0.3"),
        (4.35 * 100, "435"),
        ("249.99", "249.99"),
        (" 249.99 ", "249.99"),
        ("-0.5", "-0.5"),
        ("1e3", "1000"),
        (".5", "0.5"),
        ("1.500000000000000", "1.5"),
        ("0.0000005", "0"),
        ("0.0000015", "0.000002"),
        ("0e40", "0"),
        (Decimal("12.345"), "12.345"),
        (Size.LARGE, "7"),
        (NumpyLikeFloat(2.5), "2.5"),
    ],
)
def test_an_amount_is_read_exactly(value: object, amount: str) -> None:
    assert parse_amount(value) == Decimal(amount)


@pytest.mark.parametrize("value", [-0.0, "-0", "-0.0000001", Decimal("-0.00"), -1e-9])
def test_there_is_no_minus_zero(value: object) -> None:
    assert str(parse_amount(value)) == "0.000000"


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, "", "  ", [], {}, b"1"),
        *("abc", "1,250.00", "1 250", "1_000", "12€", "٣", "0x10", "nan", "inf", "-Infinity", "sNaN123"),
        *(float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity")),
        "1" * 65,
    ],
)
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"is not an amount such as 249\.99"):
        parse_amount(value)


@pytest.mark.parametrize(
    "value",
    [
        *(10**14, -(10**14), 10**300, 1e14, 1.7e308, "1e14", "1e999999", "100000000000000"),
        *("99999999999999.9999999", Decimal("1e14"), Decimal("-1e400")),
    ],
)
def test_an_amount_that_the_column_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="has more than 14 digits before the point"):
        parse_amount(value)


@pytest.mark.parametrize("value", ["0.12345678901", "1e-11", Decimal("3.33333333333"), "1e-999999999"])
def test_a_text_with_more_than_ten_decimals_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="has more than 10 decimals"):
        parse_amount(value)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("1250", "1250.00"),
        ("1250.000000", "1250.00"),
        ("0.125", "0.125"),
        ("0.5", "0.50"),
        ("0.000001", "0.000001"),
        ("-12.30", "-12.30"),
        ("0", "0.00"),
        ("-0.0000001", "0.00"),
        ("1E+3", "1000.00"),
        ("99999999999999.999999", "99999999999999.999999"),
        ("1234567890123456789012.5", "1234567890123456789012.50"),
    ],
)
def test_an_amount_is_written_in_plain_digits_with_two_decimals_or_more(amount: str, text: str) -> None:
    assert format_amount(Decimal(amount)) == text


@given(stored_amounts)
def test_every_stored_amount_survives_writing_and_reading(amount: Decimal) -> None:
    assert parse_amount(format_amount(amount)) == amount


@given(st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_a_float_keeps_the_decimals_that_it_prints(digits: int, places: int) -> None:
    exact = Decimal(digits).scaleb(-places)
    assert parse_amount(float(exact)) == exact


@given(json_values)
def test_anything_becomes_an_amount_that_the_column_holds_or_a_sentence(value: object) -> None:
    try:
        amount = parse_amount(value)
    except ValueError as error:
        assert str(error).endswith(".")
    else:
        assert amount.as_tuple().exponent == -6
        assert abs(amount) < AMOUNT_LIMIT
