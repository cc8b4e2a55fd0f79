"""``dealt backup`` and ``dealt restore``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from dealt.cli.showing import tell
from dealt.cli.where import HERE, Where
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, InvalidInput
from dealt.kernel.keyfile import KEY_FILE
from dealt.kernel.migrate import migrate
from dealt.kernel.postgres import EmbeddedPostgres, SupervisedElsewhere, dump, find
from dealt.kernel.postgres import restore as read_dump
from dealt.processes.connecting import connected
from dealt.processes.database import reachable_url
from dealt.settings import Settings

MAGIC = b"PGDMP"
EMPTYING = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
_TABLES = """
SELECT count(*) AS tables, coalesce(bool_or(c.relname = 'schema_migrations'), false) AS ours
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"""
_AT_WORK = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'dealt%'"""
_COUNTS = """
SELECT (SELECT count(*) FROM deals) AS orders, (SELECT count(*) FROM contacts WHERE NOT placeholder) AS contacts"""


class NoBackup(InvalidInput):
    """400: the file is not one that `dealt backup` made."""

    def __init__(self, sentence: str) -> None:
        super().__init__({"file": [sentence]})


class NotEmpty(Conflict):
    """409: the database holds something, and nobody said that it may be replaced."""


class AtWork(Conflict):
    """409: processes of Dealt are using the database."""


def backup(file: Path, /, *, where: Where = HERE) -> None:
    """Write the whole database to FILE, as of this moment; what runs goes on.

    FILE appears when it is complete, readable by you alone, and replaces an earlier one of that name.

    Parameters
    ----------
    file
        Where to; in a folder that exists.
    """
    if not file.absolute().parent.is_dir():
        raise NoBackup(f"The folder {file.absolute().parent} does not exist. Make it first.")
    settings = where.settings
    with reachable_url(settings) as url:
        dump(url, file, find())
    tell(f"The database is in {file} ({_size(file)}).")
    tell(
        f"It does not hold {settings.data_dir / KEY_FILE}, which opens the secrets in it: keep a copy of that, "
        "but not beside the backup."
    )


def restore(
    file: Path, /, *, replace: Annotated[bool, Parameter(negative=(), show_default=False)] = False, where: Where = HERE
) -> None:
    """Read a backup into an empty database, and bring it up to this version of Dealt.

    A database that holds Dealt's tables is replaced only if you say so; if the backup turns out to be damaged,
    nothing is changed. Stop Dealt first.

    Parameters
    ----------
    file
        What `dealt backup` wrote.
    replace
        Replace what the database holds now. Without it you are asked, if there is a terminal.
    """
    _check_file(file)
    with _idle_url(where.settings) as url:
        filled = asyncio.run(_check_target(url))
        if filled and not (replace or _confirmed(url)):
            raise NotEmpty(
                "The database is not empty, and what it holds would be lost. Nothing was changed. "
                "Back it up first (`dealt backup`), then add --replace."
            )
        read_dump(url, file, find(), first=EMPTYING if filled else "")
        counts = asyncio.run(_finish(url))
    tell(f"Restored {counts} from {file}.")
    tell(
        f"The secrets in it open with the {KEY_FILE} of the installation that was backed up: "
        f"put that into {where.settings.data_dir}."
    )


def _check_file(file: Path) -> None:
    try:
        with file.open("rb") as opened:
            start = opened.read(len(MAGIC))
    except OSError as error:
        raise NoBackup(f"{file} cannot be read: {error.strerror}.") from error
    if start != MAGIC:
        raise NoBackup(f"{file} is not a backup that `dealt backup` made.")


@contextmanager
def _idle_url(settings: Settings) -> Iterator[str]:
    """The address of a database that nobody works with; the embedded one is run for the block, and made if need be."""
    if settings.database_url:
        yield settings.database_url
        return
    try:
        with EmbeddedPostgres(settings.data_dir) as server:
            yield server.dsn()
    except SupervisedElsewhere as error:
        raise AtWork(
            f"`dealt serve` is running on {settings.data_dir} (process {error.pid}). Stop it, then restore."
        ) from error


async def _check_target(url: str) -> bool:
    """Whether the database holds something of ours. Raises NotEmpty for something else, AtWork for company."""
    async with connected(url) as connection:
        found = await connection.fetchrow(_TABLES)
        if found["tables"] and not found["ours"]:
            raise NotEmpty(
                f"The database holds {found['tables']} tables that are not Dealt's. Nothing was changed. "
                "Make an empty database for Dealt and name it in DATABASE_URL."
            )
        if others := await connection.fetchval(_AT_WORK):
            raise AtWork(
                f"{others} connections of Dealt are open to this database. Stop its web processes and workers first."
            )
        return bool(found["tables"])


def _confirmed(url: str) -> bool:
    if not sys.stdin.isatty():
        return False
    tell(f"The database holds {asyncio.run(_counted(url))}. They will be replaced by what is in the backup.")
    return input('Type "replace" to go on: ').strip() == "replace"


async def _counted(url: str) -> str:
    async with connected(url) as connection:
        return await _count(connection)


async def _finish(url: str) -> str:
    await migrate(url)
    async with connected(url) as connection:
        # A dump holds no statistics, without which the first queries would be slow.
        await connection.execute("ANALYZE")
        return await _count(connection)


async def _count(connection: Connection) -> str:
    if not await connection.fetchval("SELECT to_regclass('deals') IS NOT NULL"):
        return "no orders"
    counts = await connection.fetchrow(_COUNTS)
    return f"{counts['orders']:,} orders and {counts['contacts']:,} contacts"


def _size(file: Path) -> str:
    size = file.stat().st_size
    return f"{size / 1_048_576:,.1f} MB" if size >= 1_048_576 else f"{max(size // 1024, 1)} KB"
