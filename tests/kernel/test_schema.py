"""Reading the fields of a body, all that is wrong said at once."""

from __future__ import annotations

from typing import Any

import pytest

from dealt.kernel.errors import InvalidInput
from dealt.kernel.schema import Reader, flag, list_of, or_null, read_fields, refuse_unknown, text, whole_number

READERS: dict[str, Reader] = {"name": text(5), "count": whole_number(1, 9), "on": flag}


def test_only_fields_that_are_given_and_known_are_read() -> None:
    assert read_fields({"name": " mug ", "colour": "red"}, READERS) == {"name": "mug"}


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InvalidInput) as raised:
        read_fields({"name": "too long", "on": "maybe"}, READERS, required=("count", "name"))
    assert raised.value.fields == {
        "count": ["This field is required."],
        "name": ["This is longer than 5 characters."],
        "on": ['"maybe" is not true or false.'],
    }


def test_unknown_fields_are_named_with_those_there_are() -> None:
    refuse_unknown({"name": 1}, READERS)
    with pytest.raises(InvalidInput) as raised:
        refuse_unknown({"name": 1, "colour": 2, "nmae": 3}, READERS)
    assert raised.value.fields == {
        "colour": ["There is no such field; there are count, name, on."],
        "nmae": ["There is no such field; there are count, name, on."],
    }


@pytest.mark.parametrize(
    ("reader", "value", "expected"),
    [
        (text(), " x ", "x"), (text(blank=True), "  ", ""), (text(3), "abc", "abc"),
        (whole_number(-5, 5), -5, -5), (whole_number(0, 2**63 - 1), str(2**63 - 1), 2**63 - 1),
        (flag, True, True), (flag, "False", False), (flag, 1, True), (flag, "0", False),
        (list_of(text(), 2), ["a ", "b"], ["a", "b"]), (list_of(text(), 2), [], []),
        (or_null(flag), None, None), (or_null(flag), False, False),
    ],
)  # fmt: skip
def test_a_good_value_is_read(reader: Reader, value: Any, expected: Any) -> None:
    read = reader(value)
    assert (read, type(read)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("reader", "value", "sentence"),
    [
        (text(), None, "null is not a text."), (text(), 5, "5 is not a text."),
        (text(), " ", "This field may not be blank."), (text(3), "abcd", "This is longer than 3 characters."),
        (whole_number(1, 9), True, "true is not a whole number."),
        (whole_number(1, 9), 1.0, "1.0 is not a whole number."),
        (whole_number(1, 9), "٣", '"٣" is not a whole number.'),
        (whole_number(1, 9), "9" * 30, f'"{"9" * 30}" is not a whole number.'),
        (whole_number(1, 9), 0, "0 is not between 1 and 9."), (whole_number(1, 9), "10", "10 is not between 1 and 9."),
        (flag, 2, "2 is not true or false."), (flag, None, "null is not true or false."),
        (flag, [True], "A list is not true or false."),
        (list_of(text(), 2), "ab", '"ab" is not a list.'),
        (list_of(text(), 2), ["a", "b", "c"], "This list has more than 2 entries."),
        (list_of(text(), 2), ["a", 5], "5 is not a text."),
        (or_null(text()), 5, "5 is not a text."),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_with_a_sentence(reader: Reader, value: Any, sentence: str) -> None:
    with pytest.raises(ValueError) as raised:
        reader(value)
    assert str(raised.value) == sentence


@pytest.mark.parametrize("reader", [whole_number(1, 9), flag, text()])
def test_a_number_too_long_to_print_is_refused_like_any_other(reader: Reader) -> None:
    with pytest.raises(ValueError, match="A number this long is not"):
        reader(10**5000)
