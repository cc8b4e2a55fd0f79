"""Guesses from headings and first rows."""

from __future__ import annotations

from pathlib import Path

import msgspec

from dealt.importing.guessing import guess
from dealt.importing.mapping import FileMapping, Source, check_mapping
from dealt.importing.rows import open_rows
from dealt.importing.sampling import sample_of


def guessed(path: Path, content: str) -> FileMapping:
    path.write_text(content, "utf-8")
    rows = open_rows(path, FileMapping())
    mapping = guess(sample_of(rows), delimiter=getattr(rows, "delimiter", None), is_json=not rows.headings)
    rows.close()
    return mapping


def test_a_spreadsheet_of_lines_with_decimal_commas(tmp_path: Path) -> None:
    mapping = guessed(
        tmp_path / "a.csv",
        "Order ID;Date;E-mail;Billing Name;SKU;Item name;Qty;Unit Price;Order total;Shipping;Gift;State;Empty\n"
        "7;24.06.2025 12:00;ann@x.example;Ann Lee;MUG;Mug;2;12,50;29,90;4,90;yes;Paid;\n"
        "7;24.06.2025 12:00;ann@x.example;Ann Lee;TEA;Tea;1;1.000;29,90;4,90;no;Paid;\n"
        "8;25.06.2025 08:00;bob@x.example;Bob;MUG;Mug;1;12,50;17,40;4,90;no;odd;\n",
    )
    check_mapping(mapping)
    assert mapping == FileMapping(
        delimiter=";",
        decimal_comma=True,
        group_by="Order ID",
        create_contacts=True,
        order={
            "custom_id": "Order ID",
            "user_custom_id": "E-mail",
            "value": "Order total",
            "status": Source(column="State", values={"paid": 2}, otherwise=1),
            "order_date": Source(column="Date", format="%d.%m.%Y %H:%M"),
            "name": Source(template="Order {Order ID}"),
            "shipping": Source(column="Shipping", type="number"),
        },
        lines={
            "product_custom_id": "SKU",
            "name": "Item name",
            "quantity": "Qty",
            "value": "Unit Price",
            "gift": "Gift",
        },
        contact={"email": "E-mail", "name": "Billing Name"},
    )


def test_one_row_an_order(tmp_path: Path) -> None:
    mapping = guessed(
        tmp_path / "a.csv",
        "order_number,customer_id,total,currency,created_at,state\n"
        "0007,12,29.90,EUR,2025-06-24T12:00:00Z,Ohio\n0008,,17.40,EUR,2025-06-25T12:00:00Z,Utah\n",
    )
    assert mapping.group_by is None
    assert mapping.lines == {}
    assert not mapping.decimal_comma
    assert mapping.order == {
        "custom_id": "order_number", "user_custom_id": "customer_id", "value": "total", "currency": "currency",
        "order_date": "created_at", "name": Source(template="Order {order_number}"), "state": "state",
    }  # fmt: skip


def test_a_total_of_its_own_in_every_row_is_the_lines(tmp_path: Path) -> None:
    mapping = guessed(tmp_path / "a.csv", "invoice,stockcode,total\n1,A,2.00\n1,B,3.00\n2,A,2.00\n")
    assert mapping.lines == {"product_custom_id": "stockcode", "total": "total"}
    assert mapping.order["value"] == Source(lines_total=True)


def test_months_that_stand_first_are_seen_where_a_day_tells(tmp_path: Path) -> None:
    mapping = guessed(tmp_path / "a.csv", "id,date\n1,06/05/2025\n2,06/24/2025\n")
    assert mapping.order["order_date"] == Source(column="date", format="%m/%d/%Y")


def test_json_of_a_shop_with_nested_customers_and_lines(tmp_path: Path) -> None:
    order = {
        "id": 7, "created_at": "2025-06-24T12:00:00Z", "customer": {"id": 3, "email": "a@x.example"},
        "total_price": "9.90", "currency": "EUR", "financial_status": "paid", "tags": ["x"],
        "line_items": [{"sku": "MUG", "title": "Mug", "quantity": 1, "price": "9.90"}],
    }  # fmt: skip
    mapping = guessed(tmp_path / "a.ndjson", msgspec.json.encode(order).decode() + "\nnonsense\n[1]\n")
    check_mapping(mapping)
    assert mapping.lines_in == "line_items"
    assert mapping.order == {
        "custom_id": "id", "user_custom_id": "customer.id", "value": "total_price", "currency": "currency",
        "status": Source(column="financial_status", values={"paid": 2}, otherwise=1), "order_date": "created_at",
        "name": Source(template="Order {id}"),
    }  # fmt: skip
    assert mapping.lines == {"product_custom_id": "sku", "name": "title", "quantity": "quantity", "value": "price"}
    assert mapping.contact == {"email": "customer.email"}


def test_json_in_the_shape_of_the_api_needs_no_mapping(tmp_path: Path) -> None:
    mapping = guessed(tmp_path / "a.ndjson", '{"custom_id": "7", "name": "x", "order_products": []}\n')
    assert mapping == FileMapping()


def test_a_file_without_anything_like_an_order_number_has_no_guess_for_it(tmp_path: Path) -> None:
    assert "custom_id" not in guessed(tmp_path / "a.csv", "colour,size\nred,7\n").order
