"""The first rows of a file that has arrived, looked at before anything is written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from dealt.accounts import Actor, read_workspace
from dealt.importing import (
    KINDS,
    ORDERS,
    Composer,
    FileMapping,
    Group,
    ObjectComposer,
    Preview,
    Reader,
    Row,
    Rows,
    UnreadableFile,
    composer_of,
    open_rows,
    preview,
    preview_objects,
    read_mapping,
)
from dealt.kernel.db import Pool
from dealt.uploads import queries
from dealt.uploads.model import Import
from dealt.uploads.sketching import Sketch, label_of, sketch

LOOKED_AT = 500
"""Rows that are tried before an import."""
_PARTS_LOOKED_AT = 16
_LINE_BY_LINE = frozenset({".csv", ".tsv", ".txt", ".ndjson", ".jsonl"})


async def sketch_of(pool: Pool, workspace_id: int, found: Import) -> Sketch:
    """The columns of a file, by the mapping it came with or by the likeliest one. Raises UnreadableFile."""
    with _here() as folder:
        path = await _fetch(pool, workspace_id, found, folder)
        given = read_mapping(found.mapping, KINDS[found.kind]) if found.mapping else None
        try:
            return await asyncio.to_thread(sketch, path, KINDS[found.kind], given)
        except UnreadableFile as error:
            raise UnreadableFile(error.detail.replace(path.name, found.file_name)) from None


async def look(pool: Pool, actor: Actor, found: Import, mapping: FileMapping) -> tuple[Preview, bool]:
    """What an import of the first rows would do, and whether there are more. Raises UnreadableFile, BadMapping."""
    kind = KINDS[found.kind]
    with _here() as folder:
        path = await _fetch(pool, actor.workspace_id, found, folder)
        async with pool.acquire() as connection:
            zone = ZoneInfo((await read_workspace(connection, actor.workspace_id)).time_zone)
            groups, composer = await asyncio.to_thread(_groups, path, mapping, found.kind, zone)
            more = sum(len(group.rows) for group in groups) >= LOOKED_AT
            if kind is ORDERS and isinstance(composer, Composer):
                return await preview(connection, actor, groups, composer, mapping), more
    if isinstance(composer, ObjectComposer):
        return preview_objects(groups, composer, kind), more
    raise AssertionError(f"there is no preview of {found.kind}")


def told(body: dict[str, Any]) -> list[tuple[str, str]]:
    """One object as it would be written, in words: what it says of each field."""
    return [(label_of(name), _in_words(value)) for name, value in body.items() if value not in (None, "", [])]


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{label_of(name).lower()} {_in_words(one)}" for name, one in value.items())
    if isinstance(value, list):
        between = "; " if any(isinstance(one, dict) for one in value) else ", "
        return between.join(map(_in_words, value))
    return str(value)


@dataclass
class _First:
    """The first rows of a file, as if there were no more."""

    rows: Rows

    def __post_init__(self) -> None:
        self.headings, self.total, self.done = self.rows.headings, 0, 0

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        return islice(iter(self.rows), LOOKED_AT)

    def close(self) -> None:
        self.rows.close()


def _groups(
    path: Path, mapping: FileMapping, kind: str, zone: ZoneInfo
) -> tuple[list[Group], Composer | ObjectComposer]:
    with closing(open_rows(path, mapping)) as rows:
        composer = composer_of(mapping, rows.headings, zone, KINDS[kind])
        return list(Reader(_First(rows), composer, mapping)), composer


@contextmanager
def _here() -> Iterator[Path]:
    with TemporaryDirectory(prefix="dealt-look-") as name:
        yield Path(name)


async def _fetch(pool: Pool, workspace_id: int, found: Import, folder: Path) -> Path:
    """The file, of one that is read line by line no more than its beginning. Raises UnreadableFile."""
    path = folder / f"file{Path(found.file_name).suffix.lower()}"
    parts = _PARTS_LOOKED_AT if path.suffix in _LINE_BY_LINE else None
    part, size = 1, 0
    with path.open("wb") as file:
        while (content := await pool.fetchval(queries.PART, workspace_id, found.id, part)) is not None:
            whole = parts is None or part < parts
            file.write(content if whole else content[: content.rfind(b"\n") + 1])
            size, part = size + len(content), part + 1
            if not whole:
                break
    if not size:
        raise UnreadableFile("Nothing of the file has arrived. Delete this import and choose the file again.")
    return path
