"""What a product is."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_CUSTOM_ID = 255


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What an order's line copies from the catalogue at the moment of ordering."""

    id: int
    custom_id: str | None
    name: str
    image_url: str | None
    product_url: str | None
