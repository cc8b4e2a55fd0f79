"""From bodies to patches."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealt.contacts import parse_contact
from dealt.contacts.model import BLANK
from dealt.kernel.errors import InvalidInput

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([*BLANK, "name", "tags", "user_id", "company_id", "company_custom_id", "attributes", "other"])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, JSON, max_size=4))
def test_any_json_is_read_or_refused_by_name(body: dict[str, Any]) -> None:
    try:
        patch = parse_contact(body)
    except InvalidInput as error:
        assert error.fields.keys() <= body.keys()
    else:
        assert patch.fields.keys() <= BLANK.keys() - {"tag_ids", "attributes"}


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("gender", 2, 2), ("gender", "2", 2), ("gender", "Male", 2), ("gender", None, 1), ("status", "user", 2),
        ("score", 5, 5), ("unsubscribed", "1", True), ("unsubscribed", 0, False),
        ("phone_number", 600100200, "600100200"), ("email", "  a@b.example ", "a@b.example"), ("email", "", None),
        ("first_name", " Jane ", "Jane"), ("assigned_to", "", None), ("assigned_to", "3", 3),
    ],
)  # fmt: skip
def test_a_field_is_read_in_every_form_that_shops_send(name: str, value: Any, read: Any) -> None:
    assert parse_contact({name: value}).fields == {name: read}


def test_a_field_in_another_spelling_is_still_the_field() -> None:
    patch = parse_contact({"First Name": "Jane", "Created At": "2020-01-01", "Shoe Size": 42})
    assert patch.fields == {"first_name": "Jane"}
    assert patch.attributes == {"Shoe Size": 42}


def test_a_field_that_is_written_with_humps_is_the_field_unless_that_is_given_too() -> None:
    patch = parse_contact({"firstName": "Jane", "lastName": "Doe", "last_name": "Roe", "createdAt": "2020-01-01"})
    assert patch.fields == {"first_name": "Jane", "last_name": "Roe"}
    assert patch.attributes == {"lastName": "Doe", "createdAt": "2020-01-01"}


def test_an_answer_of_version_1_is_understood() -> None:
    listed = [{"id": 1, "name": "Shoe size", "name_std": "shoe_size", "value": 42, "description": ""}]
    patch = parse_contact(
        {"id": 5, "key": "abc", "user_id": "x", "tags": [{"id": 1, "name": "vip"}], "attributes": listed}
    )
    assert (patch.custom_id, patch.custom_id_name, patch.tags) == ("x", "user_id", ["vip"])
    assert patch.attributes == {"shoe_size": 42}


def test_two_names_of_the_custom_id_must_agree() -> None:
    assert parse_contact({"user_id": 5, "custom_id": "5"}).custom_id == "5"
    with pytest.raises(InvalidInput):
        parse_contact({"user_id": 5, "custom_id": "6"})
