"""What a worker does for stored feeds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dealt.accounts import Actor
from dealt.feeds import queries
from dealt.feeds.errors import BadFeed
from dealt.feeds.fetching import fetch_feed, pieces_of
from dealt.feeds.keeping import begin_night
from dealt.feeds.model import Feed, feed_of
from dealt.feeds.syncing import Sync
from dealt.kernel.clock import Clock, SystemClock, parse_datetime
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.kernel.journal import encode
from dealt.kernel.outbound import OutboundError, networks
from dealt.settings import Settings

ACTOR = "product feed"


async def nightly_feed(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Ask for the sync that is due this night, and plan the next one."""
    due = parse_datetime(payload["due"], ZoneInfo("UTC"))

    async def work(connection: Connection) -> None:
        await begin_night(connection, workspace_id, payload["feed"], due, now=now)

    await in_transaction(pool, work)


async def sync_feed(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Fetch a feed and write its products. What is wrong with the feed is its result; nothing else is swallowed."""
    row = await pool.fetchrow(queries.BEGIN, workspace_id, payload["feed"], payload["sync"], now)
    if row is not None:
        await _sync(pool, workspace_id, feed_of(row), SystemClock(), now)


async def _sync(pool: Pool, workspace_id: int, feed: Feed, clock: Clock, started: datetime) -> None:
    actor = Actor(workspace_id, ACTOR).in_bulk()
    sync = Sync(pool, clock, actor, feed.id, started)
    state = "done"
    try:
        with await fetch_feed(feed.url, networks(Settings.from_environment().allow_private_networks)) as file:
            await sync.run(pieces_of(file))
        await sync.note_vanished(mark=feed.mark_unavailable)
    except (BadFeed, OutboundError) as error:
        state, sync.result.error = "failed", error.detail
    await pool.execute(
        queries.END, workspace_id, feed.id, feed.sync_id, state, clock.now(), encode(sync.result)
    )  # fmt: skip
