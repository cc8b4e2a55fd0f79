"""Cursors go round whole, and nothing that was changed or made up passes for one."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealt.kernel.cursors import decode_cursor, encode_cursor
from dealt.kernel.errors import InvalidInput

VALUES = [1, -(2**63), "a", "", "ü,'", datetime(2025, 6, 24, 12, tzinfo=UTC), date(2025, 1, 1), Decimal("1.50")]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_a_cursor_comes_back_as_it_was(value: Any) -> None:
    text = encode_cursor(value, 7, "x ASC, id ASC")
    assert decode_cursor(text, "x ASC, id ASC") == (value, 7)
    with pytest.raises(InvalidInput):
        decode_cursor(text, "x DESC, id DESC")


@given(st.data())
def test_a_cursor_that_was_changed_is_refused(data: st.DataObject) -> None:
    text = encode_cursor(data.draw(st.integers(-(2**63), 2**63 - 1)), 7, "id ASC")
    place = data.draw(st.integers(0, len(text) - 2))
    other = data.draw(st.sampled_from("abcXYZ019-_").filter(lambda letter: letter != text[place]))
    with pytest.raises(InvalidInput):
        decode_cursor(text[:place] + other + text[place + 1 :], "id ASC")


@given(st.binary(max_size=60) | st.text(max_size=20).map(str.encode))
def test_nothing_that_is_made_up_is_a_cursor(made_up: bytes) -> None:
    for text in (made_up.decode("latin-1"), base64.urlsafe_b64encode(made_up).decode()):
        with pytest.raises(InvalidInput):
            decode_cursor(text, "id ASC")
