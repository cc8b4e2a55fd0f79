"""Products, what users do with them, and the feeds that fill the catalogue."""

from __future__ import annotations

from typing import Unpack

from ..asked import Asked, Body, Fields, Id, Keyed, Where, at, get, write
from ..bulk import Stream
from ..describing import S, lists, reads, streams, writes
from ..pages import Page, listing
from ..shapes import FeedSync, Made, Product, ProductEvent, ProductFeed, UpsertedProduct
from .stored import Changed, Labelled, Remembered


class Products(Changed[S, Product], Labelled[S], Remembered[S]):
    """``client.products``."""

    name = "products"
    bulk = streams(Stream("/products/bulk/"))

    @writes
    def update_or_create(self, body: Body, **how: Unpack[Keyed]) -> Asked[UpsertedProduct]:
        """Make or change the product with the body's ``custom_id``."""
        return write("POST", "/products/update_or_create/", body, how)

    @lists
    def events(self, /, which: Id, *, fields: Fields = None, **where: Where) -> Asked[Page[ProductEvent]]:
        """What users did with it, newest first."""
        return listing(at("products", which, "product_events"), where, fields)

    @writes
    def add_event(self, which: Id, body: Body, **how: Unpack[Keyed]) -> Asked[Made]:
        """Tell what a user did with it: ``event_type``, and ``user_id`` or ``user_custom_id``."""
        return write("POST", at("products", which, "product_event"), body, how)


class ProductFeeds(Changed[S, ProductFeed]):
    """``client.product_feeds``."""

    name = "product-feeds"

    @writes
    def sync(self, which: int, **how: Unpack[Keyed]) -> Asked[FeedSync]:
        """Have it read as soon as a worker is free."""
        return write("POST", at("product-feeds", which, "sync"), None, how)

    @reads
    def last_sync(self, which: int, *, fields: Fields = None) -> Asked[FeedSync]:
        """How the last sync went."""
        return get(at("product-feeds", which, "sync"), fields=fields)
