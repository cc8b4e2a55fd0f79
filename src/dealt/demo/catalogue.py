"""The catalogue of Fernhill Supply as it is today."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

Row = dict[str, Any]
DATA = Path(__file__).parent / "data"


@cache
def read_data(name: str) -> Any:
    """The parsed ``data/<name>.json``; read once, so treat it as read-only."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def colours() -> dict[str, str]:
    """Colour names of the shop and their ``#rrggbb``."""
    return dict(read_data("categories")["colours"])


def categories() -> dict[str, Row]:
    """Category -> ``appeal``, ``season`` (weight of each month), ``quantities``, ``goes_with``."""
    return dict(read_data("categories")["categories"])


def products() -> tuple[Row, ...]:
    """Every product as it is today; a variant (colour, size) is a product of its own.

    ``price`` is a decimal string in ``currency``, ``quantity`` the stock, ``weight`` in kg.
    """
    return tuple(_product(family, variant) for family in read_data("products") for variant in family["variants"])


def find_product(custom_id: str) -> Row | None:
    """Today's product with this SKU, or None."""
    found = _by_sku().get(custom_id)
    return dict(found) if found else None


@cache
def _by_sku() -> dict[str, Row]:
    return {product["custom_id"]: product for product in products()}


def sku_of(family: Row, variant: Row) -> str:
    """The SKU of a variant: family, first letters of the colour, size if there is one."""
    return "-".join(filter(None, (family["sku"], variant["colour"][:3].upper(), variant.get("size"))))


def name_of(base: str, variant: Row) -> str:
    """The full name of a variant whose family is called ``base``."""
    label = variant.get("label", variant["colour"].lower())
    return ", ".join(filter(None, (base, label, variant.get("size"))))


def _product(family: Row, variant: Row) -> Row:
    sku = sku_of(family, variant)
    return {
        "custom_id": sku,
        "name": name_of(family["name"], variant),
        "description": family["description"],
        "category": family["category"],
        "price": family["price"],
        "currency": "EUR",
        "product_url": f"https://fernhill.example/p/{sku.lower()}",
        "image_url": f"/static/demo/{sku}.svg",
        "quantity": variant["stock"],
        "brand": family["brand"],
        "colour": variant["colour"],
        "weight": family["weight"],
    }
