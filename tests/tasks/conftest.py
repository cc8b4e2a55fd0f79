"""A house with a person, a guest's placeholder, a company and a way to make deals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest_asyncio

from dealt.accounts import Actor
from dealt.kernel.db import Record
from dealt.tasks import TaskPatch, Written, create_task, read_task, update_task
from tests.house import NOW, House
from tests.house import house as house


@dataclass
class Desk:
    """Where tasks are written: ``jane`` and ``john`` are contacts, ``guest`` is an invisible one."""

    house: House
    jane: int
    john: int
    guest: int
    company: int

    async def deal(self, contact_id: int) -> int:
        deal_id = await self.house.deal(contact_id)
        await self.house.pool.execute(
            "INSERT INTO deal_ids (workspace_id, deal_id, contact_id) VALUES ($1, $2, $3)",
            self.house.workspace_id, deal_id, contact_id,
        )  # fmt: skip
        return deal_id

    async def create(
        self, attributes: dict[str, Any] | None = None, actor: Actor | None = None, **fields: Any
    ) -> Written:
        patch = TaskPatch({"name": "Call", "due_at": NOW} | fields, attributes or {})
        async with self.house.transaction() as connection:
            return await create_task(connection, actor or self.house.actor, patch, self.house.definitions, now=NOW)

    async def update(self, task_id: int, attributes: dict[str, Any] | None = None, **fields: Any) -> Written:
        patch = TaskPatch(fields, attributes or {})
        async with self.house.transaction() as connection:
            return await update_task(connection, self.house.actor, task_id, patch, self.house.definitions, now=NOW)

    async def read(self, task_id: int) -> Record:
        return await read_task(self.house.pool, self.house.workspace_id, task_id)

    async def lives_with(self, task_id: int) -> int:
        """The contact under whom a task is stored, in its directory and as a row."""
        [row] = await self.house.fetch(
            "SELECT t.contact_id FROM tasks AS t "
            "JOIN task_ids AS i ON i.contact_id = t.contact_id AND i.task_id = t.id "
            "WHERE t.id = $1",
            task_id,
        )
        return int(row["contact_id"])

    async def open_tasks(self, deal_id: int) -> int:
        """What the deal says of its open tasks."""
        return int(await self.house.pool.fetchval("SELECT open_tasks FROM deals WHERE id = $1", deal_id))

    async def stale(self) -> set[int]:
        """The contacts marked stale since the last call."""
        return {row["contact_id"] for row in await self.house.fetch("DELETE FROM stale RETURNING contact_id")}


@pytest_asyncio.fixture
async def desk(house: House) -> Desk:
    guest = await house.pool.fetchval(
        "INSERT INTO contacts (workspace_id, placeholder, created_at, updated_at) "
        "VALUES ($1, true, $2, $2) RETURNING id",
        house.workspace_id, NOW,
    )  # fmt: skip
    company = await house.pool.fetchval(
        "INSERT INTO companies (workspace_id, name, created_at, updated_at) VALUES ($1, 'Acme', $2, $2) RETURNING id",
        house.workspace_id, NOW,
    )  # fmt: skip
    return Desk(house, await house.contact(), await house.contact(), guest, company)
