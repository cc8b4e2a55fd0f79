"""Two workspaces on a fresh database, and actions in them: for the tests of domains, below HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest_asyncio

from dealt.accounts import Actor, Definitions, Snapshot
from dealt.app import PARTS
from dealt.kernel.db import Connection, Pool, in_transaction, open_pool, transaction
from dealt.setup import set_up_workspace

T = TypeVar("T")
NOW = datetime(2025, 6, 24, 12, tzinfo=UTC)
LATER = datetime(2025, 6, 25, 12, tzinfo=UTC)


@dataclass
class House:
    """``actor`` works in one workspace, ``stranger`` in another, which must see nothing of the first."""

    pool: Pool
    definitions: Definitions
    actor: Actor
    stranger: Actor

    @property
    def workspace_id(self) -> int:
        return self.actor.workspace_id

    async def run(self, work: Callable[[Connection, Snapshot], Awaitable[T]], *, actor: Actor | None = None) -> T:
        """The result of ``work`` in one transaction, with the workspace's definitions."""
        workspace_id = (actor or self.actor).workspace_id

        async def attempt(connection: Connection) -> T:
            return await work(connection, await self.definitions.for_writing(connection, workspace_id))

        return await in_transaction(self.pool, attempt)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in one transaction."""
        async with transaction(self.pool) as connection:
            yield connection

    async def version(self) -> int:
        """The version of the workspace's settings."""
        found: int = await self.pool.fetchval(
            "SELECT settings_version FROM workspaces WHERE id = $1", self.workspace_id
        )
        return found

    async def journal(self, object_type: str) -> list[tuple[str, dict[str, Any]]]:
        """What somebody did to objects of one type, oldest first: kinds and changes; the set-up's own is left out."""
        rows = await self.pool.fetch(
            "SELECT kind, changes FROM journal WHERE workspace_id = $1 AND object_type = $2 AND actor <> 'system' "
            "ORDER BY id",
            self.workspace_id,
            object_type,
        )
        return [(row["kind"], json.loads(row["changes"])) for row in rows]

    async def contact(self) -> int:
        """A contact's id, of whom nothing is known."""
        found: int = await self.pool.fetchval(
            "INSERT INTO contacts (workspace_id, created_at, updated_at) VALUES ($1, $2, $2) RETURNING id",
            self.workspace_id,
            NOW,
        )
        return found

    async def deal(self, contact_id: int, *, stage_id: int = 1, status: int = 1, loss_reason: int | None = None) -> int:
        """A deal's id, a bare row of the first pipeline."""
        found: int = await self.pool.fetchval(
            "INSERT INTO deals (contact_id, id, workspace_id, name, pipeline_id, stage_id, stage_entered_at, status, "
            "loss_reason_id, ordered_at, created_at, updated_at) "
            "VALUES ($1, nextval('deal_id_seq'), $2, 'Order', 1, $3, $6, $4, $5, $6, $6, $6) RETURNING id",
            contact_id, self.workspace_id, stage_id, status, loss_reason, NOW,
        )  # fmt: skip
        return found

    async def fetch(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Rows straight from the database."""
        return [dict(row) for row in await self.pool.fetch(query, *values)]


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with await open_pool(database_url, size=24) as pool:
        ids = []
        for _ in range(2):
            async with transaction(pool) as connection:
                ids.append((await set_up_workspace(connection, now=NOW)).workspace_id)
        yield House(pool, Definitions(PARTS), Actor(ids[0], "token:1"), Actor(ids[1], "token:1"))
