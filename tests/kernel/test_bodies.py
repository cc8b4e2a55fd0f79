"""Bodies: what could not be stored, or would be lost, is refused by its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealt.kernel.bodies import parse_json, parse_object
from dealt.kernel.errors import InvalidInput

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(-1e9, 1e9)
    | st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
)
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text('ab":, \t', max_size=4), inner))


@given(values, st.sampled_from([None, 2]))
def test_every_json_value_comes_back_as_it_is(value: Any, indent: int | None) -> None:
    assert parse_json(json.dumps(value, indent=indent).encode()) == value


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"a": 1, "a": 2}', "a"),
        (b'{"a"\n:1,"b":2,"b":3}', "b"),
        (b'{"x": [{"b": 1, "b" : 2}]}', "b"),
        (b'{"a": "\\u0000"}', "a"),
        (b'{"a": {"b\\u0000": 1}}', "a.b"),
        (b'{"a": [1, 123456789012345678901]}', "a.1"),
        (b"123456789012345678901", "body"),
        (b'{"a": -9223372036854775809}', "a"),
        (b'{"a": {"b": 1e19}}', "a.b"),
        (b'{"a": NaN}', "body"),
        (b'{"a": 1e400}', "body"),
        (b'{"a": "\\ud800"}', "body"),
        (b'{"a": "\xff"}', "body"),
        (b'{"a": ', "body"),
        (b"[" * 100_000, "body"),
        (b'{"a": ' + b"[" * 100 + b"]" * 100 + b"}", "body"),
        (b"[1]", "body"),
    ],
)
def test_what_cannot_be_stored_is_refused_by_its_place(body: bytes, place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_object(body)
    assert list(refused.value.fields) == [place]


def test_a_body_may_be_nested_a_hundred_deep() -> None:
    body = b'{"a": ' + b"[" * 99 + b"]" * 99 + b"}"
    assert parse_object(body) == json.loads(body)


def test_a_form_is_an_object_of_texts() -> None:
    form = "application/x-www-form-urlencoded; charset=utf-8"
    assert parse_object(b"email=a%40b.c&tags[]=x&tags[]=y&empty=", form) == {
        "email": "a@b.c", "tags": ["x", "y"], "empty": "",
    }  # fmt: skip


def test_an_empty_body_is_an_empty_object() -> None:
    assert parse_object(b" \n") == {}
