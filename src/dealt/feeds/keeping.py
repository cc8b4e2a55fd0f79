"""Making, changing and removing stored feeds, and asking for a sync."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dealt.accounts import Actor
from dealt.feeds import queries
from dealt.feeds.model import MOST_FEEDS, Feed, feed_of, told
from dealt.kernel import lenient
from dealt.kernel.clock import iso
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import SETTINGS, Entry, difference, record
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.schema import flag, read_fields, text
from dealt.kernel.sql import sql

SYNC = "feeds.sync"
NIGHTLY = "feeds.nightly"
LONGEST_DESCRIPTION = 10_000
NIGHT_HOUR = 3
STUCK_AFTER = timedelta(hours=2)


def _url(value: Any) -> str:
    address = lenient.link(value)
    if not address or not address.lower().startswith(("http://", "https://")):
        raise ValueError("The address of a feed begins with http:// or https://.")
    return str(address)


FIELDS = {
    "name": text(),
    "description": text(LONGEST_DESCRIPTION, blank=True),
    "url": _url,
    "nightly": flag,
    "mark_unavailable": flag,
}


async def read_feed(connection: Connection, workspace_id: int, feed_id: int) -> Feed:
    """One feed. Raises NotFound."""
    row = await connection.fetchrow(queries.READ, workspace_id, feed_id)
    if row is None:
        raise NotFound
    return feed_of(row)


async def page_of_feeds(connection: Connection, workspace_id: int, request: PageRequest) -> Page:
    """A page of feeds, rows of ``queries.COLUMNS``, by id."""
    where = [sql("workspace_id = {}", workspace_id)]
    return await fetch_page(connection, queries.COLUMNS, "product_feeds", where, Order("id"), request)


async def create_feed(connection: Connection, actor: Actor, body: Mapping[str, Any], *, now: datetime) -> Feed:
    """A new feed, read for the first time the next night or when it is asked for. Raises InvalidInput."""
    fields = read_fields(body, FIELDS, required=("name", "url"))
    feed_id = await next_settings_id(connection, actor.workspace_id, "product_feed")
    # The counter's row is held: nobody else makes a feed meanwhile.
    if await connection.fetchval(queries.COUNT, actor.workspace_id) >= MOST_FEEDS:
        raise InvalidInput.of("name", f"A workspace has at most {MOST_FEEDS} product feeds; delete one first.")
    nightly = fields.get("nightly", True)
    night = await _plan(connection, actor.workspace_id, feed_id, now) if nightly else None
    await connection.execute(
        queries.INSERT, actor.workspace_id, feed_id, fields["name"], fields.get("description", ""), fields["url"],
        nightly, fields.get("mark_unavailable", False), night, now,
    )  # fmt: skip
    feed = await read_feed(connection, actor.workspace_id, feed_id)
    await _record(connection, actor, "created", feed_id, difference({}, told(feed)), now)
    return feed


async def update_feed(
    connection: Connection, actor: Actor, feed_id: int, body: Mapping[str, Any], *, now: datetime
) -> Feed:
    """Change what ``body`` names. Raises NotFound, InvalidInput."""
    fields = read_fields(body, FIELDS)
    before = await _lock(connection, actor.workspace_id, feed_id)
    after = msgspec.structs.replace(before, **fields)
    changes = difference(told(before), told(after))
    if not changes:
        return before
    night = before.next_sync_at
    if after.nightly != before.nightly:
        night = await _plan(connection, actor.workspace_id, feed_id, now) if after.nightly else None
    await connection.execute(
        queries.UPDATE, actor.workspace_id, feed_id, after.name, after.description, after.url, after.nightly,
        after.mark_unavailable, night, now,
    )  # fmt: skip
    await _record(connection, actor, "updated", feed_id, changes, now)
    return await read_feed(connection, actor.workspace_id, feed_id)


async def delete_feed(connection: Connection, actor: Actor, feed_id: int, *, now: datetime) -> None:
    """Remove a feed; the products that it brought stay. Raises NotFound."""
    row = await connection.fetchrow(queries.DELETE, actor.workspace_id, feed_id)
    if row is None:
        raise NotFound
    await connection.execute(queries.FORGET, actor.workspace_id, feed_id)
    await _record(connection, actor, "deleted", feed_id, difference(told(feed_of(row)), {}), now)


async def ask_for_sync(connection: Connection, workspace_id: int, feed_id: int, *, now: datetime) -> Feed:
    """Have a feed read as soon as a worker is free; once, however often it is asked for meanwhile. Raises NotFound."""
    sync_id = await connection.fetchval(queries.ASK, workspace_id, feed_id, now, now - STUCK_AFTER)
    if sync_id is not None:
        await enqueue(connection, workspace_id, SYNC, {"feed": feed_id, "sync": sync_id}, now=now)
    return await read_feed(connection, workspace_id, feed_id)


async def begin_night(connection: Connection, workspace_id: int, feed_id: int, due: datetime, *, now: datetime) -> None:
    """What the nightly job does: plan the next night and ask for a sync. Done once for each ``due``."""
    row = await connection.fetchrow(queries.LOCK, workspace_id, feed_id)
    if row is None or not row["nightly"] or row["next_sync_at"] != due:
        return
    night = await _plan(connection, workspace_id, feed_id, now)
    await connection.execute(queries.NIGHT, workspace_id, feed_id, due, night)
    await ask_for_sync(connection, workspace_id, feed_id, now=now)


async def plan_nights(connection: Connection, workspace_id: int, *, now: datetime) -> None:
    """Plan the next night of every feed of a workspace that was moved here with its feeds, but without its jobs."""
    await connection.execute(queries.SETTLE, workspace_id)
    for row in await connection.fetch(queries.NIGHTLY_ONES, workspace_id):
        night = await _plan(connection, workspace_id, row["id"], now)
        await connection.execute(queries.PLANNED, workspace_id, row["id"], night)


def next_night(now: datetime, zone: ZoneInfo, feed_id: int) -> datetime:
    """Three o'clock in the workspace's next night, each feed at a minute of its own."""
    local = now.astimezone(zone)
    at = time(NIGHT_HOUR, feed_id % 60)
    night = datetime.combine(local.date(), at, zone)
    return night if night > local else datetime.combine(local.date() + timedelta(days=1), at, zone)


async def _plan(connection: Connection, workspace_id: int, feed_id: int, now: datetime) -> datetime:
    zone = ZoneInfo(await connection.fetchval(queries.ZONE, workspace_id))
    night = next_night(now, zone, feed_id)
    await enqueue(connection, workspace_id, NIGHTLY, {"feed": feed_id, "due": iso(night)}, now=now, run_at=night)
    return night


async def _lock(connection: Connection, workspace_id: int, feed_id: int) -> Feed:
    row = await connection.fetchrow(queries.LOCK, workspace_id, feed_id)
    if row is None:
        raise NotFound
    return feed_of(row)


async def _record(
    connection: Connection, actor: Actor, done: str, feed_id: int, changes: Mapping[str, Any], now: datetime
) -> None:
    entry = Entry(
        SETTINGS, f"product_feed.{done}", "product_feed", feed_id, actor.name, changes, int(actor.cause), actor.hop
    )
    await record(connection, actor.workspace_id, [entry], now)
