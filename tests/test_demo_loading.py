"""The demo shop in a real workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dealt.app import build_services
from dealt.demo import Shop, shop
from dealt.demo.definitions import AGGREGATORS
from dealt.demo_loading import WorkspaceInUse, load_demo
from dealt.kernel.db import open_pool, transaction
from dealt.publicapi import Services
from dealt.settings import Settings
from dealt.setup import set_up_workspace

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
async def services(database_url: str) -> AsyncIterator[Services]:
    pool = await open_pool(database_url, size=4)
    async with pool:
        async with transaction(pool) as connection:
            await set_up_workspace(connection, now=NOW)
        yield build_services(pool, Settings())


@pytest.fixture(scope="module")
def small_shop() -> Shop:
    """Its 60 latest orders, and who made them."""
    whole = shop(NOW)
    orders = whole.orders[-60:]
    buyers = {order.get("user_custom_id") for order in orders}
    return replace(
        whole, orders=orders, contacts=tuple(row for row in whole.contacts if row["custom_id"] in buyers),
        visits=tuple(row for row in whole.visits if row["user_custom_id"] in buyers)[-60:],
    )  # fmt: skip


def _quietly(_what: str, _done: int, _total: int) -> None:
    pass


async def test_everything_is_there_once_however_often_it_is_loaded(services: Services, small_shop: Shop) -> None:
    assert await load_demo(services, 1, small_shop, _quietly)
    assert not await load_demo(services, 1, small_shop, _quietly)
    counts = await services.pool.fetchrow(
        "SELECT (SELECT count(*) FROM deals) AS orders, (SELECT count(*) FROM products) AS products,"
        " (SELECT count(*) FROM contacts WHERE NOT placeholder) AS contacts,"
        " (SELECT count(*) FROM companies) AS companies, (SELECT count(*) FROM loss_reasons) AS reasons,"
        " (SELECT count(*) FROM exchange_rates) AS rates,"
        " (SELECT count(*) FROM rfm_setups) AS rfms, (SELECT count(*) FROM aggregators) AS aggregators,"
        " (SELECT count(*) FROM segments WHERE name = 'At risk big spenders') AS segments,"
        " (SELECT count(*) FROM journal WHERE kind = 'product.updated') AS edits"
    )
    assert dict(counts) == {
        "orders": 60, "products": len(small_shop.products), "contacts": len(small_shop.contacts),
        "companies": len(small_shop.companies), "reasons": len(small_shop.loss_reasons),
        "rates": len(small_shop.exchange_rates), "edits": len(small_shop.product_edits),
        "rfms": 1, "aggregators": len(AGGREGATORS) + 3, "segments": 1,
    }  # fmt: skip


async def test_the_catalogue_is_that_of_today_and_nobody_is_to_be_mailed(services: Services, small_shop: Shop) -> None:
    await load_demo(services, 1, small_shop, _quietly)
    rows = await services.pool.fetch("SELECT custom_id, price FROM products")
    assert {row["custom_id"]: f"{row['price']:.2f}" for row in rows} == {
        row["custom_id"]: row["price"] for row in small_shop.products
    }
    causes = await services.pool.fetch(
        "SELECT DISTINCT cause FROM journal WHERE kind LIKE ANY(ARRAY['deal.%', 'contact.%', 'product.%'])"
    )
    assert [row["cause"] for row in causes] == [1]
    lanes = await services.pool.fetch("SELECT DISTINCT lane, cause FROM stale")
    assert [tuple(row) for row in lanes] == [(1, 1)]


async def test_orders_have_come_to_be_what_they_are(services: Services, small_shop: Shop) -> None:
    await load_demo(services, 1, small_shop, _quietly)
    delivered = next(order for order in small_shop.orders if "shipped_at" in order and order["stage"] == 5)
    row = await services.pool.fetchrow(
        "SELECT contact_id, id, stage_id, stage_entered_at, created_at FROM deals WHERE custom_id = $1",
        delivered["custom_id"],
    )
    assert row is not None
    told = datetime.fromisoformat(delivered["delivered_at"])
    assert timedelta(0) <= row["stage_entered_at"] - told < timedelta(hours=4)
    assert row["created_at"] < row["stage_entered_at"]
    steps = await services.pool.fetchval(
        "SELECT count(*) FROM journal WHERE contact_id = $1 AND object_id = $2 AND kind LIKE 'deal.%'",
        row["contact_id"], row["id"],
    )  # fmt: skip
    assert steps == len(small_shop.courses[delivered["custom_id"]]) > 1
    seen = await services.pool.fetchval(
        "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM page_views)"
        " + (SELECT count(*) FROM product_events)"
    )
    assert seen == len(small_shop.visits) == 60
    entered = await services.pool.fetchval("SELECT min(at) FROM journal WHERE kind = 'segment.entered'")
    assert entered < NOW - timedelta(days=1)


async def test_a_load_that_was_cut_short_is_taken_up_again(services: Services, small_shop: Shop) -> None:
    class PowerCut(Exception):  # noqa: N818
        pass

    def cut(what: str, done: int, _total: int) -> None:
        if what == "orders" and done > 40:
            raise PowerCut

    with pytest.raises(PowerCut):
        await load_demo(services, 1, small_shop, cut)
    assert 0 < await services.pool.fetchval("SELECT count(*) FROM deals") < 60
    assert await load_demo(services, 1, small_shop, _quietly)
    assert await services.pool.fetchval("SELECT count(*) FROM deals") == 60
    assert await services.pool.fetchval("SELECT count(*) FROM products") == len(small_shop.products)


async def test_a_workspace_with_orders_of_its_own_is_left_as_it_is(services: Services, small_shop: Shop) -> None:
    await services.pool.execute(
        "INSERT INTO companies (workspace_id, name, created_at, updated_at) VALUES (1, 'Mine', $1, $1)", NOW
    )
    with pytest.raises(WorkspaceInUse, match="data folder of its own"):
        await load_demo(services, 1, small_shop, _quietly)
    assert await services.pool.fetchval("SELECT count(*) FROM products") == 0
