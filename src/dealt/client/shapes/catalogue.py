"""Products and the feeds that fill the catalogue."""

from __future__ import annotations

from typing import Literal, TypedDict

from .common import Tag


class Product(TypedDict):
    """A product. Its price is a decimal text; custom attributes are further keys."""

    id: int
    custom_id: str | None
    name: str
    description: str | None
    category: str | None
    price: str | None
    currency: str | None
    quantity: float | None
    product_url: str | None
    image_url: str | None
    tags: list[Tag]
    created_at: str
    updated_at: str


class UpsertedProduct(Product):
    """The product, and whether it was made just now."""

    created: bool


class FeedSync(TypedDict):
    """How the last sync of a feed went."""

    state: Literal["never", "queued", "running", "done", "failed"]
    started_at: str | None
    finished_at: str | None
    products: int
    created: int
    updated: int
    unchanged: int
    refused: int
    vanished: int
    marked: int
    refused_because: list[str]
    vanished_ids: list[str]
    error: str | None


class ProductFeed(TypedDict):
    """A feed and how its last sync went."""

    id: int
    name: str
    description: str
    url: str
    nightly: bool
    mark_unavailable: bool
    next_sync_at: str | None
    sync: FeedSync
    created_at: str
    updated_at: str
