"""Files to import, and a workspace to import them into."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from dealt.accounts import Actor
from dealt.cli.importing import import_doors
from dealt.importing import ORDERS, Kind, Progress, Summary, Work, import_file, mark_of, open_rows, read_mapping
from dealt.setup import set_up_workspace
from tests.processes import forked


@dataclass
class Import:
    """Imports into one workspace on a database of its own."""

    url: str
    workspace_id: int

    def run(
        self,
        path: Path,
        mapping: str,
        *,
        jobs: int = 1,
        silent: bool = False,
        restart: bool = False,
        kind: Kind = ORDERS,
        report: Callable[[Progress], None] = lambda _progress: None,
    ) -> Summary:
        """Import a file by real processes."""
        read = read_mapping(mapping, kind)
        rows = open_rows(path, read)
        actor = Actor(self.workspace_id, "import").in_bulk(silent=silent)
        work = Work(self.url, actor, read, rows.headings, ZoneInfo("UTC"), import_doors, kind, mark_of(path))
        return import_file(path, rows, work, workspace="here", jobs=jobs, restart=restart, report=report)

    def fetch(self, query: str, *values: object) -> list[Mapping[str, Any]]:
        """Rows of the database."""

        async def fetch() -> list[Mapping[str, Any]]:
            connection = await asyncpg.connect(self.url)
            try:
                return [dict(row) for row in await connection.fetch(query, *values)]
            finally:
                await connection.close()

        rows: list[Mapping[str, Any]] = waited(fetch)
        return rows

    def one(self, query: str, *values: object) -> Any:
        """The only value of the only row."""
        ((value,),) = (row.values() for row in self.fetch(query, *values))
        return value


def waited(work: Callable[[], Any]) -> Any:
    """The result of a coroutine function, in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


@pytest.fixture
def importing(database_url: str) -> Import:
    forked.warm()

    async def set_up() -> int:
        connection = await asyncpg.connect(database_url)
        try:
            async with connection.transaction():
                return (await set_up_workspace(connection, now=datetime(2026, 11, 1, tzinfo=UTC))).workspace_id
        finally:
            await connection.close()

    return Import(database_url, waited(set_up))
