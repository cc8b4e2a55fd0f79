"""Bodies of tasks, as clients send them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dealt.kernel.errors import InvalidInput
from dealt.tasks import parse_task

WARSAW = ZoneInfo("Europe/Warsaw")


def test_every_field_finds_its_column_and_the_rest_are_attributes() -> None:
    patch = parse_task(
        {
            "activity_type": 2, "name": " Call ", "due_date": "2025-06-24T12:00:00", "assigned_to": 1,
            "company_id": 3, "deal_id": 4, "user_id": 5, "description": "", "done": "true", "duration": 30,
            "custom_id": 77, "priority": 3, "id": 9, "created_at": "x", "done_date": None, "created_by": 8,
        },
        WARSAW,
    )  # fmt: skip
    assert patch.fields == {
        "activity_type": 2, "name": "Call", "due_at": datetime(2025, 6, 24, 10, tzinfo=UTC), "assigned_to": 1,
        "company_id": 3, "deal_id": 4, "contact_id": 5, "description": "", "done": True, "duration_minutes": 30,
        "custom_id": "77",
    }  # fmt: skip
    assert patch.attributes == {"priority": 3}


def test_older_names_are_taken_and_newer_ones_win() -> None:
    patch = parse_task({"datetime": "2025-06-24", "person": 5, "deal": 1, "deal_id": 4, "company": None}, WARSAW)
    assert patch.fields == {
        "due_at": datetime(2025, 6, 23, 22, tzinfo=UTC), "contact_id": 5, "deal_id": 4, "company_id": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", 5), ("name", "x" * 256), ("name", None), ("due_date", None), ("due_date", "0001-01-01"),
        ("due_date", "9999-12-31"), ("due_date", "soon"), ("duration", -1), ("duration", 1.5), ("duration", 2**31),
        ("assigned_to", "x"), ("deal_id", 0), ("deal_id", 2**63), ("user_id", True), ("done", "yes"), ("done", None),
        ("activity_type", -1), ("description", "x" * 10_001), ("custom_id", ["t"]), ("custom_id", "x" * 256),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_by_name(field: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as raised:
        parse_task({field: value}, WARSAW)
    assert list(raised.value.fields) == [field]
