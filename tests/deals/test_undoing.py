"""The last change of a deal is taken back: whatever it was, exactly, and only if it is still the last."""

from __future__ import annotations

from typing import Any

import pytest

from tests.publicapi.conftest import Shop

ORDER = {
    "custom_id": "o-1", "name": "Order 1", "user_custom_id": "ann", "value": 30, "currency": "EUR", "stage": 2,
    "tags": ["vip"], "gift": True, "products_custom_id": ["A"],
    "order_products": [
        {"product_custom_id": "A", "value": 10, "quantity": 2, "engraving": "For Bo"},
        {"product_custom_id": "B", "value": 10, "quantity": 1},
    ],
}  # fmt: skip
LINES = [{"product_custom_id": "B", "value": 12}, {"product_custom_id": "C", "value": 1, "name": "Third"}]
# Everything but what says when and how often it was written.
VOLATILE = {"updated_at", "version", "stage_entered_at"}


async def made(shop: Shop) -> dict[str, Any]:
    for name in ("ann", "bob"):
        await shop.client.post("users/", json={"custom_id": name})
    answer = await shop.client.post("deals/", json=ORDER)
    assert answer.status_code == 201, answer.text
    return await read(shop)


async def read(shop: Shop) -> dict[str, Any]:
    found = (await shop.client.get("deals-by-id/o-1/")).json()
    return {key: value for key, value in found.items() if key not in VOLATILE and value is not None}


async def undo(shop: Shop, **body: int) -> int:
    return (await shop.client.post("deals-by-id/o-1/undo/", json=body)).status_code


@pytest.mark.parametrize(
    "change",
    [
        {"stage": 3, "status": 2},
        {"status": 3, "loss_reason_description": "Too late"},
        {"value": None},
        {"currency": "USD", "value": 1},
        {"name": "Another name", "gift": False, "courier": "DHL"},
        {"gift": None},
        {"tags": []},
        {"tags": ["vip", "new"]},
        {"products_custom_id": []},
        {"user_custom_id": "bob"},
        {"user_custom_id": None},
        {"order_products": []},
        {"order_products": LINES},
        {"order_products": [{"product_custom_id": "A", "value": 10, "quantity": 2, "engraving": "For Al", "box": 1}]},
        {"order_products": LINES, "value": 13, "stage": 4, "user_custom_id": "bob", "gift": None},
    ],
    ids=str,
)
async def test_whatever_the_change_was_it_is_taken_back_and_done_again(shop: Shop, change: dict[str, Any]) -> None:
    before = await made(shop)
    assert (await shop.client.patch("deals-by-id/o-1/", json=change)).status_code == 200
    after = await read(shop)
    assert after != before
    assert await undo(shop) == 200
    assert await read(shop) == before
    assert await undo(shop) == 200
    assert await read(shop) == after


async def test_a_returned_line_is_whole_again(shop: Shop) -> None:
    before = await made(shop)
    await shop.client.patch("deals-by-id/o-1/lines/1/", json={"returned_quantity": 1})
    assert (await read(shop))["net_value"] != before["net_value"]
    assert await undo(shop) == 200
    assert await read(shop) == before
    await shop.client.delete("deals-by-id/o-1/lines/1/")
    assert await undo(shop) == 200
    assert await read(shop) == before


async def test_a_custom_id_comes_back(shop: Shop) -> None:
    before = await made(shop)
    await shop.client.patch("deals-by-id/o-1/", json={"custom_id": "o-2"})
    assert (await shop.client.post("deals-by-id/o-2/undo/", json={})).status_code == 200
    assert await read(shop) == before


async def test_only_what_was_seen_is_undone(shop: Shop) -> None:
    await made(shop)
    await shop.client.patch("deals-by-id/o-1/", json={"stage": 3})
    seen = (await shop.client.get("deals-by-id/o-1/history/")).json()["results"][-1]["id"]
    await shop.client.patch("deals-by-id/o-1/", json={"value": 31})
    after = await read(shop)
    assert await undo(shop, change=seen) == 409
    assert await read(shop) == after


async def test_a_deal_that_was_only_made_has_nothing_to_undo(shop: Shop) -> None:
    before = await made(shop)
    assert await undo(shop) == 409
    assert await read(shop) == before
    assert (await shop.client.post("deals-by-id/nobody/undo/", json={})).status_code == 404
    assert (await shop.client.post("deals-by-id/o-1/undo/", json={"change": "x"})).status_code == 400


async def test_what_can_no_longer_be_stored_is_refused(shop: Shop) -> None:
    await made(shop)
    await shop.client.patch("deals-by-id/o-1/", json={"user_custom_id": "bob"})
    await shop.client.delete("users-by-id/ann/")
    after = await read(shop)
    assert await undo(shop) in (404, 409)
    assert await read(shop) == after
