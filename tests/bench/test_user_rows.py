"""pgbench writes the rows of a user that the server writes; else the comparison says nothing."""

from __future__ import annotations

import json
from typing import Any

import asyncpg
from bench.api.users import upsert_one, write_one
from bench.shop import Shop, furnish

TABLES = {
    "contacts": "id = $1",
    "contact_custom_ids": "contact_id = $1",
    "contact_keys": "contact_id = $1",
    "journal": "contact_id = $1",
    "follows": "contact_id = $1",
    "stale": "contact_id = $1",
}


async def test_pgbench_writes_the_rows_that_the_server_writes(database_url: str) -> None:
    shop = await furnish(database_url, contacts=1, products=1)
    await upsert_one(shop)
    ours = await _newest(shop)
    write_one(shop)
    theirs = await _newest(shop)
    assert ours["contacts"][0]["id"] != theirs["contacts"][0]["id"]
    assert {table: [_kinds(row) for row in rows] for table, rows in theirs.items()} == {
        table: [_kinds(row) for row in rows] for table, rows in ours.items()
    }


async def _newest(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    connection = await asyncpg.connect(shop.dsn)
    newest = await connection.fetchval("SELECT max(id) FROM contacts")
    rows = {
        table: [dict(row) for row in await connection.fetch(f"SELECT * FROM {table} WHERE {of_it}", newest)]
        for table, of_it in TABLES.items()
    }
    await connection.close()
    return rows


def _kinds(row: dict[str, Any]) -> dict[str, Any]:
    """What two users have in common: which columns are set, their types, and the names of JSON objects."""
    return {name: _kind(value) for name, value in row.items()}


def _kind(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("{"):
        return {name: type(inner).__name__ for name, inner in json.loads(value).items()}
    return type(value).__name__
