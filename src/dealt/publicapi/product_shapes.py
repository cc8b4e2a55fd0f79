"""A product as version 1 and version 2 of the public API show it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dealt.accounts import Snapshot
from dealt.attributes import ATTRIBUTES
from dealt.kernel.money import format_amount
from dealt.products import Product
from dealt.publicapi.attribute_shapes import listed
from dealt.tags import TAGS


def shape_product(product: Product, snapshot: Snapshot, version: int) -> dict[str, Any]:
    """The whole product; custom attributes are keys of it in version 2, in version 1 a list of those with a value."""
    tags, known = snapshot.part(TAGS), snapshot.part(ATTRIBUTES).of("product")
    shape: dict[str, Any] = {
        "id": product.id,
        "custom_id": product.custom_id,
        "name": product.name,
        "description": product.description,
        "category": product.category,
        "price": None if product.price is None else format_amount(product.price),
        "currency": product.currency,
        "quantity": _number(product.quantity),
        "product_url": product.product_url,
        "image_url": product.image_url,
        "tags": [{"id": tag_id, "name": tags[tag_id]} for tag_id in product.tag_ids if tag_id in tags],
        "created_at": product.created_at,
        "updated_at": product.updated_at,
    }
    if version == 2:
        return shape | {name: product.attributes.get(name) for name in known if name not in shape}
    return shape | {"attributes": listed(known, product.attributes)}


def _number(value: Decimal | None) -> int | float | None:
    """A quantity is a number: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)
