from __future__ import annotations

from typing import Any

import pytest

from dealt.companies import FIELDS, Company, parse_company
from dealt.kernel.errors import InvalidInput


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": None}, "name"),
        ({"name": ["A"]}, "name"),
        ({"name": "A" * 256}, "name"),
        ({"custom_id": True}, "custom_id"),
        ({"approx_employees": -1}, "approx_employees"),
        ({"approx_employees": 2**31}, "approx_employees"),
        ({"approx_employees": 1.5}, "approx_employees"),
        ({"approx_employees": "many"}, "approx_employees"),
        ({"phone_numbers": [{"number": 1}]}, "phone_numbers"),
        ({"phone_numbers": ["1"] * 21}, "phone_numbers"),
        ({"email": {}}, "email"),
        ({"tags": "b2b"}, "tags"),
        ({"City": "Rome", "city": "Rome"}, "city"),
    ],
)
def test_what_cannot_be_taken_is_named(body: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_company(body)
    assert refused.value.fields.keys() == {field}
    assert refused.value.fields[field][0]


def test_numbers_may_stand_for_texts_and_one_phone_number_alone() -> None:
    patch = parse_company({"name": 3, "postal_code": 12345, "phone_numbers": 4811, "approx_employees": ""})
    assert patch.fields == {"name": "3", "postal_code": "12345", "phone_numbers": ["4811"], "approx_employees": None}
    assert parse_company({"phone_numbers": None}).fields == {"phone_numbers": []}


def test_what_answers_carry_and_nobody_sets_is_dropped_and_all_else_is_an_attribute() -> None:
    patch = parse_company({"id": 1, "employees": [1], "created_at": "x", "updated_at": "y", "industry": "Tools"})
    assert (patch.fields, patch.attributes, patch.tags) == ({}, {"industry": "Tools"}, None)


def test_every_filter_field_is_a_column() -> None:
    assert {field.column for field in FIELDS} <= set(Company.__struct_fields__)
