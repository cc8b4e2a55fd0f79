"""Which rows belong together."""

from __future__ import annotations

import pytest

from dealt.importing.errors import UnreadableFile
from dealt.importing.grouping import MOST_ROWS, Group, alone, once, together
from dealt.importing.sorting import Keyed


def keyed(keys: str) -> list[Keyed]:
    return [("" if key == "." else key, number, [key]) for number, key in enumerate(keys, start=1)]


def shape(groups: list[Group]) -> list[tuple[str, int, int]]:
    return [(group.key, group.first, len(group.rows)) for group in groups]


def test_rows_that_follow_each_other_with_the_same_key_are_one_order() -> None:
    assert shape(list(together(keyed("aabccc")))) == [("a", 1, 2), ("b", 3, 1), ("c", 4, 3)]


def test_rows_without_a_key_stand_alone() -> None:
    assert shape(list(together(keyed("a..b")))) == [("a", 1, 1), ("", 2, 1), ("", 3, 1), ("b", 4, 1)]


def test_each_row_alone_is_an_order() -> None:
    assert shape(list(alone(keyed("aa")))) == [("a", 1, 1), ("a", 2, 1)]


def test_an_order_with_too_many_rows_comes_in_marked_pieces() -> None:
    groups = list(together(keyed("a" * (2 * MOST_ROWS + 1) + "b")))
    assert shape(groups) == [
        ("a", 1, MOST_ROWS), ("a", MOST_ROWS + 1, MOST_ROWS), ("a", 2 * MOST_ROWS + 1, 1), ("b", 2 * MOST_ROWS + 2, 1),
    ]  # fmt: skip
    assert [group.is_cut for group in groups] == [True, True, True, False]
    assert not any(group.is_cut for group in together(keyed("a" * MOST_ROWS)))


def test_an_order_that_goes_on_after_others_stops_the_import_before_its_second_part_replaces_the_first() -> None:
    groups = once(together(keyed("aaba")))
    assert next(groups).key == "a"
    assert next(groups).key == "b"
    with pytest.raises(UnreadableFile, match=r'The order "a" has rows from 1 on, and again from 4 on\. .*"anywhere"'):
        next(groups)


def test_orders_without_a_key_are_no_repetition_and_the_watch_is_bounded() -> None:
    assert len(list(once(together(keyed("a..b.c"))))) == 6
    assert len(list(once(together(keyed("abca")), remembered=2))) == 4
