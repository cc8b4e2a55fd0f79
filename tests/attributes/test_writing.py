from __future__ import annotations

from typing import Any

import pytest

from dealt.attributes import merge_values, split_body, type_values
from dealt.kernel.errors import InvalidInput
from tests.house import NOW, House

STANDARD, READ_ONLY = {"name", "price"}, {"id"}


def test_fields_attributes_and_read_only_keys_part() -> None:
    body = {"id": 1, "Name": "Mug", "price": 9, "Unit Price": 3, "attributes": {"colour": "red"}}
    assert split_body(body, STANDARD, READ_ONLY) == ({"name": "Mug", "price": 9}, {"Unit Price": 3, "colour": "red"})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"price": 1, "PRICE": 2}, "PRICE"),
        ({"attributes": {}, "Attributes": {}}, "Attributes"),
        ({"attributes": {"Price": 1}}, "attributes"),
        ({"attributes": {"id": 1}}, "attributes"),
        ({"attributes": "red"}, "attributes"),
    ],
)
def test_an_attribute_never_hides_behind_a_field(body: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        split_body(body, STANDARD, READ_ONLY)
    assert refused.value.fields.keys() == {field}


def test_none_removes_a_stored_value() -> None:
    assert merge_values({"a": 1, "b": 2}, {"b": None, "c": 3, "d": None}) == {"a": 1, "c": 3}


async def test_values_are_typed_and_what_they_need_is_defined_once(house: House) -> None:
    async def write(raw: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        typed = await house.run(
            lambda connection, snapshot: type_values(connection, snapshot, "product", raw, actor="token:1", now=NOW)
        )
        return typed.values, typed.defined

    assert await write({"Size": "40", "since": "2025-06-24"}) == ({"size": "40", "since": "2025-06-24"}, True)
    assert await write({"size": 41, "since": None}) == ({"size": "41", "since": None}, False)
    assert await write({"since": "soon"}) == ({"since": "soon"}, True)
    assert await write({"nothing": None}) == ({}, False)
