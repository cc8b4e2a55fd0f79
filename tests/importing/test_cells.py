"""What a cell says."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dealt.importing.cells import Reading
from dealt.importing.errors import BadMapping
from dealt.importing.mapping import FileMapping, Source

UTC = ZoneInfo("UTC")


def read(cell: Any, name: str = "x", *, decimal_comma: bool = False, zone: str | None = None, **source: Any) -> Any:
    """What the field ``name`` gets from a row of one cell."""
    reading = Reading(FileMapping(decimal_comma=decimal_comma, time_zone=zone), ["h"], UTC)
    return reading.field(name, Source(**({"column": "h"} | source)))([cell])


def test_a_plain_cell_is_as_it_is() -> None:
    assert [read(cell) for cell in (" a ", 1, 1.5, True, None)] == [" a ", 1, 1.5, True, None]


@pytest.mark.parametrize("cell", [41, 41.0, "41", " 41 "])
def test_an_id_is_a_text_without_what_a_spreadsheet_made_of_it(cell: Any) -> None:
    assert read(cell, "custom_id") == "41"


@pytest.mark.parametrize("cell", ["", None])
def test_an_empty_cell_is_nothing_whatever_it_should_become(cell: Any) -> None:
    assert not read(cell, "custom_id", values={"a": 1}, split=";", format="%Y", type="number")


@pytest.mark.parametrize(
    ("cell", "amount"),
    [("12,50", "12.50"), ("1.004,00", "1004.00"), ("1 004,5", "1004.5"), ("-3", "-3"), (12.5, 12.5), ("7.000", "7000")],
)
def test_amounts_with_a_decimal_comma(cell: Any, amount: Any) -> None:
    assert read(cell, "value", decimal_comma=True) == amount


@pytest.mark.parametrize("cell", ["12.50", "1,004.00", "1.00,5", "x", "12,50 EUR"])
def test_where_amounts_have_a_comma_those_with_a_point_are_refused_instead_of_multiplied(cell: str) -> None:
    with pytest.raises(ValueError, match="is not an amount such as 249,99"):
        read(cell, "total", decimal_comma=True)


def test_without_a_decimal_comma_amounts_are_left_to_the_rules_of_orders() -> None:
    assert read("1,004.00", "value") == "1,004.00"


@pytest.mark.parametrize(
    ("cell", "form", "moment"),
    [
        ("24.06.2025 14:00", "%d.%m.%Y %H:%M", "2025-06-24T12:00:00Z"),
        ("24.06.2025", "%d.%m.%Y", "2025-06-24"),
        ("2025-06-24 14:00:00 +0500", "%Y-%m-%d %H:%M:%S %z", "2025-06-24T09:00:00Z"),
        (20250624, "%Y%m%d", "2025-06-24"),
    ],
)
def test_a_date_is_read_by_its_format_in_the_zone_of_the_file(cell: Any, form: str, moment: str) -> None:
    assert read(cell, "order_date", zone="Europe/Warsaw", format=form) == moment


def test_an_iso_time_without_an_offset_is_read_in_the_zone_of_the_file() -> None:
    assert read("2025-06-24T14:00:00", "order_date", zone="Europe/Warsaw") == "2025-06-24T12:00:00Z"
    assert read("2025-06-24 14:00", "due", zone="Europe/Warsaw", type="datetime") == "2025-06-24T12:00:00Z"
    assert read("2025-06-24T14:00:00", "order_date") == "2025-06-24T14:00:00"


def test_a_date_that_is_written_otherwise_is_refused_with_both() -> None:
    with pytest.raises(ValueError, match=r'"2025-06-24" is not written as %d\.%m\.%Y\.'):
        read("2025-06-24", "order_date", format="%d.%m.%Y")


def test_texts_are_translated_without_regard_to_their_case() -> None:
    values = {"Paid": 2, "3": 3}
    assert [read(cell, "status", values=values) for cell in ("PAID", 3, 3.0)] == [2, 3, 3]
    assert read("odd", "status", values=values, otherwise=1) == 1


def test_a_text_without_a_translation_is_refused() -> None:
    with pytest.raises(ValueError, match='The mapping does not say what "odd" means; it knows paid'):
        read("odd", "status", values={"paid": 2})


def test_lists_are_split() -> None:
    assert read("A, B,,C", "products_custom_id") == ["A", "B", "C"]
    assert read("x|y", "labels", split="|") == ["x", "y"]
    assert read(["A"], "products_custom_id") == ["A"]


def test_a_number_is_a_number_where_the_mapping_says_so() -> None:
    assert [read(cell, type="number") for cell in ("4.90", "12", 3)] == [4.9, 12, 3]
    assert read("4,90", type="number", decimal_comma=True) == 4.9
    with pytest.raises(ValueError, match='"x" is not a number'):
        read("x", type="number")


def test_a_template_takes_cells_as_ids_are_taken() -> None:
    reading = Reading(FileMapping(), ["No", "Shop"], UTC)
    field = reading.field("name", Source(template="Order {No} of {Shop}!"))
    assert field([41.0, None]) == "Order 41 of !"
    assert reading.field("name", Source(template="Plain"))([1, 2]) == "Plain"


def test_an_object_is_looked_into_along_the_dots() -> None:
    field = Reading(FileMapping(), [], UTC).field("user_custom_id", Source(column="customer.id"))
    assert field({"customer": {"id": 7}}) == "7"
    rows: list[dict[str, Any]] = [{}, {"customer": None}, {"customer": 3}, {"customer": {}}]
    assert [field(row) for row in rows] == [None] * 4


def test_a_column_that_the_file_lacks_is_named_with_those_that_it_has() -> None:
    with pytest.raises(BadMapping, match="sku: The file has no such column; it has SKU, Qty"):
        Reading(FileMapping(), ["SKU", "Qty"], UTC).field("product_custom_id", Source(column="sku"))
