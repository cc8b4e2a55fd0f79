"""Custom ids: what a refused, late or misdirected write leaves of them."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import httpx
import msgspec
import pytest

from tests.publicapi.conftest import Shop, serving

OLD, NEW = "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z"
KEYS, PEOPLE = ["A", "B", "C", "D"], ["ann", "bob"]

# Custom ids, directory and deals, where any of the three says something else than the others.
DISAGREEMENTS = """
SELECT k.custom_id AS key, k.deal_id AS key_says, i.deal_id, i.custom_id, d.custom_id AS deal_says
FROM (SELECT * FROM deal_custom_ids WHERE deleted_at IS NULL) AS k
FULL JOIN (SELECT * FROM deal_ids WHERE custom_id IS NOT NULL) AS i USING (workspace_id, deal_id)
FULL JOIN (SELECT * FROM deals WHERE custom_id IS NOT NULL) AS d
    ON d.id = i.deal_id AND d.contact_id = i.contact_id
WHERE k.custom_id IS DISTINCT FROM i.custom_id OR i.custom_id IS DISTINCT FROM d.custom_id"""


async def make(shop: Shop, custom_id: str, **body: Any) -> int:
    answer = await shop.client.post("deals/", json={"name": "Order", "custom_id": custom_id} | body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def upsert(shop: Shop, custom_id: str, **body: Any) -> httpx.Response:
    return await shop.client.post("deals/update_or_create/", json={"name": "Order", "custom_id": custom_id} | body)


async def is_free(shop: Shop, custom_id: str) -> bool:
    """Whether nothing answers to a custom id and a new deal can have it."""
    read = await shop.client.get(f"deals-by-id/{custom_id}/")
    made = await upsert(shop, custom_id)
    return (read.status_code, made.status_code) == (404, 201)


async def test_a_refused_upsert_leaves_a_deleted_custom_id_as_it_was(shop: Shop) -> None:
    await make(shop, "A", source_updated_at=NEW)
    assert (await shop.client.delete("deals-by-id/A/")).status_code == 204
    refused = await shop.client.post("deals/", json={"custom_id": "A", "value": 5})
    assert refused.status_code == 400, refused.text
    late = await upsert(shop, "A", source_updated_at=OLD)
    assert late.json().get("ignored"), late.text
    assert await is_free(shop, "A")


async def test_a_refused_rename_leaves_the_new_custom_id_free(shop: Shop) -> None:
    deal_id = await make(shop, "A")
    bad_line = {"id": 1, "value": 5}
    refused = await shop.client.patch(f"deals/{deal_id}/lines/7/", json={"value": 5})
    assert refused.status_code == 404
    refused = await shop.client.patch(f"deals/{deal_id}/", json={"custom_id": "B", "order_products": [bad_line, {}]})
    assert refused.status_code == 400, refused.text
    refused = await shop.client.patch(
        f"deals/{deal_id}/",
        json={"custom_id": "B", "order_products": [{"product_id": 1, "value": 5, "returned_quantity": 9}]},
    )
    assert refused.status_code == 400, refused.text
    assert await is_free(shop, "B")


async def test_a_late_rename_leaves_the_new_custom_id_free(shop: Shop) -> None:
    deal_id = await make(shop, "A", source_updated_at=NEW)
    late = await shop.client.patch(f"deals/{deal_id}/", json={"custom_id": "B", "source_updated_at": OLD})
    assert late.json().get("ignored"), late.text
    assert await is_free(shop, "B")


async def test_renaming_a_deal_that_is_not_there_leaves_the_new_custom_id_free(shop: Shop) -> None:
    assert (await shop.client.patch("deals/999999/", json={"custom_id": "B"})).status_code == 404
    assert await is_free(shop, "B")


async def test_a_write_to_a_deleted_deal_does_not_dig_up_its_custom_id(shop: Shop) -> None:
    deal_id = await make(shop, "A", source_updated_at=NEW)
    assert (await shop.client.delete(f"deals/{deal_id}/")).status_code == 204
    gone = await shop.client.put(f"deals/{deal_id}/", json={"custom_id": "A", "name": "Late"})
    assert gone.status_code == 404
    late = await upsert(shop, "A", source_updated_at=OLD)
    assert late.json().get("ignored"), late.text
    assert await is_free(shop, "A")


async def test_a_deal_may_take_the_custom_id_of_a_deleted_one(shop: Shop) -> None:
    await make(shop, "A")
    assert (await shop.client.delete("deals-by-id/A/")).status_code == 204
    deal_id = await make(shop, "B")
    renamed = await shop.client.patch(f"deals/{deal_id}/", json={"custom_id": "A"})
    assert renamed.status_code == 200, renamed.text
    again = await upsert(shop, "A", name="Still the same")
    assert (again.status_code, again.json()["id"]) == (200, deal_id)
    assert await is_free(shop, "B")


@pytest.mark.parametrize("custom_id", [None, "A", "B"])
async def test_a_deal_keeps_answering_to_its_custom_id(shop: Shop, custom_id: str | None) -> None:
    deal_id = await make(shop, "A")
    renamed = await shop.client.patch(f"deals/{deal_id}/", json={"custom_id": custom_id})
    assert renamed.json()["custom_id"] == custom_id
    for key in ("A", "B"):
        found = await shop.client.get(f"deals-by-id/{key}/")
        assert found.status_code == (200 if key == custom_id else 404)


async def test_writers_who_quarrel_over_names_leave_a_directory_that_agrees_with_the_deals(
    shop: Shop, database_url: str
) -> None:
    dice = random.Random(7)
    for custom_id in PEOPLE:
        await shop.client.post("users/update_or_create/", json={"custom_id": custom_id})
    async with serving(database_url) as (_, url):
        headers = dict(shop.client.headers)
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as second:
            quarrels = [_quarrel(client, random.Random(dice.random())) for client in (shop.client, second) * 6]
            statuses = {status for told in await asyncio.gather(*quarrels) for status in told}
    assert statuses <= {200, 201, 204, 400, 404}
    assert statuses >= {200, 201, 204}
    assert await shop.fetch(DISAGREEMENTS) == []
    await _check_chains(shop)


async def _quarrel(client: httpx.AsyncClient, dice: random.Random) -> list[int]:
    """Some writes to few deals under few names, refused ones among them; their statuses."""
    told = []
    for step in range(20):
        key = dice.choice(KEYS)
        body: dict[str, Any] = {"custom_id": key, "name": f"Order {step}", "user_custom_id": dice.choice(PEOPLE)}
        if dice.random() < 0.2:
            body["order_products"] = [{"product_id": 1, "value": 1, "returned_quantity": 2}]
        way = dice.choice(["upsert", "upsert", "create", "rename", "rename_by_id", "delete", "delete_by_id"])
        number = dice.randrange(1, 30)
        if way == "upsert":
            answer = await client.post("deals/update_or_create/", json=body)
        elif way == "create":
            answer = await client.post("deals/", json=body)
        elif way == "rename":
            answer = await client.patch(f"deals-by-id/{dice.choice(KEYS)}/", json=body)
        elif way == "rename_by_id":
            answer = await client.patch(f"deals/{number}/", json=body)
        else:
            answer = await client.delete(f"deals-by-id/{key}/" if way == "delete" else f"deals/{number}/")
        told.append(answer.status_code)
    return told


async def _check_chains(shop: Shop) -> None:
    """What an entry of a deal's journal calls before is what the entries ahead of it left."""
    rows = await shop.fetch("SELECT object_id, changes FROM journal WHERE object_type = 'deal' ORDER BY id")
    images: dict[object, dict[str, Any]] = {}
    for row in rows:
        image = images.setdefault(row["object_id"], {})
        for field, (before, after) in msgspec.json.decode(str(row["changes"])).items():
            assert image.get(field) == before, (row["object_id"], field)
            image[field] = after
