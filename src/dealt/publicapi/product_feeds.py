"""Product feeds: addresses that are read every night, or now, and whose items become products."""

from __future__ import annotations

from typing import Any

from dealt.feeds import (
    FIELDS,
    Feed,
    ask_for_sync,
    create_feed,
    delete_feed,
    feed_of,
    page_of_feeds,
    read_feed,
    update_feed,
)
from dealt.kernel.clock import iso
from dealt.kernel.db import Connection, in_transaction
from dealt.kernel.http import Response, Route
from dealt.kernel.lookups import Column
from dealt.kernel.schema import refuse_unknown
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.listing import Listing, plain

_KNOWN = frozenset({*FIELDS, "id", "next_sync_at", "sync", "created_at", "updated_at"})


async def list_feeds(call: Call) -> Response:
    """GET /product-feeds/: by id."""
    async with call.reading() as connection:
        page = await page_of_feeds(connection, call.workspace_id, call.page_request)
    return paged(call, page, lambda row: shape_feed(feed_of(row)))


async def add_feed(call: Call) -> Response:
    """POST /product-feeds/: 201; it is read the next night, or when it is asked for."""
    refuse_unknown(call.body, _KNOWN)

    async def work(connection: Connection) -> Feed:
        return await create_feed(connection, call.actor, call.body, now=call.now)

    return answer(shape_feed(await in_transaction(call.services.pool, work)), 201)


async def get_feed(call: Call) -> Response:
    """GET one feed, with what its last sync did."""
    async with call.reading() as connection:
        return answer(shape_feed(await read_feed(connection, call.workspace_id, call.id())))


async def change_feed(call: Call) -> Response:
    """PUT and PATCH: both change what the body names."""
    refuse_unknown(call.body, _KNOWN)

    async def work(connection: Connection) -> Feed:
        return await update_feed(connection, call.actor, call.id(), call.body, now=call.now)

    return answer(shape_feed(await in_transaction(call.services.pool, work)))


async def remove_feed(call: Call) -> Response:
    """DELETE: 204; the products that it brought stay."""

    async def work(connection: Connection) -> None:
        await delete_feed(connection, call.actor, call.id(), now=call.now)

    await in_transaction(call.services.pool, work)
    return Response(204)


async def sync(call: Call) -> Response:
    """POST .../sync/: 202; a worker reads the feed when it is free. Asked for again meanwhile, it is read once."""
    refuse_unknown(call.body, ())

    async def work(connection: Connection) -> Feed:
        return await ask_for_sync(connection, call.workspace_id, call.id(), now=call.now)

    return answer(shape_sync(await in_transaction(call.services.pool, work)), 202)


async def last_sync(call: Call) -> Response:
    """GET .../sync/: how far the last sync is, or what it did."""
    async with call.reading() as connection:
        return answer(shape_sync(await read_feed(connection, call.workspace_id, call.id())))


def shape_feed(feed: Feed) -> dict[str, Any]:
    """A feed as it is answered."""
    return {
        "id": feed.id,
        "name": feed.name,
        "description": feed.description,
        "url": feed.url,
        "nightly": feed.nightly,
        "mark_unavailable": feed.mark_unavailable,
        "next_sync_at": feed.next_sync_at and iso(feed.next_sync_at),
        "sync": shape_sync(feed),
        "created_at": iso(feed.created_at),
        "updated_at": iso(feed.updated_at),
    }


def shape_sync(feed: Feed) -> dict[str, Any]:
    """What the last sync did; all of it null or empty where there was none."""
    return {
        "state": feed.sync_state,
        "started_at": feed.started_at and iso(feed.started_at),
        "finished_at": feed.finished_at and iso(feed.finished_at),
        "products": feed.result.products,
        "created": feed.result.created,
        "updated": feed.result.updated,
        "unchanged": feed.result.unchanged,
        "refused": feed.result.refused,
        "refused_because": feed.result.refused_because,
        "vanished": feed.result.vanished,
        "vanished_ids": feed.result.vanished_ids,
        "marked": feed.result.marked,
        "error": feed.result.error,
    }


_LISTING = Listing(
    {
        **plain(
            id="integer", name="string", description="string", url="string", nightly="boolean",
            mark_unavailable="boolean", next_sync_at="datetime", created_at="datetime", updated_at="datetime",
        ),
        "state": Column("sync_state", "string"),
    },
    sorts=("id", "name", "updated_at"), small=True,
)  # fmt: skip
ROUTES: list[Route[Call]] = [
    Route(("GET",), "/product-feeds/", list_feeds, "read", listing=_LISTING),
    Route(("POST",), "/product-feeds/", add_feed, "write"),
    Route(("GET",), "/product-feeds/<int:id>/", get_feed, "read"),
    Route(("PUT", "PATCH"), "/product-feeds/<int:id>/", change_feed, "write"),
    Route(("DELETE",), "/product-feeds/<int:id>/", remove_feed, "write"),
    Route(("GET",), "/product-feeds/<int:id>/sync/", last_sync, "read"),
    Route(("POST",), "/product-feeds/<int:id>/sync/", sync, "write"),
]
