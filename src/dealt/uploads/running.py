"""Running an import in a worker: set by set, from where it was left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dealt.accounts import Actor, read_workspace
from dealt.importing import (
    KINDS,
    Counts,
    FileMapping,
    Group,
    ImportStopped,
    Reader,
    Rows,
    Work,
    Written,
    composer_of,
    guess_mapping,
    mark_of,
    open_rows,
    read_mapping,
    toml_of,
    writer_of,
)
from dealt.kernel.clock import SystemClock
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.kernel.errors import DealtError
from dealt.kernel.journal import encode
from dealt.uploads import queries
from dealt.uploads.doors import open_doors
from dealt.uploads.model import MOST_REJECTS, Import, import_of

OBJECTS_A_SET = 450


async def run_import(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Import the file of an import. What is wrong with the file is its result; a lost database is tried again."""
    row = await pool.fetchrow(queries.BEGIN, workspace_id, payload["import"], now)
    if row is None:
        return
    found = import_of(row)
    state, error = "done", None
    try:
        with TemporaryDirectory(prefix="dealt-import-") as folder:
            path = Path(folder) / f"file{Path(found.file_name).suffix.lower()}"
            await _fetch(pool, workspace_id, found.id, path)
            await _Run(pool, workspace_id, found, path).run()
    except ImportStopped:
        raise
    except DealtError as refused:
        state, error = "failed", refused.detail
    await pool.execute(queries.END, workspace_id, found.id, state, error, SystemClock().now())
    await pool.execute(queries.FORGET_PARTS, workspace_id, found.id)


async def _fetch(pool: Pool, workspace_id: int, import_id: int, path: Path) -> None:
    with path.open("wb") as file:
        part = 1
        while (content := await pool.fetchval(queries.PART, workspace_id, import_id, part)) is not None:
            file.write(content)
            part += 1


class _Run:
    def __init__(self, pool: Pool, workspace_id: int, found: Import, path: Path) -> None:
        self._pool = pool
        self._workspace_id = workspace_id
        self._import = found
        self._kind = KINDS[found.kind]
        self._path = path
        self._counts: Counts = found.counts
        self._position = found.position

    async def run(self) -> None:
        """Raises BadMapping, UnreadableFile, ImportStopped."""
        mapping = self._mapping()
        text = toml_of(mapping)
        if text != self._import.mapping and not mapping.is_api_shape(self._kind):
            await self._pool.execute(queries.KEEP_MAPPING, self._workspace_id, self._import.id, text)
        with closing(open_rows(self._path, mapping)) as rows:
            await self._write(mapping, rows)

    def _mapping(self) -> FileMapping:
        """What was sent, or guessed with what was sent beside it."""
        given = read_mapping(self._import.mapping, self._kind) if self._import.mapping else FileMapping()
        if not given.is_api_shape(self._kind):
            return given
        guessed = guess_mapping(self._path, self._kind)
        return msgspec.structs.replace(guessed, tags=given.tags, put_on_list=given.put_on_list)

    async def _write(self, mapping: FileMapping, rows: Rows) -> None:
        async with self._pool.acquire() as connection:
            zone = ZoneInfo((await read_workspace(connection, self._workspace_id)).time_zone)
        clock = SystemClock()
        actor = Actor(self._workspace_id, self._import.actor).in_bulk(silent=self._import.silent)
        composer = composer_of(mapping, rows.headings, zone, self._kind)
        doors = open_doors(self._pool, clock)
        work = Work("", actor, mapping, rows.headings, zone, lambda _pool: doors, self._kind, mark_of(self._path))
        writer = writer_of(work, self._pool, clock, composer, doors)
        reader = Reader(rows, composer, mapping)
        groups = islice(reader, self._position, None)
        while batch := list(islice(groups, OBJECTS_A_SET)):
            written = await writer.write(batch)
            if not await self._reach(batch, written, reader, rows):
                # It was deleted meanwhile.
                return

    async def _reach(self, batch: Sequence[Group], written: Written, reader: Reader, rows: Rows) -> bool:
        for name in ("created", "updated", "older", "lines", "contacts"):
            setattr(self._counts, name, getattr(self._counts, name) + getattr(written, name))
        room = max(MOST_REJECTS - self._counts.refused, 0)
        rejects = [
            {"id": batch[place].first, "cells": cells, "reason": written.refused[place]}
            for place in sorted(written.refused)[:room]
            for cells in [_cells(batch[place], rows.headings)]
        ]
        self._counts.refused += len(written.refused)
        self._position += len(batch)

        async def work(connection: Connection) -> bool:
            # JSON in the database holds no character 0.
            told = encode(rejects).replace("\\u0000", "\\ufffd")
            if rejects:
                await connection.execute(queries.REJECT, self._workspace_id, self._import.id, told)
            values = (reader.done, reader.total, self._position, encode(self._counts))
            return bool(await connection.fetchval(queries.REACH, self._workspace_id, self._import.id, *values))

        return await in_transaction(self._pool, work)


def _cells(group: Group, headings: Sequence[str]) -> list[Any]:
    return list(_told(group, headings))


def _told(group: Group, headings: Sequence[str]) -> Iterator[Any]:
    """The rows of an object by heading; in NDJSON the object itself, or its text where it is none."""
    for row in group.rows:
        if not isinstance(row, bytes):
            yield dict(zip(headings, row, strict=False))
            continue
        try:
            yield msgspec.json.decode(row)
        except (msgspec.DecodeError, RecursionError):
            yield row.decode("utf-8", "replace")
