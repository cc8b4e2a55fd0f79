from __future__ import annotations

from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest

from dealt.kernel.clock import FixedClock
from dealt.kernel.db import Pool, open_pool, transaction
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import Entry, Lane, mark_stale, record
from dealt.kernel.metrics import WORKER_NAME, QueueMetrics


async def _scrape(pool: Pool, clock: FixedClock) -> dict[str, float]:
    registry = CollectorRegistry()
    metrics = QueueMetrics(registry)
    async with pool.acquire() as connection:
        await metrics.refresh(connection, clock.now())
    lines = generate_latest(registry).decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


async def test_empty_queues_are_zero(pool: Pool, clock: FixedClock) -> None:
    figures = await _scrape(pool, clock)
    assert {name: value for name, value in figures.items() if value} == {}
    assert len(figures) == 6 + 6 + 1 + 2 * 3


async def test_depths_and_ages_are_those_of_what_waits(pool: Pool, clock: FixedClock) -> None:
    async with transaction(pool) as connection:
        now = clock.now()
        await mark_stale(connection, 1, [1, 2, 3], now)
        await mark_stale(connection, 1, [4, 5], now - timedelta(minutes=5), lane=Lane.BULK)
        await enqueue(connection, 1, "note", {}, now=now - timedelta(seconds=20))
        await enqueue(connection, 1, "note", {}, now=now, run_at=now + timedelta(hours=1))
        await record(connection, 1, [Entry(1, "deal.created", "deal", 1, "system", {})], now - timedelta(seconds=7))
    clock.advance(10)
    figures = await _scrape(pool, clock)
    rows = {name: value for name, value in figures.items() if name.startswith("dealt_queue_rows")}
    ages = {name: value for name, value in figures.items() if name.startswith("dealt_queue_oldest")}
    assert rows == {
        'dealt_queue_rows{queue="stale_interactive"}': 3,
        'dealt_queue_rows{queue="stale_bulk"}': 2,
        'dealt_queue_rows{queue="follows"}': 1,
        'dealt_queue_rows{queue="jobs"}': 1,
        'dealt_queue_rows{queue="delayed_jobs"}': 1,
        'dealt_queue_rows{queue="dead_jobs"}': 0,
    }
    assert ages == {
        'dealt_queue_oldest_seconds{queue="stale_interactive"}': 10,
        'dealt_queue_oldest_seconds{queue="stale_bulk"}': 310,
        'dealt_queue_oldest_seconds{queue="follows"}': 17,
        'dealt_queue_oldest_seconds{queue="jobs"}': 30,
        'dealt_queue_oldest_seconds{queue="delayed_jobs"}': 0,
        'dealt_queue_oldest_seconds{queue="waking"}': 0,
    }


async def test_contacts_that_should_have_woken_are_seen(pool: Pool, clock: FixedClock) -> None:
    await pool.execute(
        "INSERT INTO contact_derived (contact_id, workspace_id, wake_at, computed_at, definitions_version) "
        "VALUES (1, 1, $1, $1, 1)",
        clock.now(),
    )
    clock.advance(90)
    assert (await _scrape(pool, clock))['dealt_queue_oldest_seconds{queue="waking"}'] == 90


async def test_worker_processes_are_counted_not_their_connections(
    pool: Pool, clock: FixedClock, database_url: str
) -> None:
    async with (
        await open_pool(database_url, size=3, min_size=3, name=f"{WORKER_NAME} here:1"),
        await open_pool(database_url, size=2, min_size=2, name=f"{WORKER_NAME} here:2"),
    ):
        assert (await _scrape(pool, clock))["dealt_workers"] == 2


async def test_nothing_is_said_before_the_first_refresh() -> None:
    registry = CollectorRegistry()
    QueueMetrics(registry)
    assert generate_latest(registry) == b""
