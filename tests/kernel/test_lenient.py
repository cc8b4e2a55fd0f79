from __future__ import annotations

from typing import Any

import pytest

from dealt.kernel import lenient


@pytest.mark.parametrize(
    ("value", "read"), [(None, None), ("", None), ("  ", None), (" a ", "a"), (7, "7"), (1.5, "1.5"), (0, "0")]
)
def test_words_are_texts_and_numbers(value: Any, read: str | None) -> None:
    assert lenient.words(5)(value) == read


@pytest.mark.parametrize("value", [True, ["a"], {}, "abcdef", 123456, 10**18, float("nan")])
def test_what_is_no_words_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        lenient.words(5)(value)


@pytest.mark.parametrize(
    ("value", "read"), [(None, []), ("", []), (["a", "b", "a"], ["a", "b"]), ([{"id": 1, "name": "a"}, "a"], ["a"])]
)
def test_names_stand_alone_or_in_objects_and_count_once(value: Any, read: list[str]) -> None:
    assert lenient.names(value) == read


@pytest.mark.parametrize("value", ["a", 5, [5], [None], [{}], [{"name": 5}], ["a"] * 1_001])
def test_what_is_no_list_of_names_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        lenient.names(value)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (None, {}),
        ({"a": 1}, {"a": 1}),
        ([{"name": "A b", "name_std": "a_b", "value": 1}], {"a_b": 1}),
        ([{"name": "A b", "value": 1}, {"name": "c"}], {"A b": 1, "c": None}),
    ],
)
def test_named_values_are_an_object_or_a_list(value: Any, read: dict[str, Any]) -> None:
    assert lenient.named_values(value) == read


@pytest.mark.parametrize("value", ["a", 5, [5], [{"value": 5}], [{"name": 5, "value": 5}]])
def test_what_names_no_values_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        lenient.named_values(value)
