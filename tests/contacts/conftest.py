"""A workspace on a fresh database, and contacts written to it as requests do."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import msgspec
import pytest_asyncio

from dealt.contacts import WrittenContact, create_contact, parse_contact, update_contact, upsert_contact
from tests.house import LATER, NOW
from tests.house import House as TwoWorkspaces
from tests.house import house as two_workspaces

__all__ = ["LATER", "NOW", "House", "two_workspaces"]


class House(TwoWorkspaces):
    """Contacts are written to the first workspace."""

    async def create(self, **body: Any) -> WrittenContact:
        """A contact made at NOW."""
        patch = parse_contact(body)
        return await self.run(lambda c, s: create_contact(c, self.actor, patch, snapshot=s, now=NOW))

    async def update(self, contact_id: int, **body: Any) -> WrittenContact:
        """A change at LATER."""
        patch = parse_contact(body)
        return await self.run(lambda c, s: update_contact(c, self.actor, contact_id, patch, snapshot=s, now=LATER))

    async def upsert(self, **body: Any) -> WrittenContact:
        """An upsert at LATER."""
        patch = parse_contact(body)
        return await self.run(lambda c, s: upsert_contact(c, self.actor, patch, snapshot=s, now=LATER))

    async def row(self, contact_id: int) -> dict[str, Any]:
        """A contact's row, a placeholder's too."""
        return dict(await self.pool.fetchrow("SELECT * FROM contacts WHERE id = $1", contact_id))

    async def history(self, contact_id: int) -> list[tuple[str, dict[str, Any]]]:
        """The kinds and changes of a contact's journal."""
        rows = await self.pool.fetch("SELECT kind, changes FROM journal WHERE contact_id = $1 ORDER BY id", contact_id)
        return [(row["kind"], msgspec.json.decode(row["changes"])) for row in rows]

    async def count(self, table: str, contact_id: int) -> int:
        """How many rows of ``table`` a contact has."""
        found: int = await self.pool.fetchval(f"SELECT count(*) FROM {table} WHERE contact_id = $1", contact_id)
        return found


@pytest_asyncio.fixture
async def house(two_workspaces: TwoWorkspaces) -> House:
    return House(**{field.name: getattr(two_workspaces, field.name) for field in fields(two_workspaces)})
