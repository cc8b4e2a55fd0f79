"""Who enters and leaves segments, when, and what is told of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from dealt.app import MOVERS
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import transaction
from dealt.kernel.journal import Cause, mark_stale
from dealt.people import delete_person
from dealt.segments import delete_segment, snapshot_segment
from tests.house import NOW, House
from tests.segments.settling import Shop
from tests.subjects.asking import contact, deal

BIG: dict[str, Any] = {"field": "value", "op": "greater", "value": 100}
POLISH: dict[str, Any] = {"field": "country", "op": "equals", "value": "PL"}
BUYERS: dict[str, Any] = {"relation": "deals", "quantifier": "at_least", "count": 1, "where": BIG}
RECENT: dict[str, Any] = {
    "relation": "deals", "where": {"field": "ordered_at", "op": "in_last", "value": {"days": 30}},
}  # fmt: skip


def within(*names: Any, op: str = "in_any") -> dict[str, Any]:
    return {"field": "segments", "op": op, "value": list(names)}


@pytest.fixture
async def shop(house: House) -> Shop:
    return Shop(house)


async def _contact(shop: Shop, **columns: Any) -> int:
    async with shop.house.transaction() as connection:
        return await contact(connection, shop.house, **columns)


async def _deal(shop: Shop, contact_id: int, value: int, **columns: Any) -> int:
    async with shop.house.transaction() as connection:
        return await deal(connection, shop.house, contact_id, value=Decimal(value), **columns)


async def _value(shop: Shop, deal_id: int, value: int) -> None:
    await shop.house.pool.execute("UPDATE deals SET value = $2 WHERE id = $1", deal_id, Decimal(value))


async def test_an_edit_of_an_order_moves_its_contact_in_the_same_settling(shop: Shop) -> None:
    anna = await _contact(shop, email="anna@example.com")
    order = await _deal(shop, anna, 50)
    buyers = await shop.segment("Buyers", BUYERS)
    assert await shop.members(buyers) == set()
    await _value(shop, order, 150)
    await shop.settle(anna, hop=3)
    assert await shop.members(buyers) == {anna}
    await _value(shop, order, 90)
    await shop.settle(anna, cause=Cause.SILENT)
    assert await shop.members(buyers) == set()
    assert await shop.told(buyers) == [
        ("entered", "contact", anna, Cause.LIVE, 3), ("left", "contact", anna, Cause.SILENT, 0),
    ]  # fmt: skip
    await shop.settle(anna)
    assert len(await shop.told(buyers)) == 2, "what did not change is not told again"


async def test_a_window_opens_and_closes_at_its_second(shop: Shop) -> None:
    anna = await _contact(shop)
    await _deal(shop, anna, 1, ordered_at=NOW - timedelta(days=29))
    recent = await shop.segment("Recent", RECENT)
    assert await shop.members(recent) == {anna}
    end = NOW + timedelta(days=1)
    assert await shop.next_wake(anna) == end
    shop.clock = FixedClock(end - timedelta(seconds=1))
    await shop.settle_due()
    assert await shop.members(recent) == {anna}
    shop.clock = FixedClock(end)
    await shop.settle_due()
    assert await shop.members(recent) == set()
    assert await shop.next_wake(anna) is None


async def test_a_deal_enters_its_segment_and_its_contact_the_one_that_follows_from_it(shop: Shop) -> None:
    anna, ben = await _contact(shop), await _contact(shop)
    order = await _deal(shop, anna, 500)
    await _deal(shop, ben, 5)
    big = await shop.segment("Big", BIG, "deal")
    owners = await shop.segment("Owners", {"relation": "deals", "where": within("Big")})
    best = await shop.segment("Best", {"all": [within("Owners"), {"not": within("With email")}]})
    assert [await shop.members(one) for one in (big, owners, best)] == [{order}, {anna}, {anna}]
    await _value(shop, order, 1)
    await shop.settle(anna)
    assert [await shop.members(one) for one in (big, owners, best)] == [set(), set(), set()]
    assert await shop.told(big) == [
        ("entered", "deal", order, Cause.BACKFILL, 0), ("left", "deal", order, Cause.LIVE, 0),
    ]  # fmt: skip
    # Another filter of the first moves all that follow from it.
    await shop.refilter(big, {"field": "value", "op": "less", "value": 10})
    assert await shop.members(owners) == {anna, ben}
    assert (await shop.told(best))[-1][3] is Cause.BACKFILL


async def test_guests_are_in_no_segment_but_their_orders_are(shop: Shop) -> None:
    guest = await _contact(shop, placeholder=True, email="guest@example.com", country="PL")
    order = await _deal(shop, guest, 500)
    polish, big = await shop.segment("Polish", POLISH), await shop.segment("Big", BIG, "deal")
    await shop.settle(guest)
    assert (await shop.members(polish), await shop.members(big)) == (set(), {order})


async def test_who_is_deleted_belongs_nowhere(shop: Shop) -> None:
    anna = await _contact(shop, country="PL")
    order = await _deal(shop, anna, 500)
    polish, big = await shop.segment("Polish", POLISH), await shop.segment("Big", BIG, "deal")
    async with transaction(shop.house.pool) as connection:
        copied = await snapshot_segment(connection, shop.keeper, polish.id, name="Polish then")
    assert await shop.members(copied) == {anna}
    async with transaction(shop.house.pool) as connection:
        await delete_person(connection, MOVERS, shop.house.actor, anna, now=NOW)
    await shop.settle_due()
    assert [await shop.members(one) for one in (polish, copied, big)] == [set(), set(), {order}]
    await shop.house.pool.execute("DELETE FROM deals WHERE id = $1", order)
    await shop.settle(anna)
    assert await shop.members(big) == set()


async def test_a_deal_that_moves_to_another_contact_stays_in_its_segment(shop: Shop) -> None:
    anna, ben = await _contact(shop), await _contact(shop)
    order = await _deal(shop, anna, 500)
    big, buyers = await shop.segment("Big", BIG, "deal"), await shop.segment("Buyers", BUYERS)
    await shop.house.pool.execute("UPDATE deals SET contact_id = $2 WHERE id = $1", order, ben)
    await shop.settle(anna, ben)
    assert (await shop.members(big), await shop.members(buyers)) == ({order}, {ben})
    assert await shop.house.fetch("SELECT contact_id FROM deal_segment_members") == [{"contact_id": ben}]


async def test_a_new_segment_is_right_whatever_is_written_while_all_are_looked_at(shop: Shop) -> None:
    async with shop.house.transaction() as connection:
        people = [await contact(connection, shop.house, country="PL") for _ in range(60)]
    polish = await shop.segment("Polish", POLISH, walk=False)

    async def write() -> None:
        for turn in range(20):
            some = people[turn::7]
            async with transaction(shop.house.pool) as connection:
                await connection.execute(
                    "UPDATE contacts SET country = CASE country WHEN 'PL' THEN 'DE' ELSE 'PL' END "
                    "WHERE id = ANY($1::bigint[])", some,
                )  # fmt: skip
                await mark_stale(connection, shop.house.workspace_id, some, NOW)
            await shop.settle_due()

    await asyncio.gather(write(), shop.walk())
    await shop.settle_due()
    rows = await shop.house.fetch("SELECT id FROM contacts WHERE country = 'PL'")
    assert await shop.members(polish) == {row["id"] for row in rows}


async def test_members_of_a_deleted_segment_go(shop: Shop) -> None:
    await _contact(shop, country="PL")
    polish = await shop.segment("Polish", POLISH)
    async with transaction(shop.house.pool) as connection:
        await delete_segment(connection, shop.keeper, polish.id)
    await shop.walk()
    assert await shop.members(polish) == set()
    assert await shop.house.fetch("SELECT FROM segments WHERE id = $1", polish.id) == []
    again = await shop.segment("Polish", POLISH)
    assert again.id > polish.id


async def test_companies_and_products_enter_and_leave_and_their_people_follow(shop: Shop) -> None:
    pool, workspace_id = shop.house.pool, shop.house.workspace_id
    anna = await _contact(shop)
    company = await pool.fetchval(
        "INSERT INTO companies (workspace_id, name, country, created_at, updated_at) VALUES ($1, 'Mill', 'PL', $2, $2) "
        "RETURNING id", workspace_id, NOW,
    )  # fmt: skip
    await pool.execute(
        "INSERT INTO company_members (contact_id, company_id, workspace_id, member_since) VALUES ($1, $2, $3, $4)",
        anna, company, workspace_id, NOW,
    )  # fmt: skip
    mills = await shop.segment("Mills", POLISH, "company")
    people = await shop.segment("Of mills", {"relation": "companies", "where": within("Mills")})
    assert (await shop.members(mills), await shop.members(people)) == ({company}, {anna})
    await pool.execute("UPDATE companies SET country = 'DE'")
    await shop.walk()
    await shop.settle_due()
    assert (await shop.members(mills), await shop.members(people)) == (set(), set())
    assert await shop.told(mills) == [
        ("entered", "company", company, Cause.BACKFILL, 0), ("left", "company", company, Cause.LIVE, 0),
    ]  # fmt: skip
    await pool.execute("UPDATE companies SET country = 'PL'")
    await shop.walk()
    await pool.execute("DELETE FROM companies")
    await shop.walk()
    assert await shop.members(mills) == set()


async def test_companies_and_products_do_not_push_each_other_out(shop: Shop) -> None:
    """Their ids are counted apart: where there is a company 2 there may be no product 2."""
    workspace_id, pool = shop.house.workspace_id, shop.house.pool
    for table, count in (("companies", 3), ("products", 1)):
        await pool.execute(
            f"INSERT INTO {table} (workspace_id, name, created_at, updated_at) "
            "SELECT $1, 'Any', $2, $2 FROM generate_series(1, $3)", workspace_id, NOW, count,
        )  # fmt: skip
    firms, goods = await shop.segment("Firms", {}, "company"), await shop.segment("Goods", {}, "product")
    everything = len(await shop.members(firms)), len(await shop.members(goods))
    assert everything == (3, 1)
    told = await shop.told(firms)
    await shop.walk()
    assert (len(await shop.members(firms)), await shop.told(firms)) == (3, told)


async def test_what_is_gone_leaves_segments_that_follow_from_others_and_static_ones(shop: Shop) -> None:
    workspace_id, pool = shop.house.workspace_id, shop.house.pool
    await pool.execute(
        "INSERT INTO products (workspace_id, name, created_at, updated_at) VALUES ($1, 'Mug', $2, $2)",
        workspace_id,
        NOW,
    )
    goods = await shop.segment("Goods", {}, "product")
    nested = await shop.segment("Nested", within("Goods"), "product")
    async with transaction(pool) as connection:
        copied = await snapshot_segment(connection, shop.keeper, goods.id, name="Copied")
    assert [len(await shop.members(one)) for one in (goods, nested, copied)] == [1, 1, 1]
    await pool.execute("DELETE FROM products")
    await shop.walk()
    assert [await shop.members(one) for one in (goods, nested, copied)] == [set(), set(), set()]
