"""Writing a workspace into a folder: one file a table, all as of one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from dealt import __version__
from dealt.exporting import queries
from dealt.exporting.errors import BadExport, NotEmpty
from dealt.exporting.manifest import VERSION, Manifest, TableFile, digest_of
from dealt.exporting.tables import EXPORTED, WITHOUT
from dealt.kernel.db import Connection
from dealt.kernel.errors import NotFound

Format = Literal["ndjson", "parquet"]


@dataclass(frozen=True)
class Column:
    """A column as it is exported: its name and PostgreSQL's name of its type."""

    name: str
    type: str


@dataclass(frozen=True)
class Progress:
    """``done`` of ``total`` rows are written; ``table`` is under way."""

    table: str
    done: int
    total: int


Report = Callable[[Progress], None]


async def export_workspace(
    connection: Connection,
    workspace_id: int,
    folder: Path,
    *,
    now: datetime,
    form: Format = "ndjson",
    report: Report = lambda _progress: None,
) -> Manifest:
    """Write a workspace into an empty folder, in one read-only transaction that sees one moment; what runs goes on.

    ``connection`` is in no transaction, and its statements have no limit of time. Bounded memory: rows go by COPY from
    the server to the file. Raises NotEmpty, NotFound, BadExport.
    """
    _prepare(folder)
    async with _snapshot(connection):
        workspace = await connection.fetchrow(queries.WORKSPACE, workspace_id)
        if workspace is None:
            raise NotFound("There is no such workspace.")
        shapes, keys = await _shapes(connection)
        counts = {table: await connection.fetchval(queries.count(table), workspace_id) for table in EXPORTED}
        done, total = 0, sum(counts.values())
        files = []
        for table in EXPORTED:
            report(Progress(table, done, total))
            path = folder / f"{table}.{form}"
            await _write(connection, workspace_id, table, keys[table], path, shapes[table])
            done += counts[table]
            names = [column.name for column in shapes[table]]
            files.append(TableFile(table, path.name, counts[table], path.stat().st_size, digest_of(path), names))
        schema = await connection.fetchval(queries.NEWEST_MIGRATION)
    report(Progress(EXPORTED[-1], total, total))
    manifest = Manifest(VERSION, __version__, schema, form, workspace["name"], now, files)
    manifest.write(folder)
    return manifest


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        filled = any(folder.iterdir())
    except OSError as error:
        raise BadExport(f"{folder} cannot be written to: {error.strerror}.") from None
    if filled:
        raise NotEmpty(f"{folder} is not empty. Name a folder that does not exist yet.")


@asynccontextmanager
async def _snapshot(connection: Connection) -> AsyncIterator[None]:
    await connection.execute(queries.SNAPSHOT)
    try:
        yield
    finally:
        await connection.execute("ROLLBACK")


async def _shapes(connection: Connection) -> tuple[dict[str, list[Column]], dict[str, list[str]]]:
    """The columns that each table is exported with, and its key."""
    shapes: dict[str, list[Column]] = defaultdict(list)
    keys: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in await connection.fetch(queries.COLUMNS, list(EXPORTED)):
        table, name = row["table"], row["column"]
        if row["key"] >= 0:
            keys[table].append((row["key"], name))
        if name != "workspace_id" and name not in WITHOUT.get(table, ()):
            shapes[table].append(Column(name, row["type"]))
    return shapes, {table: [name for _, name in sorted(key)] for table, key in keys.items()}


async def _write(
    connection: Connection, workspace_id: int, table: str, key: list[str], path: Path, columns: list[Column]
) -> None:
    query = queries.rows(table, key, ["workspace_id", *WITHOUT.get(table, ())])
    if path.suffix == ".parquet":
        # pyarrow takes 50 MB of memory; who writes no Parquet does without it.
        from dealt.exporting.parquet import ParquetLines

        with ParquetLines(path, columns) as lines:
            await connection.copy_from_query(query, workspace_id, output=lines.feed, **queries.AS_LINES)
        return
    await connection.copy_from_query(query, workspace_id, output=path, **queries.AS_LINES)
