"""From rows to the body of an order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from dealt.importing.composing import Composer
from dealt.importing.errors import BadMapping
from dealt.importing.mapping import read_mapping
from dealt.kernel.errors import InvalidInput

UTC = ZoneInfo("UTC")
HEADINGS = ["order", "who", "mail", "state", "sku", "qty", "price", "note"]
LINES = """
group_by = "order"
[order]
custom_id = "order"
user_custom_id = "who"
name = { template = "Order {order}" }
status = { column = "state", values = { paid = 2 } }
currency = { constant = "EUR" }
value = { lines_total = true }
[lines]
product_custom_id = "sku"
quantity = "qty"
value = "price"
unit = { constant = "piece" }
[contact]
email = "mail"
"""


def composer(text: str = LINES, headings: list[str] = HEADINGS) -> Composer:
    return Composer(read_mapping(text), headings, UTC)


def row(*cells: Any) -> list[Any]:
    return [*cells, *[""] * (len(HEADINGS) - len(cells))]


def test_rows_become_an_order_with_their_lines() -> None:
    made = composer().compose([row(7, "ann", "a@b.c", "Paid", "MUG", "2", "1.50"), row(7, "", "", "", "TEA", "", "4")])
    assert made.body == {
        "custom_id": "7", "user_custom_id": "ann", "name": "Order 7", "status": 2, "currency": "EUR",
        "order_products": [
            {"product_custom_id": "MUG", "quantity": "2", "value": "1.50", "unit": "piece"},
            {"product_custom_id": "TEA", "value": "4", "unit": "piece"},
        ],
    }  # fmt: skip
    assert made.contact == {"email": "a@b.c"}


def test_the_value_is_the_exact_sum_of_the_lines() -> None:
    composing = composer()
    rows = [row(7, "", "", "", "A", "3", "0.10"), row(7, "", "", "", "B", "1", "0.2")]
    assert composing.patch_of(composing.compose(rows)).fields["value"] == Decimal("0.50")
    assert composing.patch_of(composing.compose([row(7)])).fields["value"] == 0


def test_lines_in_another_currency_do_not_add_up() -> None:
    composing = composer(LINES.replace('unit = { constant = "piece" }', 'currency = { constant = "USD" }'))
    with pytest.raises(InvalidInput, match="in other currencies than the order"):
        composing.patch_of(composing.compose([row(7, "", "", "", "A", "3", "0.10")]))


def test_a_row_whose_cells_are_empty_is_no_line() -> None:
    assert composer().compose([row(7, "ann")]).body["order_products"] == []


def test_an_empty_cell_clears_a_field_but_what_an_order_cannot_be_without() -> None:
    body = composer().compose([row(7, "", "", "")]).body
    assert body["user_custom_id"] is None
    assert "status" not in body


def test_a_bad_cell_is_told_by_the_field_it_is_for() -> None:
    with pytest.raises(InvalidInput, match='status: The mapping does not say what "lent" means'):
        composer().compose([row(7, "", "", "lent")])
    comma = composer("decimal_comma = true\n" + LINES)
    with pytest.raises(InvalidInput, match=r'order_products\.1\.value: "1\.5" is not an amount'):
        comma.compose([row(7, "", "", "", "A", "1", "1,5"), row(7, "", "", "", "A", "1", "1.5")])


def test_a_row_with_too_many_cells_is_refused() -> None:
    with pytest.raises(InvalidInput, match="This row has 9 cells, and there are 8 headings"):
        composer().compose([[*row(7), "x"]])


def test_a_row_alone_can_be_an_order_with_products_in_one_cell() -> None:
    composing = composer('[order]\ncustom_id = "order"\nproducts_custom_id = { column = "note", split = ";" }')
    assert composing.compose([row(7, *[""] * 6, "A;B")]).body == {"custom_id": "7", "products_custom_id": ["A", "B"]}


def test_json_in_the_shape_of_the_api_is_taken_as_it_is_but_for_the_reason_of_an_earlier_refusal() -> None:
    sent = {"custom_id": "7", "name": "x", "order_products": [{"product_id": 1, "value": 2}], "rejected_because": "y"}
    composing = composer("", [])
    made = composing.compose([msgspec.json.encode(sent)])
    del sent["rejected_because"]
    assert made.body == sent
    assert composing.key_of(msgspec.json.encode(sent)) == "7"


def test_json_of_another_shape_brings_its_lines_in_a_list() -> None:
    composing = composer(
        'lines_in = "items"\n[order]\ncustom_id = "id"\n[lines]\nproduct_custom_id = "product.sku"\nvalue = "price"', []
    )
    sent = {"id": 7, "items": [{"product": {"sku": "A"}, "price": 1}, {"product": None, "price": 2}]}
    assert composing.compose([msgspec.json.encode(sent)]).body["order_products"] == [
        {"product_custom_id": "A", "value": 1}, {"value": 2},
    ]  # fmt: skip
    assert composing.compose([b'{"id": 7}']).body["order_products"] == []
    for wrong in (b'{"id": 7, "items": 3}', b'{"id": 7, "items": [3]}'):
        with pytest.raises(InvalidInput, match="A list of objects is needed in items"):
            composing.compose([wrong])


@pytest.mark.parametrize("line", [b"{", b"[1]", b'{"custom_id": 1, "custom_id": 2}', b'"x"'])
def test_a_line_that_is_no_object_has_no_key_or_is_refused(line: bytes) -> None:
    composing = composer("", [])
    composing.key_of(line)
    with pytest.raises(InvalidInput):
        composing.compose([line])


def test_the_key_is_that_of_the_group_and_empty_where_there_is_none() -> None:
    assert composer().key_of(row(41.0)) == "41"
    assert composer().key_of([]) == ""


def test_a_table_cannot_have_the_shape_of_the_api() -> None:
    with pytest.raises(BadMapping, match="Say which columns"):
        composer("", HEADINGS)


def test_a_column_that_is_not_there_is_refused_before_any_row_is_read() -> None:
    with pytest.raises(BadMapping, match="state: The file has no such column"):
        composer(LINES, ["order", "who", "mail", "sku", "qty", "price"])
