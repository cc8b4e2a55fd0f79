"""A workspace on a fresh database, and a pool to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest_asyncio

from dealt.accounts import Actor
from dealt.kernel.db import Pool, open_pool, transaction
from dealt.setup import set_up_workspace

NOW = datetime(2025, 6, 24, 12, tzinfo=UTC)


@dataclass
class House:
    """A database with two workspaces that must not see each other."""

    pool: Pool
    actor: Actor
    stranger: Actor

    @property
    def workspace_id(self) -> int:
        return self.actor.workspace_id


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with await open_pool(database_url, size=24) as pool:
        ids = []
        for _ in range(2):
            async with transaction(pool) as connection:
                ids.append((await set_up_workspace(connection, now=NOW)).workspace_id)
        yield House(pool, Actor(ids[0], "token:1"), Actor(ids[1], "token:1"))
