"""Reading deals while they change."""

from __future__ import annotations

import asyncio

import pytest

from dealt.deals import reading, with_many_deals
from tests.house import House
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


async def test_many_deals_are_counted_no_further_than_needed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MANY", 2)
    few, many = await house.contact(), await house.contact()
    for contact_id, number in ((few, 2), (many, 3)):
        for _ in range(number):
            await house.deal(contact_id)
    async with house.transaction() as connection:
        assert await with_many_deals(connection, [few, many, 999], 100) == {many: 3}
