"""Reading deals while they change."""

from __future__ import annotations

import asyncio

from tests.publicapi.conftest import Shop


async def test_a_deal_is_found_at_every_moment_while_it_goes_from_hand_to_hand(shop: Shop) -> None:
    for custom_id in ("ann", "bob"):
        await shop.client.post("users/update_or_create/", json={"custom_id": custom_id})
    made = await shop.client.post("deals/", json={"name": "Order", "custom_id": "n", "user_custom_id": "ann"})
    path = f"deals/{made.json()['id']}/"
    told: list[tuple[int, int]] = []
    moving = True

    async def read() -> None:
        while moving:
            deal, history = await shop.client.get(path), await shop.client.get(f"{path}history/")
            told.append((deal.status_code, history.status_code if history.json()["count"] else 404))

    readers = [asyncio.create_task(read()) for _ in range(4)]
    for turn in range(60):
        await shop.client.patch(path, json={"user_custom_id": ("bob", "ann")[turn % 2]})
    moving = False
    await asyncio.gather(*readers)
    assert set(told) == {(200, 200)}
