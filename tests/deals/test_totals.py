"""What stands in each stage is what a count of all deals finds, whatever was done to them."""

from __future__ import annotations

import asyncio
import random
from decimal import Decimal

import pytest

from dealt.deals import FoldingRounds, check_stages, read_totals
from dealt.kernel.db import attempting, transaction
from tests.deals.test_deriving import run_due
from tests.publicapi.conftest import Shop

PEOPLE = ("ann", "bo", "cy", None)


async def drift(shop: Shop) -> list[str]:
    assert shop.app.services
    async with transaction(shop.app.services.pool) as connection, attempting(connection, keep=False):
        return [f"{one.unit.object_id} {one.unit.name}" for one in await check_stages(connection, shop.workspace_id)]


async def fold(shop: Shop) -> None:
    assert shop.app.services
    await FoldingRounds(shop.app.services.pool).round()


def some_order(chance: random.Random) -> dict[str, object]:
    order: dict[str, object] = {
        "name": "Order", "custom_id": f"o{chance.randrange(12)}", "stage": chance.randint(1, 4),
        "value": chance.choice([None, 0, 10, 19.99, 250]), "currency": chance.choice(["EUR", "USD", "PLN", None]),
        "status": chance.choice([1, 2, 3]), "order_date": f"2026-0{chance.randint(1, 9)}-11T10:00:00Z",
    }  # fmt: skip
    if (person := chance.choice(PEOPLE)) is not None:
        order["user_custom_id"] = person
    return order


async def write_something(shop: Shop, chance: random.Random) -> None:
    api, do = shop.client, chance.randrange(9)
    found = await shop.fetch("SELECT id FROM deals ORDER BY id")
    deal = chance.choice(found)["id"] if found else 0
    if do < 4 or not deal:
        await asyncio.gather(*(api.post("deals/update_or_create/", json=some_order(chance)) for _ in range(5)))
    elif do == 4:
        await api.patch(f"deals/{deal}/", json={"stage": chance.randint(1, 6), "value": chance.choice([None, 5, 7.5])})
    elif do == 5:
        await api.delete(f"deals/{deal}/")
    elif do == 6:
        await api.patch(f"deals/{deal}/", json={"user_custom_id": chance.choice(PEOPLE[:3])})
    elif do == 7:
        day = f"2026-0{chance.randint(1, 9)}-01"
        rate = {"currency": "USD", "valid_from": day, "rate": str(chance.choice(["0.5", "0.8", "2"]))}
        # The walk over deals and new orders at once: neither may tell stages what the other did.
        await asyncio.gather(
            api.post("exchange-rates/", json=rate),
            run_due(shop),
            *(api.post("deals/update_or_create/", json=some_order(chance)) for _ in range(5)),
        )
        await run_due(shop)
    else:
        await api.patch("workspace/", json={"base_currency": chance.choice(["EUR", "USD"])})
        await run_due(shop)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_totals_are_what_a_count_finds_after_any_writes(shop: Shop, seed: int) -> None:
    chance = random.Random(seed)
    for person in PEOPLE[:3]:
        await shop.client.post("users/update_or_create/", json={"custom_id": person, "first_name": person})
    for step in range(25):
        await write_something(shop, chance)
        if step % 4 == 3:
            await fold(shop)
        assert await drift(shop) == [], f"after step {step}"
    first, second = [row["id"] for row in await shop.fetch("SELECT id FROM contacts WHERE NOT placeholder LIMIT 2")]
    await shop.client.post(f"users/{first}/merge/", json={"user_id": second})
    assert await drift(shop) == []


async def test_totals_tell_currencies_apart_and_what_has_no_rate(shop: Shop) -> None:
    for value, currency, status in ((10, "EUR", 1), (5, "EUR", 2), (7, "USD", 1), (3, None, 1)):
        order = {"name": "Order", "stage": 2, "value": value, "currency": currency, "status": status}
        assert (await shop.client.post("deals/", json=order)).status_code == 201
    assert shop.app.services
    for _ in ("appended", "folded"):
        async with shop.app.services.pool.acquire() as connection:
            total = (await read_totals(connection, shop.workspace_id, [1, 2]))[2]
            open_ones = (await read_totals(connection, shop.workspace_id, [2], [1]))[2]
        assert (total.deals, total.base_value, total.unconverted) == (4, Decimal(15), 2)
        assert total.by_currency == {"EUR": Decimal(15), "USD": Decimal(7), "": Decimal(3)}
        assert (open_ones.deals, open_ones.base_value) == (3, Decimal(10))
        await fold(shop)
    assert await shop.fetch("SELECT FROM stage_deltas") == []


async def test_what_is_wrong_is_found_and_mended(shop: Shop) -> None:
    await shop.client.post("deals/", json={"name": "Order", "stage": 2, "value": 10, "currency": "EUR"})
    await fold(shop)
    await shop.fetch("UPDATE stage_totals SET deals = deals + 1, value = 99")
    assert await drift(shop) == ["2 status 1, EUR: deals", "2 status 1, EUR: value"]
    assert shop.app.services
    async with transaction(shop.app.services.pool) as connection:
        await check_stages(connection, shop.workspace_id)
    assert await drift(shop) == []


async def test_an_empty_stage_leaves_no_total(shop: Shop) -> None:
    deal = (await shop.client.post("deals/", json={"name": "Order", "stage": 2, "value": 10})).json()["id"]
    await fold(shop)
    await shop.client.delete(f"deals/{deal}/")
    await fold(shop)
    assert await shop.fetch("SELECT FROM stage_totals") == []
