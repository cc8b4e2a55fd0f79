"""Whoever is measured writes the same rows; else the comparison says nothing."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

import asyncpg
import pytest
from bench.direct import Rehearsal, replay
from bench.filling import fill
from bench.orders import Orders
from bench.pgbench import write_one
from bench.shop import Shop, furnish

from dealt.accounts import Actor
from dealt.app import build_services
from dealt.deals import DealWork, Submission, parse_deal
from dealt.kernel.bodies import parse_json
from dealt.kernel.db import open_pool
from dealt.settings import Settings

TABLES = {
    "deal_custom_ids": "deal_id = $1",
    "deal_ids": "deal_id = $1",
    "deals": "id = $1",
    "deal_lines": "deal_id = $1",
    "deal_products": "deal_id = $1",
    "journal": "object_id = $1 AND object_type = 'deal'",
    "follows": "object_id = $1 AND kind LIKE 'deal.%'",
}
# The stored past differs from an order of today: it is decided, and has its own moments and stages.
DECIDED = {"won_at", "stage_id", "status"}


async def test_pgbench_writes_the_rows_that_the_server_writes(database_url: str) -> None:
    shop = await furnish(database_url, contacts=3, products=4)
    await _write_as_the_server_does(shop)
    ours = await _newest(shop)
    write_one(shop)
    theirs = await _newest(shop)
    assert ours["deals"][0]["id"] != theirs["deals"][0]["id"]
    assert _shape(theirs) == _shape(ours)
    connection = await asyncpg.connect(shop.dsn)
    marks = await connection.fetchval("SELECT count(*) FROM stale")
    await connection.close()
    assert marks == 0, "nothing that a new workspace defines looks at orders"


async def test_the_stored_past_has_the_rows_of_an_order(database_url: str) -> None:
    shop = await furnish(database_url, contacts=3, products=4)
    await _write_as_the_server_does(shop)
    ours = await _newest(shop)
    await fill(shop, 5)
    past = await _newest(shop)
    assert past.pop("follows") == []
    ours.pop("follows")
    assert _shape(past, ignored=DECIDED) == _shape(ours, ignored=DECIDED)


async def test_recorded_sets_store_their_orders_when_they_are_replayed(database_url: str) -> None:
    shop = await furnish(database_url, contacts=3, products=4)
    recorded = await Rehearsal(shop).record(3)
    connection = await asyncpg.connect(shop.dsn)
    tables = ", ".join(["stale", *TABLES])
    await connection.execute(f"TRUNCATE {tables}")
    assert await replay(shop.dsn, recorded, connections=1) > 0
    counts = [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in ("deals", "deal_lines")]
    await connection.close()
    assert counts == [3 * 64, 6 * 64]


@pytest.mark.parametrize("seed", [1, 2])
def test_an_order_names_two_products_and_adds_up(seed: int) -> None:
    for body in islice(Orders(contacts=2, products=2, seed=seed).bodies(), 100):
        order = json.loads(body)
        first, second = order["order_products"]
        assert first["product_custom_id"] != second["product_custom_id"]
        assert round(first["value"] + second["value"], 2) == order["value"]


async def _write_as_the_server_does(shop: Shop) -> None:
    pool = await open_pool(shop.dsn, size=2)
    services = build_services(pool, Settings(database_url=shop.dsn))
    async with pool.acquire() as connection:
        zone = (await services.definitions.for_reading(connection, shop.workspace_id)).time_zone
    body = parse_json(next(Orders(shop.contacts, shop.products, seed=1).bodies()))
    work = DealWork(how="create", actor=Actor(shop.workspace_id, "token:1"), patch=parse_deal(body, zone))
    await services.deals.submit(Submission(work=work))
    await services.deals.close()
    await pool.close()


async def _newest(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    """The rows of the newest deal, by table."""
    connection = await asyncpg.connect(shop.dsn)
    deal_id = await connection.fetchval("SELECT max(deal_id) FROM deal_ids")
    rows = {
        table: [dict(row) for row in await connection.fetch(f"SELECT * FROM {table} WHERE {of_deal}", deal_id)]
        for table, of_deal in TABLES.items()
    }
    await connection.close()
    return rows


def _shape(tables: dict[str, list[dict[str, Any]]], *, ignored: set[str] = frozenset()) -> Any:  # type: ignore[assignment]
    return {
        table: [{column: _kind(value) for column, value in row.items() if column not in ignored} for row in rows]
        for table, rows in tables.items()
    }


def _kind(value: Any) -> Any:
    """What two orders have in common in this value: constants, the structure of JSON, else the type."""
    if isinstance(value, str) and value.startswith("{"):
        return _kind(json.loads(value))
    if isinstance(value, dict):
        return {key: _kind(inner) for key, inner in sorted(value.items())}
    if isinstance(value, list):
        return [_kind(inner) for inner in value]
    return type(value)
