"""A stored feed, and what came of reading one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from dealt.kernel.db import Record

MOST_FEEDS = 100
MOST_REASONS = 20


class SyncResult(msgspec.Struct):
    """What became of a feed's products. ``refused_because`` and ``vanished_ids`` tell of the first ``MOST_REASONS``."""

    products: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    vanished: int = 0
    marked: int = 0
    error: str | None = None
    refused_because: list[str] = []
    vanished_ids: list[str] = []

    def refuse(self, who: str, why: str) -> None:
        """Count a refused product, and keep the reason of the first ones."""
        self.refused += 1
        if len(self.refused_because) < MOST_REASONS:
            self.refused_because.append(f"{who}: {why}")


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``product_feeds``."""

    id: int
    name: str
    description: str
    url: str
    nightly: bool
    mark_unavailable: bool
    sync_id: int
    sync_state: str
    started_at: datetime | None
    finished_at: datetime | None
    result: SyncResult
    next_sync_at: datetime | None
    created_at: datetime
    updated_at: datetime


def feed_of(row: Record) -> Feed:
    """The feed in a row of ``queries.COLUMNS``."""
    return Feed(**{**row, "result": msgspec.json.decode(row["result"], type=SyncResult)})


def told(feed: Feed) -> dict[str, Any]:
    """What the journal tells of a feed."""
    return {name: getattr(feed, name) for name in ("name", "description", "url", "nightly", "mark_unavailable")}
