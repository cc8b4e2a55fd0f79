"""What the document says of product feeds."""

from __future__ import annotations

from dealt.publicapi import product_feeds
from dealt.publicapi.described.parts import or_null, recorded
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Chapter,
    Operation,
    array,
    choice,
    deleted,
    flag,
    identifier,
    link,
    made,
    moment,
    nullable,
    obj,
    page_of,
    partial,
    said,
    text,
    whole,
)

_PATHS = ("/product-feeds/<int:id>/",)
_COUNTS = {
    "products": "How many it had.",
    "created": "How many were new.",
    "updated": "How many were changed.",
    "unchanged": "How many were as they are.",
    "refused": "How many could not be taken.",
    "vanished": "How many of the last sync were not in it.",
    "marked": "How many of those were marked as unavailable.",
}
SYNC = recorded(
    "FeedSync",
    obj({
        "state": choice(("never", "queued", "running", "done", "failed"), "How far it is."),
        "started_at": nullable(moment()),
        "finished_at": nullable(moment()),
        **{name: whole(description, least=0) for name, description in _COUNTS.items()},
        "refused_because": array(text(), "The reasons of the first 20."),
        "vanished_ids": array(text(), "The first 20."),
        "error": or_null(text(), "Why it could not be read."),
    }),
)  # fmt: skip
_FIELDS = {
    "name": text(longest=255),
    "description": text(longest=10_000),
    "url": link("Where it is: an http or https address."),
    "nightly": flag("Whether it is read every night."),
    "mark_unavailable": flag(
        "Whether products that are gone from it get the attribute `availability` with `out_of_stock`."
    ),
}
FEED = recorded(
    "ProductFeed",
    obj({
        "id": identifier(), **_FIELDS, "next_sync_at": nullable(moment()), "sync": SYNC, "created_at": moment(),
        "updated_at": moment(),
    }),
)  # fmt: skip
_SENT = obj(_FIELDS, required=["name", "url"])
CHAPTER = Chapter(
    "Product feeds",
    "Addresses of Google Merchant feeds that are read every night, or now, and whose items become products.",
    {
        product_feeds.list_feeds: Operation(
            id="listProductFeeds", summary="List product feeds", query=PAGING, lists=_PATHS, refusals=(404,),
            answers={200: Answer("One page.", page_of(FEED))},
        ),
        product_feeds.add_feed: Operation(
            id="createProductFeed", summary="Create a product feed", makes=_PATHS, answers=made(FEED),
            body=Body(_SENT, {"name": "Shop", "url": "https://shop.example/feed.xml", "nightly": False}),
        ),
        product_feeds.get_feed: Operation(id="getProductFeed", summary="Read a product feed", answers=said(FEED)),
        product_feeds.change_feed: Operation(
            id="updateProductFeed", summary="Change a product feed", body=Body(partial(_SENT), {"name": "All"}),
            answers=said(FEED),
        ),
        product_feeds.remove_feed: Operation(
            id="deleteProductFeed", summary="Delete a product feed", answers=deleted
        ),
        product_feeds.sync: Operation(
            id="syncProductFeed", summary="Read a product feed now",
            answers={202: Answer("A worker reads it when it is free.", SYNC)},
        ),
        product_feeds.last_sync: Operation(
            id="getProductFeedSync", summary="Read what the last sync did", answers=said(SYNC)
        ),
    },
)  # fmt: skip
