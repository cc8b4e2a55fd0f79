from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dealt.feeds import (
    BadFeed,
    Feed,
    Sync,
    SyncResult,
    ask_for_sync,
    create_feed,
    delete_feed,
    fetch_feed,
    nightly_feed,
    pieces_of,
    read_feed,
    sync_feed,
    update_feed,
)
from dealt.feeds.keeping import next_night
from dealt.kernel.clock import FixedClock
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.outbound import RefusedAddress, ResponseTooLarge, networks
from tests.house import LATER, NOW, House


def feed_of(*products: tuple[str, str], extra: str = "") -> bytes:
    found = "".join(
        f"<item><g:id>{sku}</g:id><title>{sku}</title><g:price>{price}</g:price>"
        f"<g:availability>in_stock</g:availability>{extra}</item>"
        for sku, price in products
    )
    return f'<rss xmlns:g="http://base.google.com/ns/1.0"><channel>{found}</channel></rss>'.encode()


async def sync(
    house: House, content: bytes, *, feed_id: int | None = None, mark: bool = False, at: datetime = NOW
) -> SyncResult:
    run = Sync(house.pool, FixedClock(at), house.actor, feed_id, at)
    await run.run([content])
    if feed_id is not None:
        await run.note_vanished(mark=mark)
    return run.result


async def test_products_are_created_and_then_updated_where_they_differ(house: House) -> None:
    first = await sync(house, feed_of(("a", "1 EUR"), ("b", "2 EUR"), ("", "3 EUR"), ("c", "dear")))
    assert (first.products, first.created, first.refused) == (4, 2, 2)
    assert first.refused_because[0].startswith("product 3: id: ")
    again = await sync(house, feed_of(("a", "1 EUR"), ("b", "2.50 EUR")), at=LATER)
    assert (again.created, again.updated, again.unchanged) == (0, 1, 1)
    rows = await house.fetch("SELECT custom_id, price::text, currency, version FROM products ORDER BY custom_id")
    assert [tuple(row.values()) for row in rows] == [("a", "1.000000", "EUR", 1), ("b", "2.500000", "EUR", 2)]
    assert [kind for kind, _ in await house.journal("product")] == ["product.created"] * 2 + ["product.updated"]


async def made(house: House, **body: Any) -> Feed:
    fields = {"name": "Shop", "url": "http://127.0.0.1/feed.xml"} | body
    return await house.run(lambda connection, _: create_feed(connection, house.actor, fields, now=NOW))


async def test_products_that_vanished_are_told_and_marked_where_wanted(house: House) -> None:
    feed = await made(house)
    everything = [(f"p{number:04}", "1 EUR") for number in range(1_200)]
    await sync(house, feed_of(*everything), feed_id=feed.id)
    left = await sync(house, feed_of(*everything[:100]), feed_id=feed.id, mark=True, at=LATER)
    assert (left.vanished, left.marked, left.vanished_ids[0], len(left.vanished_ids)) == (1_100, 1_100, "p0100", 20)
    states = await house.fetch(
        "SELECT attributes->>'availability' AS a, count(*) AS n FROM products GROUP BY 1 ORDER BY 1"
    )
    assert [tuple(row.values()) for row in states] == [("in_stock", 100), ("out_of_stock", 1_100)]
    back = await sync(house, feed_of(*everything[:101]), feed_id=feed.id, at=datetime(2025, 6, 26, tzinfo=UTC))
    assert (back.updated, back.vanished) == (1, 0)


async def test_a_feed_without_products_is_refused_and_nothing_has_vanished(house: House) -> None:
    with pytest.raises(BadFeed, match="has no products"):
        await sync(house, feed_of())


@asynccontextmanager
async def answering(head: Sequence[str], body: bytes) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write("\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed.xml"


LOCAL = networks("127.0.0.0/8, 10.0.0.0/8")


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "text/html; charset=UTF-8", "application/gzip"])
async def test_a_feed_is_fetched_packed_or_not(kind: str) -> None:
    body = feed_of(("a", "1 EUR"))
    sent = gzip.compress(body) if kind.endswith("gzip") else body
    async with answering(["HTTP/1.1 200 OK", f"Content-Type: {kind}"], sent) as url:
        with await fetch_feed(url, LOCAL) as file:
            assert b"".join(pieces_of(file)) == body


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (["HTTP/1.1 200 OK", "Content-Type: image/png"], 'answered with "image/png"'),
        (["HTTP/1.1 404 Not Found"], "answered 404"),
    ],
)
async def test_an_answer_that_is_no_feed_is_refused(head: list[str], says: str) -> None:
    async with answering(head, b"<rss/>") as url:
        with pytest.raises(BadFeed, match=says):
            await fetch_feed(url, LOCAL)


