"""Partitions of the journal by month, made ahead of time."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import structlog

from dealt.kernel.db import Connection

MONTHS_AHEAD = 2
_LOCK = 0x6A6F75726E616C  # "journal"
_NAME = "journal_y{year:04d}m{month:02d}"

# Attached, not created in place: that would lock out everybody who writes or reads the journal, while this only
# locks out those who use the default partition.
_CREATE = "CREATE TABLE {name} (LIKE journal INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"
_ATTACH = "ALTER TABLE journal ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{end}')"

_log = structlog.get_logger("dealt.journal")


async def ensure_partitions(connection: Connection, now: datetime) -> list[str]:
    """Make what is missing of the partitions for this month and the next two; the names of those made.

    Months begin at midnight UTC. A month of which the default partition already holds entries stays there: that is
    correct, and only costs space in one table. Several processes may call this at once, also while others write.
    Where the table is busy for longer than two seconds the month is left for the next call.
    """
    made = []
    for ahead in range(MONTHS_AHEAD + 1):
        first, end = _month(now, ahead), _month(now, ahead + 1)
        name = _NAME.format(year=first.year, month=first.month)
        try:
            async with connection.transaction():
                if await _make(connection, name, first, end, is_current=ahead == 0):
                    made.append(name)
        except asyncpg.CheckViolationError:
            _log.info("a month of the journal stays in its default partition, which has entries of it", month=name)
        except asyncpg.LockNotAvailableError:
            _log.info("the journal is busy; a partition is made later", month=name)
    return made


async def _make(connection: Connection, name: str, first: datetime, end: datetime, *, is_current: bool) -> bool:
    await connection.execute("SET LOCAL lock_timeout = '2s'")
    await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
    if await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", name):
        return False
    if is_current:
        # An entry of this month that is on its way to the default partition would be refused when it gets there.
        await connection.execute("LOCK TABLE journal IN SHARE ROW EXCLUSIVE MODE")
    await connection.execute(_CREATE.format(name=name))
    await connection.execute(_ATTACH.format(name=name, first=first.isoformat(), end=end.isoformat()))
    return True


def _month(now: datetime, ahead: int) -> datetime:
    """The first moment of the month ``ahead`` months after that of ``now``."""
    at = now.astimezone(UTC)
    years, month = divmod(at.month - 1 + ahead, 12)
    return datetime(at.year + years, month + 1, 1, tzinfo=UTC)
