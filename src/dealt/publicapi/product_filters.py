"""What the list of products can be narrowed and ordered by."""

from __future__ import annotations

from dealt.kernel.sql import sql
from dealt.products import FIELDS, SERVED, matching_name, with_custom_id
from dealt.publicapi.listing import Listing, columns_of

PRODUCTS = Listing(
    columns_of(FIELDS, SERVED),
    sorts=("id", "updated_at"),
    domain="product",
    specials={
        "custom_id": lambda text, snapshot: with_custom_id(snapshot.workspace_id, text),
        "name": lambda text, _: sql("starts_with(lower(name), lower({}))", text),
        "search": lambda text, _: matching_name(text),
        "currency": lambda text, _: sql("currency = upper({})", text),
    },
)
