from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from dealt.kernel.clock import FixedClock
from dealt.kernel.db import Pool, transaction
from dealt.kernel.journal import Entry, record
from dealt.kernel.livefeed import LiveBatch, LiveEntry, LiveFeed
from dealt.kernel.relay import LARGEST_PAYLOAD, MOST_ENTRIES, Relay, payloads


class Page:
    """Something that looks at a workspace and keeps the batches it was given."""

    def __init__(self, feed: LiveFeed, workspace_id: int = 1) -> None:
        self.batches: list[LiveBatch] = []
        self._task = asyncio.create_task(self._listen(feed, workspace_id))

    async def _listen(self, feed: LiveFeed, workspace_id: int) -> None:
        async for batch in feed.listen(workspace_id):
            self.batches.append(batch)

    @property
    def entries(self) -> list[LiveEntry]:
        return [entry for batch in self.batches for entry in batch.entries]

    async def until(self, *, entries: int = 0, gaps: int = 0) -> None:
        """Wait until so much has come."""
        while len(self.entries) < entries or sum(batch.gap for batch in self.batches) < gaps:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    def close(self) -> None:
        self._task.cancel()


@asynccontextmanager
async def looking(pool: Pool, workspace_id: int = 1) -> AsyncIterator[Page]:
    """A page on a feed of its own that is connected: the connection's gap has come and been put away."""
    feed = LiveFeed(pool)
    page = Page(feed, workspace_id)
    await asyncio.sleep(0)
    async with feed:
        await page.until(gaps=1)
        page.batches.clear()
        yield page
        page.close()


async def _write(pool: Pool, clock: FixedClock, contact_id: int, count: int = 1, workspace_id: int = 1) -> None:
    async with transaction(pool) as connection:
        entries = [Entry(contact_id, "deal.updated", "deal", number, "system", {}) for number in range(count)]
        await record(connection, workspace_id, entries, clock.now())


async def _drain(relay: Relay) -> None:
    while await relay.round() == 0:
        pass


async def _left(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM follows"))


async def test_a_page_hears_what_changed_once_and_in_order(pool: Pool, clock: FixedClock) -> None:
    async with looking(pool) as page:
        for contact_id in (5, 6, 5):
            await _write(pool, clock, contact_id)
        await _drain(Relay(pool))
        await page.until(entries=3)
        journal = await pool.fetch("SELECT kind, contact_id, object_id, id FROM journal ORDER BY id")
        assert page.entries == [LiveEntry(*row) for row in journal]
    assert await _left(pool) == 0


async def test_every_web_process_hears_the_same(pool: Pool, clock: FixedClock) -> None:
    async with looking(pool) as one, looking(pool) as other:
        await _write(pool, clock, 5, 10)
        await _drain(Relay(pool))
        await one.until(entries=10)
        await other.until(entries=10)
        assert one.entries == other.entries


async def test_a_page_hears_nothing_of_another_workspace(pool: Pool, clock: FixedClock) -> None:
    async with looking(pool, 1) as page, looking(pool, 2) as foreign:
        await _write(pool, clock, 5, workspace_id=2)
        await _write(pool, clock, 6, workspace_id=1)
        await _drain(Relay(pool))
        await page.until(entries=1)
        await foreign.until(entries=1)
        assert [entry.contact_id for entry in page.entries] == [6]
        assert [entry.contact_id for entry in foreign.entries] == [5]


async def test_several_relays_keep_the_order_of_each_contact(pool: Pool, clock: FixedClock) -> None:
    async with looking(pool) as page:
        stop = asyncio.Event()

        async def write(contact_id: int) -> None:
            for _ in range(15):
                await _write(pool, clock, contact_id, 2)

        async def relay() -> None:
            one = Relay(pool)
            while not stop.is_set():
                await one.round()
                await asyncio.sleep(0)

        relays = [asyncio.create_task(relay()) for _ in range(3)]
        await asyncio.gather(*(write(contact_id) for contact_id in range(5)))
        await page.until(entries=150)
        stop.set()
        await asyncio.gather(*relays)
        by_contact: dict[int, list[int]] = defaultdict(list)
        for entry in page.entries:
            by_contact[entry.contact_id].append(entry.journal_id)
    assert len(page.entries) == 150
    assert all(ids == sorted(ids) for ids in by_contact.values())
    assert await _left(pool) == 0


async def test_more_than_a_page_should_follow_is_one_gap(pool: Pool, clock: FixedClock) -> None:
    async with looking(pool) as page:
        for contact_id in range(20):
            await _write(pool, clock, contact_id, 50)
        await _drain(Relay(pool))
        await page.until(gaps=1)
        assert page.batches == [LiveBatch(1, gap=True)]


async def test_a_page_that_is_too_slow_is_given_a_gap_and_then_goes_on(pool: Pool, clock: FixedClock) -> None:
    feed, relay = LiveFeed(pool, queued=2), Relay(pool)
    slow, quick = feed.listen(1), Page(feed)
    first = asyncio.ensure_future(anext(slow))
    await asyncio.sleep(0)
    async with feed:
        assert (await first).gap
        for contact_id in range(3):
            await _write(pool, clock, contact_id)
            await _drain(relay)
            await quick.until(entries=contact_id + 1)
        assert await anext(slow) == LiveBatch(1, gap=True), "three batches did not fit"
        await _write(pool, clock, 9)
        await _drain(relay)
        assert [entry.contact_id for entry in (await anext(slow)).entries] == [9]
        quick.close()


async def test_a_lost_connection_is_a_gap(pool: Pool, clock: FixedClock) -> None:
    async with looking(pool) as page:
        await pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query LIKE 'LISTEN %' AND pid <> pg_backend_pid() AND datname = current_database()"
        )
        await page.until(gaps=1)
        await _write(pool, clock, 5)
        await _drain(Relay(pool))
        await page.until(entries=1)
        assert [(batch.gap, len(batch.entries)) for batch in page.batches] == [(True, 0), (False, 1)]
        assert [entry.contact_id for entry in page.entries] == [5]


def _row(number: int, kind: str = "deal.updated", workspace_id: int = 1) -> dict[str, Any]:
    return {
        "id": number, "workspace_id": workspace_id, "kind": kind,
        "contact_id": 10**17 + number, "object_id": 10**17, "journal_id": 10**17 + number,
    }  # fmt: skip


def test_no_message_is_longer_than_notify_takes() -> None:
    rows = [_row(number) for number in reversed(range(MOST_ENTRIES))]
    messages = list(payloads(rows))
    assert len(messages) > 1
    assert all(len(message.encode()) <= LARGEST_PAYLOAD for message in messages)
    entries = [entry for message in messages for entry in msgspec.json.decode(message, type=LiveBatch).entries]
    assert [entry.journal_id for entry in entries] == [10**17 + number for number in range(MOST_ENTRIES)]


def test_an_entry_that_fits_no_message_is_a_gap() -> None:
    (message,) = payloads([_row(1), _row(2, kind="x" * 8000)])
    assert msgspec.json.decode(message) == {"w": 1, "gap": True}


def test_workspaces_never_share_a_message() -> None:
    messages = list(payloads([_row(1), _row(2, workspace_id=2), _row(3)]))
    assert [msgspec.json.decode(message)["w"] for message in messages] == [1, 2]
