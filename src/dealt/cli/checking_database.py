"""Checks of the database: its server, its schema and its queues."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from dealt.cli.finding import Finding
from dealt.cli.jobs import last_line
from dealt.kernel.clock import SystemClock
from dealt.kernel.db import Connection, Record
from dealt.kernel.migrate import OLDEST_SERVER, pending
from dealt.settings import Settings

LATE = timedelta(minutes=5)
"""Queued work that is older says that no worker takes it, or not fast enough."""
FARTHEST_CLOCK = timedelta(seconds=2)
SPARE_CONNECTIONS = 10
_DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
_SETTINGS = "SELECT name, setting FROM pg_settings WHERE name = ANY($1)"
_QUEUES = """
SELECT 'contacts to compute anew' AS queue, count(*) AS waiting, min(marked_at) AS oldest FROM stale
UNION ALL SELECT 'news for pages', count(*), min(journal_at) FROM follows
UNION ALL SELECT 'jobs', count(*), min(created_at) FROM jobs
UNION ALL SELECT 'jobs for later that are due', count(*), min(run_at) FROM delayed_jobs WHERE run_at <= $1"""
_DEAD = "SELECT kind, count(*) AS number, max(error) AS error FROM dead_jobs GROUP BY kind ORDER BY 2 DESC LIMIT 5"
_AUDITS = """
SELECT DISTINCT ON (workspace_id) drift, looked, finished_at AS at FROM audits WHERE finished_at IS NOT NULL
ORDER BY workspace_id, id DESC LIMIT 1000"""
_ASIDE = """
SELECT kind, name, error FROM (
    SELECT 'segment' AS kind, name, error, failed_at FROM segments WHERE failed_at IS NOT NULL AND deleted_at IS NULL
    UNION ALL SELECT 'aggregator', name, error, failed_at FROM aggregators
    WHERE failed_at IS NOT NULL AND deleted_at IS NULL) AS aside
ORDER BY failed_at DESC LIMIT 5"""
_INVALID = """
SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE NOT i.indisvalid AND c.relkind = 'i' ORDER BY 1"""
_PARTITIONS = """
SELECT count(*) FROM (
    SELECT pg_get_expr(c.relpartbound, c.oid) AS bound
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'journal'::regclass
) AS part
WHERE bound LIKE 'FOR VALUES%'
    AND substring(bound FROM $$FROM \\('([^']+)'\\)$$)::timestamptz <= $1
    AND substring(bound FROM $$TO \\('([^']+)'\\)$$)::timestamptz > $1"""


async def check_database(connection: Connection, settings: Settings) -> AsyncIterator[Finding]:
    """Every check of a database that answers."""
    yield await _version(connection)
    yield await _durability(connection)
    yield await _connections(connection, settings)
    yield await _clock(connection)
    if missing := await pending(connection):
        told = f"{len(missing)} migrations are missing ({', '.join(missing)})"
        yield Finding("Schema", told, "Run `dealt upgrade`, or start `dealt serve`, which applies them.")
        return
    yield Finding("Schema", "up to date")
    now = SystemClock().now()
    for row in await connection.fetch(_QUEUES, now):
        yield _queue(row, now)
    yield await _audit(connection)
    yield await _put_aside(connection)
    yield await _dead_jobs(connection)
    yield await _indexes(connection)
    yield await _partitions(connection, now)


async def _version(connection: Connection) -> Finding:
    number = int(await connection.fetchval("SHOW server_version_num"))
    told = f"version {await connection.fetchval('SHOW server_version')}"
    return Finding("PostgreSQL", told, "" if number >= OLDEST_SERVER else "Use PostgreSQL 15 or newer.")


async def _durability(connection: Connection) -> Finding:
    rows = await connection.fetch(_SETTINGS, list(_DURABLE))
    off = sorted(row["name"] for row in rows if row["setting"] == "off")
    if not off:
        return Finding("Durability", "what was acknowledged survives a power cut")
    todo = "Turn them on in postgresql.conf, or an acknowledged order can be lost."
    return Finding("Durability", f"{', '.join(off)} off", todo)


