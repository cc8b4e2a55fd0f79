from __future__ import annotations

import asyncio

from dealt.kernel.db import transaction
from dealt.products import ProductIds, product_facts, reserve_products
from tests.house import NOW, House


async def reserve(house: House, *custom_ids: str, known: ProductIds | None = None) -> dict[str, int]:
    async with transaction(house.pool) as connection:
        return await reserve_products(connection, house.workspace_id, custom_ids, known)


async def test_a_custom_id_keeps_its_product_id(house: House) -> None:
    first = await reserve(house, "b", "a")
    again = await reserve(house, "a", "c", "b")
    assert set(first) == {"a", "b"}
    assert {name: again[name] for name in first} == first
    assert len(set(again.values())) == 3


async def test_nothing_asked_is_nothing_reserved(house: House) -> None:
    assert await reserve(house) == {}


async def test_two_workspaces_reserve_apart(house: House) -> None:
    mine = await reserve(house, "a")
    async with transaction(house.pool) as connection:
        theirs = await reserve_products(connection, house.stranger.workspace_id, ["a"])
    assert mine["a"] != theirs["a"]


async def test_concurrent_reservations_in_any_order_agree_and_do_not_deadlock(house: House) -> None:
    names = [f"sku-{n}" for n in range(50)]
    found = await asyncio.gather(*(reserve(house, *(names if n % 2 else reversed(names))) for n in range(20)))
    assert all(one == found[0] for one in found)
    assert len(set(found[0].values())) == 50


async def test_a_reservation_that_was_rolled_back_is_never_remembered(house: House) -> None:
    known = ProductIds()
    async with house.pool.acquire() as connection:
        attempt = connection.transaction()
        await attempt.start()
        lost = await reserve_products(connection, house.workspace_id, ["a"], known)
        assert await reserve_products(connection, house.workspace_id, ["a"], known) == lost
        await attempt.rollback()
    kept = await reserve(house, "a", known=known)
    assert kept != lost
    assert await reserve(house, "a", known=known) == kept


async def test_what_is_remembered_is_not_asked_again(house: House) -> None:
    known = ProductIds()
    kept = await reserve(house, "a", "b", known=known)
    known.remember(house.workspace_id, kept)
    async with house.pool.acquire() as connection:
        await connection.execute("DELETE FROM product_custom_ids")
        assert await reserve_products(connection, house.workspace_id, ["b", "a"], known) == kept
        assert await connection.fetchval("SELECT count(*) FROM product_custom_ids") == 0


def test_the_memory_is_bounded_and_forgets_the_oldest() -> None:
    known = ProductIds(size=2)
    known.remember(1, {"a": 1, "b": 2})
    known.remember(1, {"c": 3})
    assert known.find(1, ["a", "b", "c"]) == {"b": 2, "c": 3}
    assert known.find(2, ["b"]) == {}


async def test_facts_are_of_existing_products_of_the_workspace(house: House) -> None:
    ids = await reserve(house, "mug", "not yet made")
    async with house.pool.acquire() as connection:
        await connection.execute(
            "INSERT INTO products (workspace_id, id, custom_id, name, image_url, created_at, updated_at) "
            "VALUES ($1, $2, 'mug', 'Mug', 'https://shop.example/mug.png', $3, $3)",
            house.workspace_id, ids["mug"], NOW,
        )  # fmt: skip
        facts = await product_facts(connection, house.workspace_id, ids.values())
        strange = await product_facts(connection, house.stranger.workspace_id, ids.values())
    assert list(facts) == [ids["mug"]]
    fact = facts[ids["mug"]]
    assert (fact.custom_id, fact.name, fact.product_url) == ("mug", "Mug", None)
    assert fact.image_url == "https://shop.example/mug.png"
    assert strange == {}
