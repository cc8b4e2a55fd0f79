from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealt.kernel.errors import InvalidInput
from dealt.products import FIELDS, Product, parse_product

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([*Product.__struct_fields__, "tags", "attributes", "Price", "colour"]) | st.text(max_size=8)


@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_any_json_object_is_a_patch_or_is_refused_by_name(body: dict[str, Any]) -> None:
    try:
        patch = parse_product(body)
    except InvalidInput as error:
        assert error.fields
        assert all(sentences and sentences[0] for sentences in error.fields.values())
    else:
        assert set(patch.fields) <= set(Product.__struct_fields__)


def test_amounts_are_exact_and_empty_texts_are_nothing() -> None:
    patch = parse_product({"price": 0.1, "quantity": "3", "category": " ", "description": "", "name": None})
    assert patch.fields == {
        "price": Decimal("0.1"), "quantity": Decimal(3), "category": None, "description": None, "name": "",
    }  # fmt: skip


def test_what_answers_carry_and_nobody_sets_is_dropped() -> None:
    patch = parse_product({"id": 5, "created_at": "x", "updated_at": "y"})
    assert (patch.fields, patch.attributes, patch.tags) == ({}, {}, None)


def test_everything_else_is_an_attribute_as_it_was_sent() -> None:
    patch = parse_product({"colour": "red", "attributes": [{"name_std": "size", "value": 40, "id": 1}], "Sale!": True})
    assert patch.attributes == {"colour": "red", "size": 40, "Sale!": True}


@pytest.mark.parametrize(
    "address", ["https://a.example/x", "HTTP://a.example", "//a.example/x.png", "/media/x.png?a=b:c"]
)
def test_addresses_of_the_web_are_taken(address: str) -> None:
    assert parse_product({"image_url": f" {address} "}).fields == {"image_url": address}


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", " JAVASCRIPT:x", "vbscript:x", "data:,x", "java\tscript:x", "a b"]
)
def test_addresses_that_could_run_or_break_are_refused(address: str) -> None:
    with pytest.raises(InvalidInput):
        parse_product({"product_url": address})


def test_every_filter_field_is_a_column() -> None:
    assert {field.column for field in FIELDS} <= set(Product.__struct_fields__)