async def _connections(connection: Connection, settings: Settings) -> Finding:
    most = int(await connection.fetchval("SHOW max_connections"))
    needed = settings.pool_size * (settings.web_processes + settings.worker_processes) + SPARE_CONNECTIONS
    told = f"{needed} may be needed, {most} are allowed"
    todo = "Raise max_connections, or lower DEALT_POOL_SIZE or the number of processes." if needed > most else ""
    return Finding("Connections", told, todo)


async def _clock(connection: Connection) -> Finding:
    before = SystemClock().now()
    theirs: datetime = await connection.fetchval("SELECT clock_timestamp()")
    after = SystemClock().now()
    apart = max(before - theirs, theirs - after, timedelta())
    told = f"{after:%Y-%m-%d %H:%M:%S} UTC, {apart.total_seconds():.1f} s from the database's"
    return Finding("Clock", told, "Set both clocks with NTP." if apart > FARTHEST_CLOCK else "")


def _queue(row: Record, now: datetime) -> Finding:
    if not row["waiting"]:
        return Finding("Queue", f"{row['queue']}: none waiting")
    age = now - row["oldest"]
    told = f"{row['queue']}: {row['waiting']:,} waiting, the oldest for {max(age.total_seconds(), 0):,.0f} s"
    todo = "See that a worker runs (`dealt serve` or `dealt worker`); if one does, add another." if age > LATE else ""
    return Finding("Queue", told, todo)


async def _audit(connection: Connection) -> Finding:
    rows = await connection.fetch(_AUDITS)
    if not rows:
        return Finding("Audit", "no round has ended yet")
    drift, looked = sum(row["drift"] for row in rows), sum(row["looked"] for row in rows)
    as_of = f"{min(row['at'] for row in rows):%Y-%m-%d %H:%M} UTC"
    told = f"{drift:,} derived values of {looked:,} objects are wrong, as of {as_of}"
    return Finding("Audit", told, "See what: `dealt audit`. Mend it: `dealt audit --repair`." if drift else "")


async def _put_aside(connection: Connection) -> Finding:
    rows = await connection.fetch(_ASIDE)
    if not rows:
        return Finding("Definitions", "none is put aside")
    told = "; ".join(f'{row["kind"]} "{row["name"]}" is put aside: {row["error"]}' for row in rows)
    return Finding(
        "Definitions", told, "Open each under Segments or Aggregators; saving it, changed or not, tries it again."
    )


async def _dead_jobs(connection: Connection) -> Finding:
    rows = await connection.fetch(_DEAD)
    if not rows:
        return Finding("Dead jobs", "none")
    told = "; ".join(f"{row['number']} {row['kind']} ({last_line(row['error'])})" for row in rows)
    return Finding("Dead jobs", told, "Mend the cause, then run them again: `dealt job list`, `dealt job retry`.")


async def _indexes(connection: Connection) -> Finding:
    names = [row["name"] for row in await connection.fetch(_INVALID)]
    if not names:
        return Finding("Indexes", "all valid")
    todo = "Build them anew: " + "; ".join(f"REINDEX INDEX CONCURRENTLY {name}" for name in names)
    return Finding("Indexes", f"{len(names)} were not built to their end", todo)


async def _partitions(connection: Connection, now: datetime) -> Finding:
    for month, at in (("this month", now), ("the next month", _next_month(now))):
        if not await connection.fetchval(_PARTITIONS, at):
            todo = "Start `dealt serve` or `dealt worker`, which make them."
            return Finding("Journal", f"there is no partition for {month}", todo)
    return Finding("Journal", "this month and the next have their partitions")


def _next_month(now: datetime) -> datetime:
    return (now.replace(day=1) + timedelta(days=32)).replace(day=1)
