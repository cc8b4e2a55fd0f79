"""Bringing rows together in bounded memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dealt.importing.sorting import Keyed, sorted_rows


@given(st.lists(st.text(max_size=3), max_size=60), st.integers(1, 20))
def test_rows_come_by_key_and_within_a_key_as_they_stood(keys: list[str], run: int) -> None:
    rows: list[Keyed] = [(key, number, [key, number]) for number, key in enumerate(keys, start=1)]
    assert list(sorted_rows(iter(rows), run=run)) == sorted(rows, key=lambda row: row[:2])


def test_runs_longer_than_a_chunk_are_read_back_whole() -> None:
    rows: list[Keyed] = [(f"{number * 7919 % 5000:05}", number, b"x") for number in range(5000)]
    assert list(sorted_rows(iter(rows), run=1700)) == sorted(rows)
