"""From a request's body to a patch of a product: standard fields checked, everything else an attribute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from dealt.attributes import LISTED, split_body
from dealt.kernel import lenient
from dealt.kernel.schema import Reader, read_fields
from dealt.products.model import LONGEST_CUSTOM_ID

LONGEST_TEXT = 255
LONGEST_DESCRIPTION = 65_536
_READERS: dict[str, Reader] = {
    "custom_id": lenient.words(LONGEST_CUSTOM_ID),
    "name": lambda value: lenient.words(LONGEST_TEXT)(value) or "",
    "description": lenient.words(LONGEST_DESCRIPTION),
    "category": lenient.words(LONGEST_TEXT),
    "price": lenient.amount,
    "currency": lenient.currency,
    "quantity": lenient.amount,
    "product_url": lenient.link,
    "image_url": lenient.link,
    "tags": lenient.names,
}
# What answers carry and requests cannot set: dropped, so that an answer can be sent back as it came.
_READ_ONLY = {"id", "created", "created_at", "updated_at"}
FIELD_NAMES = frozenset({*_READERS, *_READ_ONLY, LISTED})
"""Every name that is not an attribute's."""


class ProductPatch(msgspec.Struct, frozen=True, kw_only=True):
    """What a request asks of a product. ``fields`` holds the columns that it names.

    None of ``tags`` keeps them; ``add_tags`` and ``remove_tags`` change single ones, by name.
    """

    fields: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    tags: list[str] | None = None
    add_tags: list[str] = []
    remove_tags: list[str] = []


def parse_product(body: Mapping[str, Any]) -> ProductPatch:
    """The patch that ``body`` asks for. Raises InvalidInput naming every field that cannot be taken."""
    standard, attributes = split_body(body, _READERS, _READ_ONLY)
    fields = read_fields(standard, _READERS)
    tags = fields.pop("tags", None)
    return ProductPatch(fields=fields, attributes=attributes, tags=tags)
