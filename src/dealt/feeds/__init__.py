"""Product feeds of Google Merchant: files and addresses whose items become products, once or every night."""

from dealt.feeds.errors import BadFeed
from dealt.feeds.fetching import fetch_feed, pieces_of
from dealt.feeds.jobs import nightly_feed, sync_feed
from dealt.feeds.keeping import (
    FIELDS,
    NIGHTLY,
    SYNC,
    ask_for_sync,
    create_feed,
    delete_feed,
    page_of_feeds,
    plan_nights,
    read_feed,
    update_feed,
)
from dealt.feeds.mapping import product_of
from dealt.feeds.model import Feed, SyncResult, feed_of
from dealt.feeds.parsing import FeedParser, Item
from dealt.feeds.syncing import Sync, items_of

__all__ = [
    "FIELDS",
    "NIGHTLY",
    "SYNC",
    "BadFeed",
    "Feed",
    "FeedParser",
    "Item",
    "Sync",
    "SyncResult",
    "ask_for_sync",
    "create_feed",
    "delete_feed",
    "feed_of",
    "fetch_feed",
    "items_of",
    "nightly_feed",
    "page_of_feeds",
    "pieces_of",
    "plan_nights",
    "product_of",
    "read_feed",
    "sync_feed",
    "update_feed",
]