async def test_addresses_that_are_not_public_and_answers_without_end_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with answering(["HTTP/1.1 200 OK"], b"<rss>" * 100) as url:
        with pytest.raises(RefusedAddress):
            await fetch_feed(url)
        monkeypatch.setattr("dealt.feeds.fetching.LARGEST_FEED", 100)
        with pytest.raises(ResponseTooLarge):
            await fetch_feed(url, LOCAL)


def test_what_unpacks_to_too_much_or_is_torn_is_refused() -> None:
    packed = gzip.compress(b"<rss>" + b" " * 1_000_000)
    with pytest.raises(BadFeed, match="larger than 0 MB"):
        list(pieces_of(BytesIO(packed), largest=200_000))
    with pytest.raises(BadFeed, match="cannot be read on"):
        list(pieces_of(BytesIO(packed[:-9])))
    with pytest.raises(BadFeed, match="does not begin as XML does"):
        list(pieces_of(BytesIO(b"PK\x03\x04")))


async def work_through(house: House, now: datetime) -> list[str]:
    """Do every job that is due, as a worker does."""
    done = []
    while rows := await house.fetch(
        "WITH due AS (DELETE FROM delayed_jobs WHERE run_at <= $1 RETURNING workspace_id, kind, payload::text), "
        "ready AS (DELETE FROM jobs RETURNING workspace_id, kind, payload::text) "
        "SELECT * FROM due UNION ALL SELECT * FROM ready",
        now,
    ):
        for row in rows:
            if not row["kind"].startswith("feeds."):
                continue
            handler = sync_feed if row["kind"] == "feeds.sync" else nightly_feed
            await handler(house.pool, row["workspace_id"], json.loads(row["payload"]), now)
            done.append(row["kind"])
    return done


async def test_a_sync_that_is_asked_for_several_times_is_done_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEALT_ALLOW_PRIVATE_NETWORKS", "127.0.0.0/8")
    async with answering(["HTTP/1.1 200 OK"], feed_of(("a", "1 EUR"))) as url:
        feed = await made(house, url=url, nightly=False)
        for _ in range(3):
            asked = await house.run(
                lambda connection, _: ask_for_sync(connection, house.workspace_id, feed.id, now=NOW)
            )
            assert asked.sync_state == "queued"
        assert await work_through(house, LATER) == ["feeds.sync"]
    after = await house.run(lambda connection, _: read_feed(connection, house.workspace_id, feed.id))
    assert (after.sync_state, after.result.created, after.result.error) == ("done", 1, None)


async def test_what_is_wrong_with_a_feed_is_its_result(house: House) -> None:
    feed = await made(house, nightly=False)
    await house.run(lambda connection, _: ask_for_sync(connection, house.workspace_id, feed.id, now=NOW))
    await work_through(house, LATER)
    after = await house.run(lambda connection, _: read_feed(connection, house.workspace_id, feed.id))
    assert after.sync_state == "failed"
    assert "no public address" in str(after.result.error)


async def test_a_nightly_feed_is_read_every_night_once_and_not_after_that_is_turned_off(house: House) -> None:
    feed = await made(house)
    assert feed.next_sync_at == datetime(2025, 6, 25, 3, 1, tzinfo=UTC)
    assert await work_through(house, NOW) == []
    assert await work_through(house, LATER) == ["feeds.nightly", "feeds.sync"]
    due = {"feed": feed.id, "due": "2025-06-25T03:01:00Z"}
    await nightly_feed(house.pool, house.workspace_id, due, LATER)
    assert (await house.fetch("SELECT count(*) AS n FROM delayed_jobs"))[0]["n"] == 1
    await house.run(lambda connection, _: update_feed(connection, house.actor, feed.id, {"nightly": False}, now=LATER))
    assert await work_through(house, datetime(2025, 6, 27, tzinfo=UTC)) == ["feeds.nightly"]


def test_the_night_is_that_of_the_workspace() -> None:
    warsaw = ZoneInfo("Europe/Warsaw")
    assert next_night(datetime(2025, 6, 24, 0, 30, tzinfo=UTC), warsaw, 7).astimezone(UTC) == datetime(
        2025, 6, 24, 1, 7, tzinfo=UTC
    )


async def test_feeds_are_kept_with_their_history(house: House) -> None:
    feed = await made(house)
    with pytest.raises(InvalidInput, match="ftp://x"):
        await made(house, url="ftp://x")
    with pytest.raises(NotFound):
        await house.run(
            lambda connection, _: read_feed(connection, house.stranger.workspace_id, feed.id), actor=house.stranger
        )
    await house.run(lambda connection, _: delete_feed(connection, house.actor, feed.id, now=LATER))
    assert [kind for kind, _ in await house.journal("product_feed")] == ["product_feed.created", "product_feed.deleted"]
