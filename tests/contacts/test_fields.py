"""The catalogue of a contact's standard fields."""

from __future__ import annotations

from dealt.attributes import VALUE_TYPES
from dealt.contacts import FIELDS
from dealt.contacts.model import BLANK
from tests.contacts.conftest import House

KINDS = {
    "boolean": {"boolean"}, "integer": {"bigint", "integer", "smallint"}, "string": {"text"},
    "datetime": {"timestamp with time zone"},
}  # fmt: skip


async def test_every_field_is_a_column_of_its_type(house: House) -> None:
    rows = await house.pool.fetch(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'contacts'"
    )
    columns = {row["column_name"]: row["data_type"] for row in rows}
    assert {field.column for field in FIELDS} <= columns.keys()
    assert all(columns[field.column] in KINDS[field.value_type] for field in FIELDS)
    assert {field.value_type for field in FIELDS} <= set(VALUE_TYPES)


def test_everything_that_clients_write_can_be_filtered() -> None:
    assert BLANK.keys() - {"tag_ids", "attributes"} <= {field.column for field in FIELDS}
