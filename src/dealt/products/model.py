"""What a product is, and what an order copies of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from dealt.kernel.db import Record
from dealt.kernel.money import format_amount

LONGEST_CUSTOM_ID = 255


class Product(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A row of ``products``. ``price`` is in ``currency``; ``attributes`` are stored values by standard name."""

    id: int
    custom_id: str | None = None
    name: str = ""
    description: str | None = None
    category: str | None = None
    price: Decimal | None = None
    currency: str | None = None
    quantity: Decimal | None = None
    product_url: str | None = None
    image_url: str | None = None
    tag_ids: list[int] = []
    attributes: dict[str, Any] = {}
    version: int = 1
    created_at: datetime
    updated_at: datetime


class ProductFacts(msgspec.Struct, frozen=True):
    """What an order's line copies from the catalogue at the moment of ordering."""

    id: int
    custom_id: str | None
    name: str
    image_url: str | None
    product_url: str | None


_NOT_TOLD = {"id", "tag_ids", "attributes", "version", "created_at", "updated_at"}
STANDARD = tuple(name for name in Product.__struct_fields__ if name not in _NOT_TOLD)
"""The fields that a client sets, tags and attributes apart."""


def product_of(row: Record) -> Product:
    """The product in a row of ``queries.COLUMNS``, which may have more, such as what it is sorted by."""
    values = {name: row[name] for name in Product.__struct_fields__}
    return Product(**values | {"attributes": msgspec.json.decode(row["attributes"])})


def told(product: Product | None) -> dict[str, Any]:
    """What the journal tells of a product: what is known, amounts as plain text, tags by number."""
    if product is None:
        return {}
    fields = {name: value for name in STANDARD if (value := getattr(product, name)) not in (None, "")}
    for name in ("price", "quantity"):
        if name in fields:
            fields[name] = format_amount(fields[name])
    return {**product.attributes, **fields} | ({"tags": product.tag_ids} if product.tag_ids else {})
