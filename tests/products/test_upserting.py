from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

from dealt.attributes import create_attribute
from dealt.kernel.errors import InvalidInput
from dealt.products import (
    UpsertedProduct,
    UpsertedProducts,
    create_product,
    parse_product,
    reserve_products,
    update_product,
    upsert_products,
)
from tests.house import LATER, NOW, House


async def upsert(house: House, *bodies: dict[str, Any], add_tags: tuple[str, ...] = ()) -> UpsertedProducts:
    patches = [parse_product(body) for body in bodies]
    written = await house.run(
        lambda connection, snapshot: upsert_products(
            connection, house.actor, patches, snapshot=snapshot, now=LATER, add_tags=add_tags
        )
    )
    house.definitions.forget(house.workspace_id)
    return written


async def test_many_products_are_created_and_updated_with_one_entry_of_history_each(house: House) -> None:
    await house.run(
        lambda connection, snapshot: create_product(
            connection, house.actor, parse_product({"custom_id": "tea", "name": "Tea", "price": 4}),
            snapshot=snapshot, now=NOW,
        )
    )  # fmt: skip
    done = await upsert(
        house,
        {"custom_id": "mug", "name": "Mug", "price": "9.50", "colour": "red"},
        {"custom_id": "tea", "price": 5},
        {"custom_id": "mug", "price": "8"},
    )
    kinds = [(one.created, one.changed) for one in done.outcomes if isinstance(one, UpsertedProduct)]
    assert kinds == [(True, True), (False, True), (False, True)]
    rows = await house.fetch("SELECT custom_id, name, price, version, created_at FROM products ORDER BY custom_id")
    assert [tuple(row.values()) for row in rows] == [
        ("mug", "Mug", Decimal(8), 1, LATER), ("tea", "Tea", Decimal(5), 2, NOW)
    ]  # fmt: skip
    assert [(kind, changes.get("price")) for kind, changes in await house.journal("product")] == [
        ("product.created", [None, "4.00"]), ("product.created", [None, "8.00"]), ("product.updated", ["4.00", "5.00"])
    ]  # fmt: skip
    assert (await house.fetch("SELECT count(*) AS n FROM follows WHERE kind LIKE 'product.%'"))[0]["n"] == 3


async def test_the_same_again_writes_nothing(house: House) -> None:
    body = {"custom_id": "mug", "name": "Mug", "price": "9.50", "tags": ["kitchen"], "size": 3}
    await upsert(house, body)
    again = await upsert(house, body)
    assert [(one.created, one.changed) for one in again.outcomes if isinstance(one, UpsertedProduct)] == [
        (False, False)
    ]
    assert not again.defined
    assert len(await house.journal("product")) == 1


async def test_a_refused_product_stops_no_other(house: House) -> None:
    await house.run(
        lambda connection, _: create_attribute(
            connection, house.workspace_id, domain="product", name="size", value_type="integer", now=NOW
        )
    )
    house.definitions.forget(house.workspace_id)
    done = await upsert(house, {"custom_id": "a", "size": "large"}, {"name": "b"}, {"custom_id": "c", "size": "7"})
    first, second, third = done.outcomes
    assert isinstance(first, InvalidInput)
    assert "size" in first.detail
    assert isinstance(second, InvalidInput)
    assert "custom_id" in second.detail
    assert isinstance(third, UpsertedProduct)
    assert [row["custom_id"] for row in await house.fetch("SELECT custom_id FROM products")] == ["c"]


async def test_a_product_takes_its_reserved_id_and_a_former_custom_id_is_refused(house: House) -> None:
    reserved = await house.run(lambda connection, _: reserve_products(connection, house.workspace_id, ["mug"]))
    (made,) = (await upsert(house, {"custom_id": "mug", "name": "Mug"})).outcomes
    assert isinstance(made, UpsertedProduct)
    assert made.id == reserved["mug"]
    await house.run(
        lambda connection, snapshot: update_product(
            connection, house.actor, made.id, parse_product({"custom_id": "cup"}), snapshot=snapshot, now=LATER
        )
    )
    (refused,) = (await upsert(house, {"custom_id": "mug", "name": "Another"})).outcomes
    assert isinstance(refused, InvalidInput)
    assert "former custom id" in refused.detail


async def test_tags_are_replaced_by_those_sent_and_joined_by_those_of_the_batch(house: House) -> None:
    await upsert(house, {"custom_id": "a", "tags": ["old"]}, {"custom_id": "b", "tags": ["old"]})
    await upsert(house, {"custom_id": "a", "tags": ["new"]}, {"custom_id": "b"}, add_tags=("feed",))
    rows = await house.fetch(
        "SELECT custom_id, array(SELECT t.name FROM tags AS t WHERE t.workspace_id = p.workspace_id "
        "AND t.id = ANY(p.tag_ids) ORDER BY t.name) AS tags FROM products AS p ORDER BY custom_id"
    )
    assert [row["tags"] for row in rows] == [["feed", "new"], ["feed", "old"]]


async def test_writers_of_the_same_products_at_once_make_each_of_them_once(house: House) -> None:
    names = [f"p{number}" for number in range(40)]
    bodies = [[{"custom_id": name, "name": str(turn)} for name in names[turn:] + names[:turn]] for turn in range(6)]
    done = await asyncio.gather(*(upsert(house, *some) for some in bodies))
    outcomes = [one for each in done for one in each.outcomes if isinstance(one, UpsertedProduct)]
    assert sum(one.created for one in outcomes) == 40
    assert len(outcomes) == 240
    kinds = [kind for kind, _ in await house.journal("product")]
    assert kinds.count("product.created") == 40
    assert (await house.fetch("SELECT count(*) AS n FROM products"))[0]["n"] == 40
