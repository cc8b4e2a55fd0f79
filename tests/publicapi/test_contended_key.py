"""Writes, renames, moves and deletes of the same few orders at once, through two servers on one database."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.publicapi.conftest import V2, Shop, open_shop, serving
from tests.scenarios.wholeness import contents

KEYS = ("a", "b", "c")
CONTACTS = ("ann", "ben")
WRITERS, WRITES = 6, 40


@pytest_asyncio.fixture
async def shops(database_url: str) -> AsyncIterator[tuple[Shop, list[httpx.AsyncClient]]]:
    """A shop, and clients of its workspace on two servers."""
    async with AsyncExitStack() as stack:
        (app, url), (_, other) = [await stack.enter_async_context(serving(database_url)) for _ in range(2)]
        shop = await open_shop(app, url)
        for client in (shop.client, shop.v1):
            stack.push_async_callback(client.aclose)
        headers = V2 | {"Authorization": f"Token {shop.token}"}
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=address, headers=headers, timeout=30))
            for address in (url, other)
        ]
        for custom_id in CONTACTS:
            await shop.client.post("users/", json={"custom_id": custom_id})
        yield shop, clients


def body(dice: random.Random) -> dict[str, Any]:
    products = [f"sku-{dice.randrange(4)}" for _ in range(dice.randrange(3))]
    return {
        "name": "Order",
        "value": dice.randrange(1000),
        "user_custom_id": dice.choice(CONTACTS),
        "order_products": [{"product_custom_id": product, "value": dice.randrange(9)} for product in products],
    }


async def write(client: httpx.AsyncClient, dice: random.Random, seen: set[int]) -> httpx.Response:
    """One write of any kind; ``seen`` collects the ids of deals."""
    key, deal_id = dice.choice(KEYS), dice.choice(sorted(seen) or [1])
    match dice.randrange(10):
        case 0 | 1 | 2 | 3:
            return await client.post("deals/update_or_create/", json=body(dice) | {"custom_id": key})
        case 4:
            return await client.post("deals/", json=body(dice) | {"custom_id": key})
        case 5:
            return await client.patch(f"deals/{deal_id}/", json=body(dice))
        case 6:
            return await client.patch(f"deals-by-id/{key}/", json={"user_id": None, "stage": dice.randrange(1, 4)})
        case 7:
            return await client.patch(f"deals-by-id/{key}/", json={"custom_id": dice.choice(KEYS)})
        case 8:
            return await client.delete(f"deals/{deal_id}/")
        case _:
            return await client.delete(f"deals-by-id/{key}/")


async def work(client: httpx.AsyncClient, seed: int, seen: set[int]) -> list[int]:
    dice = random.Random(seed)
    statuses = []
    for _ in range(WRITES):
        answer = await write(client, dice, seen)
        assert answer.status_code in (200, 201, 204, 400, 404), answer.text
        if answer.status_code == 400:
            assert list(answer.json()["errors"]) == ["custom_id"], answer.text
        if answer.status_code == 201:
            seen.add(answer.json()["id"])
        statuses.append(answer.status_code)
    return statuses


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whatever_happens_to_a_key_at_once_every_history_chains_and_nothing_is_halved(
    shops: tuple[Shop, list[httpx.AsyncClient]], database_url: str, seed: int
) -> None:
    shop, clients = shops
    seen: set[int] = set()
    done = await asyncio.gather(*(work(clients[n % 2], seed * 100 + n, seen) for n in range(WRITERS)))
    statuses = [status for statuses in done for status in statuses]
    assert {200, 201, 204} <= set(statuses)
    found = await contents(database_url)
    assert found.halves == {}
    alive = {deal["id"]: deal for deal in (await shop.client.get("deals/")).json()["results"]}
    assert len({deal["custom_id"] for deal in alive.values()}) == len(alive) <= len(KEYS)
    for deal_id in seen:
        await check_history(shop, deal_id, alive.get(deal_id))


async def check_history(shop: Shop, deal_id: int, deal: dict[str, Any] | None) -> None:
    """Each entry goes on from what the one before it left; at the end stands what is shown, or nothing."""
    rows = await shop.fetch(
        "SELECT kind, changes FROM journal WHERE object_type = 'deal' AND object_id = $1 ORDER BY id", deal_id
    )
    left: dict[str, Any] = {}
    for row in rows:
        for name, (before, after) in json.loads(str(row["changes"])).items():
            assert before == left.get(name), (deal_id, row["kind"], name)
            left[name] = after
    kinds = [row["kind"] for row in rows]
    assert kinds[0] == "deal.created" and kinds.count("deal.created") == 1
    if deal is None:
        assert kinds[-1] == "deal.deleted" and kinds.count("deal.deleted") == 1
        assert {name: value for name, value in left.items() if value is not None} == {}
    else:
        assert "deal.deleted" not in kinds
        assert deal["version"] == len(kinds)
        assert (left["value"], left["stage"], left["custom_id"]) == (deal["value"], deal["stage"], deal["custom_id"])
        lines = {f"order_products.{line['id']}": line for line in deal["order_products"]}
        assert lines == {name: line for name, line in left.items() if name.startswith("order_products.") and line}
