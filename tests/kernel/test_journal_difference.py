from __future__ import annotations

from typing import Any

import pytest

from dealt.kernel.journal import difference


def test_what_differs_is_shown_before_and_after_and_absent_is_none() -> None:
    before = {"name": "Mug", "price": "9.00", "colour": "red"}
    after = {"name": "Mug", "price": "9.50", "size": "L"}
    assert difference(before, after) == {"price": ("9.00", "9.50"), "colour": ("red", None), "size": (None, "L")}


@pytest.mark.parametrize(
    ("before", "after"), [(1, 1.0), ("a", "a"), (None, None), (True, True), ({"a": [1, 2]}, {"a": [1.0, 2]})]
)
def test_equal_values_are_no_difference(before: Any, after: Any) -> None:
    assert difference({"it": before}, {"it": after}) == {}


@pytest.mark.parametrize(
    ("before", "after"), [(True, 1), (0, False), ([True], [1]), ({"a": {"b": 1}}, {"a": {"b": True}}), ([1], [1, 2])]
)
def test_true_is_not_one_at_any_depth(before: Any, after: Any) -> None:
    assert difference({"it": before}, {"it": after}) == {"it": (before, after)}
