"""Contacts, companies and products out of files, by real processes into a real database."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from dealt.importing import COMPANIES, CONTACTS, PRODUCTS, FileMapping, UnfinishedImport, guess, open_rows, sample_of
from tests.importing.conftest import Import

HALF = Decimal("0.5")
PEOPLE = """
[contact]
custom_id = "id"
email = "mail"
first_name = "first"
tags = "labels"
colour = { column = "colours", split = "|" }
"""


def write(path: Path, *rows: list[Any]) -> Path:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    return path


def people(importing: Import) -> list[tuple[Any, ...]]:
    rows = importing.fetch("SELECT custom_id, email, first_name FROM contacts ORDER BY id")
    return [tuple(row.values()) for row in rows]


def test_contacts_are_found_by_id_then_by_address_and_else_created(importing: Import, tmp_path: Path) -> None:
    first = write(
        tmp_path / "first.csv",
        ["id", "mail", "first"],
        ["1", "ann@x.example", "Ann"], ["", "bob@x.example", "Bob"], ["3", "", "Cy"],
    )  # fmt: skip
    mapping = '[contact]\ncustom_id = "id"\nemail = "mail"\nfirst_name = "first"\n'
    done = importing.run(first, mapping, kind=CONTACTS, jobs=2)
    assert (done.counts.created, done.counts.updated, done.counts.refused) == (3, 0, 0)
    second = write(
        tmp_path / "second.csv",
        ["id", "mail", "first"],
        ["1", "", "Anna"], ["2", "BOB@x.example", ""], ["", "ann@x.example", "Annie"], ["4", "ann@x.example", "Dee"],
    )  # fmt: skip
    done = importing.run(second, mapping, kind=CONTACTS)
    assert (done.counts.created, done.counts.updated) == (1, 3)
    assert sorted(people(importing), key=str) == sorted(
        [
            ("1", "ann@x.example", "Annie"), ("2", "BOB@x.example", "Bob"), ("3", None, "Cy"),
            ("4", "ann@x.example", "Dee"),
        ],
        key=str,
    )  # fmt: skip


def test_an_address_that_several_have_refuses_a_row_without_an_id(importing: Import, tmp_path: Path) -> None:
    mapping = '[contact]\ncustom_id = "id"\nemail = "mail"\n'
    shared = "team@x.example"
    path = write(tmp_path / "a.csv", ["id", "mail"], ["1", shared], ["2", shared], ["", shared], ["", "new@x.example"])
    done = importing.run(path, mapping, kind=CONTACTS)
    assert (done.counts.created, done.counts.refused) == (3, 1)
    assert "2 contacts have this address" in (tmp_path / "a.rejected.csv").read_text()


def test_rows_that_speak_of_each_other_are_written_in_their_order(importing: Import, tmp_path: Path) -> None:
    path = write(
        tmp_path / "people.csv",
        ["id", "mail", "first"],
        ["1", "ann@x.example", "Ann"], ["2", "bob@x.example", "Bob"], ["", "ANN@x.example", "Anna"],
        ["", "cy@x.example", "Cy"], ["3", "cy@x.example", "Cyrus"], ["1", "", "Annie"], ["4", "nobody", "Dee"],
        ["4", "dee@x.example", ""], ["", "", "Ghost"], ["", "cy@x.example", "Cyril"],
    )  # fmt: skip
    mapping = '[contact]\ncustom_id = "id"\nemail = "mail"\nfirst_name = "first"\n'
    done = importing.run(path, mapping, kind=CONTACTS)
    assert (done.counts.created, done.counts.updated, done.counts.refused) == (4, 4, 2)
    assert sorted(people(importing), key=str) == sorted(
        [
            ("1", "ANN@x.example", "Annie"), ("2", "bob@x.example", "Bob"), ("3", "cy@x.example", "Cyril"),
            ("4", "dee@x.example", None),
        ],
        key=str,
    )  # fmt: skip


def test_without_match_email_an_unknown_id_is_another_contact(importing: Import, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ["id", "mail"], ["", "ann@x.example"], ["7", "ann@x.example"])
    importing.run(path, 'match_email = false\n[contact]\ncustom_id = "id"\nemail = "mail"\n', kind=CONTACTS)
    assert importing.one("SELECT count(*) FROM contacts") == 2


def test_a_batch_gets_tags_and_a_list_and_cells_hold_several_values(importing: Import, tmp_path: Path) -> None:
    path = write(
        tmp_path / "people.csv",
        ["id", "mail", "first", "labels", "colours"],
        ["1", "a@x.example", "Ann", "vip | shop", "red|blue"], ["2", "b@x.example", "Bob", "", "red"],
        ["", "", "Nobody", "", ""], ["5", "no address", "", "", ""],
    )  # fmt: skip
    done = importing.run(path, 'tags = ["import"]\nlist = "Autumn"\n' + PEOPLE, kind=CONTACTS, jobs=2, silent=True)
    assert (done.counts.created, done.counts.refused) == (2, 2)
    tags = importing.fetch(
        "SELECT c.custom_id, array(SELECT t.name FROM tags AS t WHERE t.id = ANY(c.tag_ids) ORDER BY 1) AS tags, "
        "attributes FROM contacts AS c ORDER BY 1"
    )
    assert [(row["custom_id"], row["tags"]) for row in tags] == [("1", ["import", "shop", "vip"]), ("2", ["import"])]
    assert json.loads(tags[0]["attributes"]) == {"colour": ["red", "blue"]}
    assert importing.one("SELECT count(*) FROM list_members JOIN lists ON id = list_id WHERE name = 'Autumn'") == 2
    assert importing.one("SELECT count(*) FROM lists") == 1
    assert importing.fetch("SELECT DISTINCT cause FROM journal WHERE contact_id > 0") == [{"cause": 1}]
    assert importing.fetch("SELECT DISTINCT lane, cause FROM stale") == [{"lane": 1, "cause": 1}]
    rejected = (tmp_path / "people.rejected.csv").read_text().splitlines()
    assert "This row does not say the e-mail address or the user id" in rejected[1]
    assert "Enter a valid email address" in rejected[2]


def test_an_empty_cell_says_nothing_unless_told(importing: Import, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", ["id", "first"], ["1", "Ann"])
    mapping = '[contact]\ncustom_id = "id"\nfirst_name = "first"\n'
    importing.run(path, mapping, kind=CONTACTS)
    write(path, ["id", "first"], ["1", ""])
    importing.run(path, mapping, kind=CONTACTS)
    assert people(importing) == [("1", None, "Ann")]
    importing.run(path, "empty_clears = true\n" + mapping, kind=CONTACTS)
    assert people(importing) == [("1", None, None)]


def test_companies_and_products_are_created_updated_and_refused_one_by_one(importing: Import, tmp_path: Path) -> None:
    companies = write(tmp_path / "companies.csv", ["id", "name", "phones"], ["a", "A", "1|2"], ["b", "", ""])
    mapping = '[company]\ncustom_id = "id"\nname = "name"\nphone_numbers = "phones"\n'
    done = importing.run(companies, mapping, kind=COMPANIES)
    assert (done.counts.created, done.counts.refused) == (1, 1)
    assert importing.one("SELECT phone_numbers FROM companies") == ["1", "2"]
    rows = [[f"sku{n}", f"Mug {n}", f"{n},50", "red"] for n in range(1, 901)]
    rows[500][2] = "dear"
    products = write(tmp_path / "products.csv", ["sku", "title", "cost", "colour"], *rows)
    mapping = 'decimal_comma = true\n[product]\ncustom_id = "sku"\nname = "title"\nprice = "cost"\ncolour = "colour"\n'
    done = importing.run(products, mapping, kind=PRODUCTS, jobs=2)
    assert (done.counts.created, done.counts.refused) == (899, 1)
    assert importing.one("SELECT sum(price) FROM products") == sum(n + HALF for n in range(1, 901) if n != 501)
    done = importing.run(products, mapping, kind=PRODUCTS)
    assert (done.counts.created, done.counts.updated) == (0, 899)
    assert importing.one("SELECT max(version) FROM products") == 1
    assert importing.one("SELECT count(*) FROM journal WHERE kind LIKE 'product.%'") == 899


def test_what_the_database_cannot_store_refuses_one_object(importing: Import, tmp_path: Path) -> None:
    rows = [[f"p{n}", "x\0y" if n == 7 else "x"] for n in range(20)]
    path = write(tmp_path / "p.csv", ["sku", "size"], *rows)
    done = importing.run(path, '[product]\ncustom_id = "sku"\nsize = "size"\n', kind=PRODUCTS)
    assert (done.counts.created, done.counts.refused) == (19, 1)


def test_json_in_the_shape_of_the_api_needs_no_mapping(importing: Import, tmp_path: Path) -> None:
    path = tmp_path / "people.ndjson"
    path.write_text('{"custom_id": "1", "email": "a@x.example", "size": 3}\n{"user_id": "2"}\n{"name": "x"}\n')
    done = importing.run(path, "", kind=CONTACTS)
    assert (done.counts.created, done.counts.refused) == (2, 1)


def _cut(_progress: object) -> None:
    raise KeyboardInterrupt


def test_an_unfinished_import_of_another_kind_is_not_continued(importing: Import, tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    path.write_text('{"custom_id": "1", "name": "A"}\n')
    assert not importing.run(path, "", kind=PRODUCTS, report=_cut).finished
    try:
        importing.run(path, "", kind=COMPANIES)
    except UnfinishedImport as error:
        assert "it was begun as one of products" in error.detail
    else:
        raise AssertionError("it was continued")
    assert importing.run(path, "", kind=PRODUCTS).finished


def guessed(path: Path, kind: Any) -> FileMapping:
    rows = open_rows(path, FileMapping())
    try:
        return guess(sample_of(rows), kind=kind, delimiter=getattr(rows, "delimiter", None))
    finally:
        rows.close()


def test_headings_are_guessed_for_each_kind(tmp_path: Path) -> None:
    path = write(
        tmp_path / "c.csv",
        ["Customer ID", "E-mail", "First name", "Interests", "Birthday"],
        ["1", "a@x.example", "Ann", "tea|mugs", "24.12.1990"],
    )
    found = guessed(path, CONTACTS)
    assert (found.contact["custom_id"], found.contact["email"]) == ("Customer ID", "E-mail")
    assert getattr(found.contact["interests"], "split", None) == "|"
    assert getattr(found.contact["birthday"], "format", None) == "%d.%m.%Y"
    path = write(tmp_path / "p.csv", ["SKU", "Title", "Price", "Stock", "Weight"], ["1", "Mug", "9,50", "3", "1,25"])
    product = guessed(path, PRODUCTS)
    assert product.decimal_comma
    assert {
        "custom_id": "SKU",
        "name": "Title",
        "price": "Price",
        "quantity": "Stock",
    }.items() <= product.product.items()
    assert getattr(product.product["weight"], "type", None) == "number"
    path = write(tmp_path / "o.csv", ["Company", "Account ID", "Phone"], ["A", "1", "2"])
    assert guessed(path, COMPANIES).company == {"custom_id": "Account ID", "name": "Company", "phone_numbers": "Phone"}
