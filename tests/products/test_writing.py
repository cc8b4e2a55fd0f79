from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from dealt.accounts import Actor
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.journal import Cause
from dealt.products import (
    Product,
    create_product,
    delete_product,
    parse_product,
    read_product,
    reserve_products,
    update_product,
)
from tests.house import LATER, NOW, House


async def create(house: House, *, actor: Actor | None = None, **body: Any) -> Product:
    by = actor or house.actor
    written = await house.run(
        lambda connection, snapshot: create_product(connection, by, parse_product(body), snapshot=snapshot, now=NOW),
        actor=by,
    )
    return written.product


async def update(house: House, product_id: int, *, actor: Actor | None = None, **body: Any) -> Product:
    by = actor or house.actor
    written = await house.run(
        lambda connection, snapshot: update_product(
            connection, by, product_id, parse_product(body), snapshot=snapshot, now=LATER
        ),
        actor=by,
    )
    return written.product


async def test_a_product_takes_the_id_that_an_order_reserved_for_its_custom_id(house: House) -> None:
    reserved = await house.run(lambda connection, _: reserve_products(connection, house.workspace_id, ["mug"]))
    assert (await create(house, custom_id="mug", name="Mug")).id == reserved["mug"]


async def test_a_change_raises_the_version_and_keeps_the_time_of_creation(house: House) -> None:
    product = await create(house, custom_id="mug", name="Mug", price=9)
    changed = await update(house, product.id, price=10)
    assert (changed.version, changed.created_at, changed.updated_at) == (2, NOW, LATER)
    async with house.pool.acquire() as connection:
        assert await read_product(connection, house.workspace_id, product.id) == changed


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"price": "9.00"},
        {"price": 9.0, "currency": " eur "},
        {"colour": "red", "tags": ["a", " a "]},
        {"description": "", "unknown": None},
        {"size": 40.0},
    ],
)
async def test_a_change_that_changes_nothing_writes_nothing(house: House, body: dict[str, Any]) -> None:
    product = await create(
        house, custom_id="mug", name="Mug", price=9, currency="EUR", colour="red", size=40, tags=["a"]
    )
    before = await house.journal("product")
    assert await update(house, product.id, **body) == product
    assert await house.journal("product") == before
    assert (await house.fetch("SELECT version FROM products"))[0]["version"] == 1


async def test_true_and_one_are_two_values_of_a_json_attribute(house: House) -> None:
    product = await create(house, name="Mug", options={"lid": True})
    assert (await update(house, product.id, options={"lid": 1})).version == 2


async def test_the_journal_stands_under_contact_0_with_actor_and_cause(house: House) -> None:
    importer = replace(house.actor, name="import", cause=Cause.SILENT, hop=3)
    product = await create(house, actor=importer, name="Mug", tags=["new"])
    tag = (await house.fetch("SELECT id FROM tags"))[0]["id"]
    assert await house.journal("product") == [("product.created", {"name": [None, "Mug"], "tags": [None, [tag]]})]
    row = (await house.fetch("SELECT * FROM journal WHERE object_type = 'product'"))[0]
    assert (row["contact_id"], row["object_id"], row["actor"], row["at"]) == (0, product.id, "import", NOW)
    assert (row["cause"], row["hop"], row["workspace_id"]) == (Cause.SILENT, 3, house.workspace_id)


async def test_a_rename_to_a_custom_id_that_orders_already_name_is_refused(house: House) -> None:
    """The id of that custom id is another, and other processes may remember it."""
    product = await create(house, custom_id="mug", name="Mug")
    await house.run(lambda connection, _: reserve_products(connection, house.workspace_id, ["cup"]))
    with pytest.raises(InvalidInput, match="Orders already name a product"):
        await update(house, product.id, custom_id="cup")
    assert (await update(house, product.id, custom_id="beaker")).custom_id == "beaker"


async def test_a_custom_id_may_be_given_later_and_taken_away(house: House) -> None:
    product = await create(house, name="Mug")
    assert (await update(house, product.id, custom_id="mug")).custom_id == "mug"
    assert (await update(house, product.id, custom_id=None)).custom_id is None
    with pytest.raises(InvalidInput, match=f"former custom id of product {product.id}"):
        await create(house, custom_id="mug", name="Another")


async def test_of_two_products_that_want_one_custom_id_at_once_one_gets_it(house: House) -> None:
    products = [await create(house, custom_id=f"p{number}", name="x") for number in range(6)]
    done = await asyncio.gather(
        *(update(house, product.id, custom_id="wanted") for product in products), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in done) == ["CustomIdTaken"] * 5 + ["Product"]
    assert len(await house.fetch("SELECT 1 FROM products WHERE custom_id = 'wanted'")) == 1


def bodies(number: int) -> dict[str, Any]:
    """Sixteen products of four attributes and three tags in turn."""
    attributes = {f"field{number % 4}": number, "colour": "red"}
    return {"custom_id": f"p{number}", "tags": [f"t{number % 3}"], **attributes}


async def test_concurrent_writes_that_define_attributes_and_tags_all_succeed(house: House) -> None:
    products = await asyncio.gather(*(create(house, **bodies(n)) for n in range(16)))
    assert len({product.id for product in products}) == 16
    assert len(await house.fetch("SELECT 1 FROM attributes WHERE domain = 'product'")) == 5
    assert len(await house.fetch("SELECT 1 FROM tags")) == 3


async def test_deleting_keeps_the_custom_ids(house: House) -> None:
    product = await create(house, custom_id="mug", name="Mug")
    await update(house, product.id, custom_id="cup")

    async def delete(connection: Any, _: Any) -> None:
        await delete_product(connection, house.actor, product.id, now=LATER)

    await house.run(delete)
    kinds = [kind for kind, _ in await house.journal("product")]
    assert kinds == ["product.created", "product.updated", "product.deleted"]
    with pytest.raises(NotFound):
        await house.run(delete)
    assert (await create(house, custom_id="mug", name="Mug")).id == product.id


async def test_a_stranger_finds_nothing_to_change(house: House) -> None:
    product = await create(house, custom_id="mug", name="Mug")
    with pytest.raises(NotFound):
        await update(house, product.id, actor=house.stranger, name="Mine")
    with pytest.raises(NotFound):
        await house.run(
            lambda connection, _: delete_product(connection, house.stranger, product.id, now=NOW), actor=house.stranger
        )
    assert (await create(house, actor=house.stranger, custom_id="mug")).id != product.id
