"""Searches among many contacts: what is asked all the time is found by an index."""

from __future__ import annotations

from typing import Any

from dealt.contacts import page_of_tagged, search_contacts, search_page
from dealt.kernel.db import Connection
from dealt.kernel.paging import PageRequest
from dealt.publicapi.user_filters import USERS
from tests.contacts.conftest import NOW, House

MANY = """
INSERT INTO contacts (workspace_id, email, phone_number, tag_ids, created_at, updated_at)
SELECT $1, 'u' || n || '@shop.example', n::text, CASE n % 500 WHEN 0 THEN ARRAY[1::bigint] ELSE '{}' END,
    '2025-01-01', '2025-01-01' FROM generate_series(1, 20000) AS n"""
# Argument, text, and the index.
LOOKUPS = [
    ("email", "U77@shop.example", "contacts_by_email"), ("email", "nobody@shop.example", "contacts_by_email"),
    ("email__istartswith", "u77", "contacts_by_email"), ("email__startswith", "u77@", "contacts_by_email"),
    ("phone_number", "77", "contacts_by_phone"), ("updated_at__gte", "2025-06-01", "contacts_by_update"),
]  # fmt: skip


class Explaining:
    """A connection that tells the plan of the first statement that is fetched."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.plan = ""

    async def fetch(self, statement: str, *values: Any) -> Any:
        if not self.plan:
            rows = await self.connection.fetch(f"EXPLAIN {statement}", *values)
            self.plan = "\n".join([row[0] for row in rows])
        return await self.connection.fetch(statement, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)


async def test_the_usual_searches_use_an_index_among_many_contacts(house: House) -> None:
    await house.pool.execute(MANY, house.workspace_id)
    await house.pool.execute("ANALYZE contacts")
    async with house.pool.acquire() as connection:
        snapshot = await house.definitions.for_reading(connection, house.workspace_id)
        for argument, text, index in LOOKUPS:
            narrowed = USERS.narrow({argument: text}, snapshot, NOW)
            page, one = Explaining(connection), Explaining(connection)
            assert not narrowed.unserved
            await search_page(page, house.workspace_id, PageRequest(narrowed=narrowed))
            await search_contacts(one, house.workspace_id, narrowed)
            assert index in page.plan and index in one.plan, page.plan + one.plan
        tagged = Explaining(connection)
        await page_of_tagged(tagged, house.workspace_id, 1, PageRequest())
        assert "contacts_by_tag" in tagged.plan
