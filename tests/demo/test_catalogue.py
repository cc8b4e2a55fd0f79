"""dealt.demo.catalogue: the products of today."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from dealt.demo.catalogue import categories, colours, find_product, products

FIELDS = [
    *("custom_id", "name", "description", "category", "price", "currency"),
    *("product_url", "image_url", "quantity", "brand", "colour", "weight"),
]


def test_there_are_about_a_hundred_and_twenty_products_in_fifteen_categories() -> None:
    counts = Counter(product["category"] for product in products())
    assert 110 <= counts.total() <= 130
    assert set(counts) == set(categories())
    assert min(counts.values()) >= 5


def test_every_product_has_every_field() -> None:
    for product in products():
        assert list(product) == FIELDS
        assert all(product[field] not in (None, "") for field in FIELDS)


def test_skus_and_names_are_unique() -> None:
    assert len({product["custom_id"] for product in products()}) == len(products())
    assert len({product["name"] for product in products()}) == len(products())


def test_prices_are_decimal_texts_in_euros() -> None:
    for product in products():
        assert re.fullmatch(r"[0-9]+\.[0-9]{2}", product["price"])
        assert Decimal(product["price"]) > 0
        assert product["currency"] == "EUR"


def test_pictures_and_pages_are_named_after_the_sku() -> None:
    for product in products():
        assert product["image_url"] == f"/static/demo/{product['custom_id']}.svg"
        assert product["product_url"].endswith(product["custom_id"].lower())


def test_colours_are_those_of_the_table() -> None:
    assert {product["colour"] for product in products()} <= set(colours())
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours().values())


def test_variants_name_their_colour_and_size() -> None:
    boot = find_product("BOT-RDG-TAN-42")
    assert boot is not None
    assert boot["name"] == "Ridge hiking boot, tan, 42"
    assert boot["colour"] == "Tan"


def test_an_unknown_sku_finds_nothing() -> None:
    assert find_product("NOT-A-SKU") is None


def test_a_found_product_is_a_copy() -> None:
    first = find_product("MUG-ENM-SLA")
    assert first is not None
    first["name"] = "changed"
    assert find_product("MUG-ENM-SLA") in products()


def test_what_goes_with_a_category_is_a_category() -> None:
    for row in categories().values():
        assert set(row["goes_with"]) <= set(categories())
        assert len(row["season"]) == 12
