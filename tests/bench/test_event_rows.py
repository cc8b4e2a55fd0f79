"""Whoever is measured writes the same rows of an event; else the comparison says nothing."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

import asyncpg
from bench.api.events import name_events, write_one
from bench.api.told import Events
from bench.shop import Shop, furnish

from dealt.accounts import Actor
from dealt.app import build_services
from dealt.events import Telling, parse_event
from dealt.kernel.bodies import parse_json
from dealt.kernel.db import open_pool
from dealt.settings import Settings

# What every event has of its own.
OWN = {
    "contact_id",
    "happened_at",
    "id",
    "received_at",
    "definition_id",
    "journal_at",
    "journal_id",
    "object_id",
    "bucket",
}


async def test_pgbench_writes_the_rows_of_an_event_that_the_server_writes(database_url: str) -> None:
    shop = await furnish(database_url, contacts=3, products=4)
    await name_events(shop)
    await _forget(shop)
    await _write_as_the_server_does(shop)
    ours = await _rows(shop)
    await _forget(shop)
    write_one(shop)
    theirs = await _rows(shop)
    assert theirs == ours
    assert {table: len(rows) for table, rows in ours.items()} == {"events": 1, "follows": 1, "stale": 0}


async def _write_as_the_server_does(shop: Shop) -> None:
    async with await open_pool(shop.dsn, size=2) as pool:
        services = build_services(pool, Settings(database_url=shop.dsn))
        async with pool.acquire() as connection:
            zone = (await services.definitions.for_reading(connection, shop.workspace_id)).time_zone
        telling = Telling(Actor(shop.workspace_id, "token:1"), zone, services.clock.now())
        [body] = islice(Events(shop.contacts, seed=1).bodies(), 1)
        await services.events.submit(parse_event(parse_json(body), telling))
        await services.events.close()


async def _forget(shop: Shop) -> None:
    connection = await asyncpg.connect(shop.dsn)
    await connection.execute("TRUNCATE events, follows, stale")
    await connection.close()


async def _rows(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    connection = await asyncpg.connect(shop.dsn)
    found = {}
    for table in ("events", "follows", "stale"):
        rows = [json.loads(row[0]) for row in await connection.fetch(f"SELECT to_json(t) FROM {table} AS t")]
        found[table] = [_plain(row) for row in rows]
    await connection.close()
    return found


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in row.items() if name not in OWN | {"marked_at"}}
    if "data" in plain:
        plain["data"] = {name: type(value).__name__ for name, value in plain["data"].items()}
    return plain
