"""People in a workspace on a fresh database, who are written, joined, separated and forgotten as requests do it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, fields
from typing import Any

import msgspec
import pytest_asyncio

from dealt.accounts import Actor
from dealt.app import MOVERS
from dealt.contacts import create_contact, parse_contact, update_contact, upsert_contact
from dealt.deals import DealWork, DealWriter, DealWritten, parse_deal, upsert
from dealt.kernel.clock import SystemClock
from dealt.kernel.db import in_transaction
from dealt.lists import add_to_list, create_list
from dealt.people import Report, delete_person, erase_person, merge, unmerge
from dealt.tasks import create_task, parse_task
from tests.house import LATER, NOW
from tests.house import House as TwoWorkspaces
from tests.house import house as two_workspaces

__all__ = ["LATER", "NOW", "People", "two_workspaces"]


@dataclass
class People(TwoWorkspaces):
    """Everything is written to the first workspace."""

    writer: DealWriter

    async def person(self, **body: Any) -> int:
        """A new contact's id."""
        patch = parse_contact(body)
        return (await self.run(lambda c, s: create_contact(c, self.actor, patch, snapshot=s, now=NOW))).id

    async def upsert(self, **body: Any) -> int:
        """The id of the contact that was written."""
        patch = parse_contact(body)
        return (await self.run(lambda c, s: upsert_contact(c, self.actor, patch, snapshot=s, now=LATER))).id

    async def edit(self, contact_id: int, **body: Any) -> int:
        """The id of the contact that was written."""
        patch = parse_contact(body)
        written = await self.run(lambda c, s: update_contact(c, self.actor, contact_id, patch, snapshot=s, now=LATER))
        return written.id

    async def order(self, custom_id: str, **body: Any) -> int:
        """The id of the deal that was upserted."""
        async with self.pool.acquire() as connection:
            snapshot = await self.definitions.for_reading(connection, self.workspace_id)
        body = {"name": "Order", "currency": "EUR"} | body | {"custom_id": custom_id}
        patch = parse_deal(body, snapshot.time_zone, user_id_is_custom=False)
        [outcome] = await self.write(upsert(patch, self.actor))
        return outcome.deal_id

    async def write(self, *works: DealWork) -> list[DealWritten]:
        """What became of works on deals; raises what any of them raised."""
        outcomes = []
        for outcome in await self.writer.write_many(self.workspace_id, works):
            if isinstance(outcome, Exception):
                raise outcome
            outcomes.append(outcome)
        return outcomes

    async def task(self, **body: Any) -> int:
        """A new task's id."""

        async def work(connection: Any, snapshot: Any) -> int:
            patch = parse_task({"due_date": "2025-07-01"} | body, snapshot.time_zone)
            return (await create_task(connection, self.actor, patch, self.definitions, now=NOW)).id

        return await self.run(work)

    async def list_of(self, *contacts: int) -> int:
        """A new list with these contacts."""
        async with self.transaction() as connection:
            made = await create_list(connection, self.workspace_id, name="List", now=NOW)
            await add_to_list(connection, self.actor, made.id, contacts, now=NOW)
        return made.id

    async def merge(self, parent: int, *users: int, actor: Actor | None = None) -> list[int]:
        """Merge users into the parent."""
        return await in_transaction(
            self.pool, lambda c: merge(c, MOVERS, actor or self.actor, parent, users, now=LATER)
        )

    async def unmerge(self, contact: int, *users: int) -> list[int]:
        """Separate a merged contact, or users from the parent."""
        return await in_transaction(
            self.pool, lambda c: unmerge(c, MOVERS, self.actor, contact, users or None, now=LATER)
        )

    async def delete(self, contact: int, actor: Actor | None = None) -> Report:
        """Delete a contact."""
        return await in_transaction(
            self.pool, lambda c: delete_person(c, MOVERS, actor or self.actor, contact, now=LATER)
        )

    async def erase(self, contact: int) -> Report:
        """Erase a person."""
        return await in_transaction(self.pool, lambda c: erase_person(c, MOVERS, self.actor, contact, now=LATER))

    async def row(self, contact_id: int) -> dict[str, Any]:
        """A contact's row, a placeholder's too; attributes as values."""
        row = dict(await self.pool.fetchrow("SELECT * FROM contacts WHERE id = $1", contact_id))
        return row | {"attributes": msgspec.json.decode(row["attributes"])}

    async def count(self, table: str, contact_id: int) -> int:
        """How many rows of ``table`` a contact has."""
        found: int = await self.pool.fetchval(f"SELECT count(*) FROM {table} WHERE contact_id = $1", contact_id)
        return found

    async def home(self, deal_id: int) -> int:
        """The contact that a deal is with, as all tables say."""
        tables = (("deals", "id"), ("deal_ids", "deal_id"), ("deal_lines", "deal_id"), ("deal_products", "deal_id"))
        found = {
            row["contact_id"]
            for table, key in tables
            for row in await self.fetch(f"SELECT contact_id FROM {table} WHERE {key} = $1", deal_id)
        }
        found |= {
            row["contact_id"]
            for row in await self.fetch(
                "SELECT contact_id FROM journal WHERE object_type = 'deal' AND object_id = $1", deal_id
            )
        }
        [only] = found
        return int(only)

    async def history(self, object_type: str, object_id: int) -> list[tuple[int, str, dict[str, Any]]]:
        """Contact, kind and changes of an object's journal."""
        rows = await self.fetch(
            "SELECT contact_id, kind, changes FROM journal WHERE object_type = $1 AND object_id = $2 ORDER BY id",
            object_type,
            object_id,
        )
        return [(row["contact_id"], row["kind"], msgspec.json.decode(row["changes"])) for row in rows]


@pytest_asyncio.fixture
async def people(two_workspaces: TwoWorkspaces) -> AsyncIterator[People]:
    known = {field.name: getattr(two_workspaces, field.name) for field in fields(two_workspaces)}
    writer = DealWriter(two_workspaces.pool, SystemClock(), two_workspaces.definitions)
    yield People(**known, writer=writer)
    await writer.close()
