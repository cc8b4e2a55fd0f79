"""Figures about queues and workers for ``/metrics``, all from one query, so that any web process can give them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dealt.kernel.db import Connection, Record

COUNTED_UP_TO = 50_000
"""A depth is counted no further: longer queues are as alarming, and counting must stay cheap."""
WORKER_NAME = "dealt worker"
"""How the names of the workers' connections begin; the rest names the process."""

_COUNT = "(SELECT count(*) FROM (SELECT FROM {rows} LIMIT $2::bigint) AS counted)"
_QUERY = f"""
SELECT
    {_COUNT.format(rows="stale WHERE lane = 0")} AS stale_interactive,
    {_COUNT.format(rows="stale WHERE lane = 1")} AS stale_bulk,
    {_COUNT.format(rows="follows")} AS follows,
    {_COUNT.format(rows="jobs")} AS jobs,
    {_COUNT.format(rows="delayed_jobs")} AS delayed_jobs,
    {_COUNT.format(rows="dead_jobs")} AS dead_jobs,
    (SELECT $1::timestamptz - marked_at FROM stale WHERE lane = 0 ORDER BY id LIMIT 1) AS stale_interactive_age,
    (SELECT $1 - marked_at FROM stale WHERE lane = 1 ORDER BY id LIMIT 1) AS stale_bulk_age,
    (SELECT max($1 - first.journal_at) FROM generate_series(0, 63) AS bucket CROSS JOIN LATERAL (
        SELECT journal_at FROM follows WHERE follower = 1 AND bucket = bucket.bucket::smallint ORDER BY id LIMIT 1
    ) AS first) AS follows_age,
    (SELECT $1 - created_at FROM jobs WHERE leased_until IS NULL ORDER BY leased_until NULLS FIRST, id LIMIT 1)
        AS jobs_age,
    (SELECT $1 - run_at FROM delayed_jobs WHERE run_at <= $1 ORDER BY run_at LIMIT 1) AS delayed_jobs_age,
    (SELECT $1 - min(wake_at) FROM contact_derived WHERE wake_at <= $1) AS waking_age,
    (SELECT count(DISTINCT application_name) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE $3 || '%') AS workers,
    (SELECT json_object_agg(relname, json_build_array(n_tup_ins, n_tup_del)) FROM pg_stat_user_tables
        WHERE relid = ANY(ARRAY['stale', 'follows', 'jobs']::regclass[])) AS passed"""


_ROWS = ("stale_interactive", "stale_bulk", "follows", "jobs", "delayed_jobs", "dead_jobs")
_AGES = ("stale_interactive", "stale_bulk", "follows", "jobs", "delayed_jobs", "waking")


async def queue_figures(connection: Connection, now: datetime) -> Record:
    """Rows (``stale_interactive``, ``jobs`` ...) and ages (``jobs_age`` ...) of the queues, and the ``workers``."""
    row = await connection.fetchrow(_QUERY, now, COUNTED_UP_TO, WORKER_NAME)
    assert row is not None
    return row


class QueueMetrics(Collector):
    """The figures as Prometheus reads them: ``refresh`` before each scrape, then generate from the registry.

    Rows and ages are of this moment; what was added and done is counted by the database since its statistics were
    last reset, over all processes.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._row: Record | None = None
        registry.register(self)

    async def refresh(self, connection: Connection, now: datetime) -> None:
        """Read the figures: one query, some milliseconds also where the queues are long."""
        self._row = await queue_figures(connection, now)

    def collect(self) -> Iterator[Metric]:
        """The families, once there has been a refresh."""
        if self._row is None:
            return
        rows = GaugeMetricFamily(
            "dealt_queue_rows", f"Rows that wait in a queue, counted up to {COUNTED_UP_TO}.", labels=["queue"]
        )
        ages = GaugeMetricFamily(
            "dealt_queue_oldest_seconds", "How long the next row of a queue has waited.", labels=["queue"]
        )
        for queue in _ROWS:
            rows.add_metric([queue], self._row[queue])
        for queue in _AGES:
            age = self._row[f"{queue}_age"]
            ages.add_metric([queue], max(age.total_seconds(), 0) if age else 0)
        workers = GaugeMetricFamily("dealt_workers", "Worker processes that are connected.", value=self._row["workers"])
        yield from (rows, ages, workers, *_passed(msgspec.json.decode(self._row["passed"])))


def _passed(counts: dict[str, tuple[int, int]]) -> Iterator[Metric]:
    added = CounterMetricFamily("dealt_queue_added", "Rows that were put into a queue.", labels=["queue"])
    done = CounterMetricFamily("dealt_queue_done", "Rows that were taken out of a queue.", labels=["queue"])
    for queue, (inserted, deleted) in sorted(counts.items()):
        added.add_metric([queue], inserted)
        done.add_metric([queue], deleted)
    yield from (added, done)
