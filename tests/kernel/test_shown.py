from decimal import Decimal

import pytest

from dealt.kernel.shown import shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("abc", '"abc"'),
        ("", '""'),
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-12.5, "-12.5"),
        (Decimal("1.50"), "1.50"),
        ([1, 2], "A list"),
        ({"a": 1}, "An object"),
        (b"x", "A bytes"),
    ],
)
def test_a_value_is_shown_as_its_sender_wrote_it(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_long_text_is_cut() -> None:
    assert shown("x" * 61) == f'"{"x" * 60}…"'


def test_a_number_with_more_digits_than_python_prints_is_still_shown() -> None:
    assert shown(10**10_000) == "A number this long"
