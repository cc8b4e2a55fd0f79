"""Numbered SQL files, applied once each, in order, under an advisory lock; what was applied may not change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files

import asyncpg

from dealt.kernel.db import Connection
from dealt.kernel.errors import DealtError

_LOCK = 0x6465616C74  # "dealt"
_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    name       text PRIMARY KEY,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)"""
OLDEST_SERVER = 150000


class MigrationChanged(DealtError):  # noqa: N818
    """A migration that this database has already seen differs from the file of this version."""


class ServerTooOld(DealtError):  # noqa: N818
    """The PostgreSQL server is older than the oldest one supported."""


@dataclass(frozen=True)
class Migration:
    """One file: its name without ``.sql``, its text and the checksum that the database remembers."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All migrations of this version, in the order of their numbers."""
    found = [f for f in files("dealt.migrations").iterdir() if f.name.endswith(".sql")]
    return [Migration(f.name.removesuffix(".sql"), f.read_text("utf-8")) for f in sorted(found, key=lambda f: f.name)]


async def migrate(dsn: str) -> list[str]:
    """Bring the database of ``dsn`` up to this version; the names of what was applied.

    Several processes may call this at once: one works, the others wait and find nothing to do.
    Raises MigrationChanged or ServerTooOld; a migration that fails leaves nothing of itself.
    """
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        return await _apply_missing(connection)
    finally:
        await connection.close()


async def pending(connection: Connection) -> list[str]:
    """The names of the migrations that this database still lacks."""
    if not await connection.fetchval("SELECT to_regclass('schema_migrations') IS NOT NULL"):
        return [m.name for m in migrations()]
    applied = {r["name"] for r in await connection.fetch("SELECT name FROM schema_migrations")}
    return [m.name for m in migrations() if m.name not in applied]


async def _apply_missing(connection: Connection) -> list[str]:
    if int(await connection.fetchval("SHOW server_version_num")) < OLDEST_SERVER:
        raise ServerTooOld("Dealt needs PostgreSQL 15 or newer.")
    await connection.execute(_LEDGER)
    applied = dict(await connection.fetch("SELECT name, checksum FROM schema_migrations"))
    done = []
    for migration in migrations():
        if migration.name not in applied:
            await _apply(connection, migration)
            done.append(migration.name)
        elif applied[migration.name] != migration.checksum:
            raise MigrationChanged(
                f"Migration {migration.name} was changed after this database applied it. "
                "Install the version that made this database, or restore a backup."
            )
    return done


async def _apply(connection: Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(migration.sql)
        await connection.execute(
            "INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)",
            migration.name,
            migration.checksum,
        )
