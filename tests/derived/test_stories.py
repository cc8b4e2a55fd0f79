"""What aggregators and segments say after each turn in the life of an order, told one after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from tests.derived.conftest import Running
from tests.derived.shop import Shop, open_shop

MUG: dict[str, Any] = {"product_custom_id": "SKU-1", "name": "Mug", "value": 10, "quantity": 3}
ORDER: dict[str, Any] = {
    "custom_id": "A", "name": "Order", "user_custom_id": "anna", "value": 30, "currency": "EUR",
    "order_products": [MUG], "order_date": "2024-02-01T10:00:00Z",
    "source_updated_at": "2024-02-02T00:00:00Z",
}  # fmt: skip
DEFINITIONS: dict[str, dict[str, Any]] = {
    "orders": {"source": "deals", "function": "count"},
    "spent": {"source": "deals", "function": "sum", "field": "value", "net_of_returns": True},
    "kept": {"source": "order_products", "function": "sum", "field": "quantity", "net_of_returns": True},
    "visits": {
        "source": "events", "function": "count", "filter": {"field": "event", "op": "in_any", "value": ["visited"]},
        "window": {"last": {"days": 30}},
    },
    "viewed": {
        "source": "product_events", "function": "count_distinct", "field": "product_id",
        "filter": {"field": "event_type", "op": "equals", "value": "view"},
    },
}  # fmt: skip
BUYERS = {"field": "spent", "op": "greater_or_equal", "value": 20}


@pytest_asyncio.fixture
async def told(app: Running) -> AsyncIterator[Shop]:
    """Anna and Ben, before anything is ordered."""
    shop = await open_shop(*app)
    for person in ("anna", "ben"):
        await shop.ask("POST", "users/", {"custom_id": person})
    for name, body in DEFINITIONS.items():
        assert await shop.ask("POST", "aggregators/", body | {"name": name})
    assert await shop.ask("POST", "segments/", {"name": "Buyers", "filter": BUYERS})
    await shop.ask("POST", "products/", {"custom_id": "SKU-1", "name": "Mug"})
    yield shop
    await shop.close()


async def _says(shop: Shop, person: str) -> tuple[Any, Any, Any, bool]:
    """Orders, what was spent, what was kept, and whether the person is a buyer: read by whoever asks, at once."""
    user = await shop.ask("GET", f"users-by-id/{person}/")
    segments = await shop.ask("GET", f"users-by-id/{person}/segments/")
    names = [segment["name"] for segment in segments["results"]]
    return user["orders"], user["spent"], user["kept"], "Buyers" in names


async def test_an_order_that_is_refunded_counts_less(told: Shop) -> None:
    assert await _says(told, "anna") == (0, 0, 0, False)
    order = await told.ask("POST", "deals/", ORDER)
    assert await _says(told, "anna") == (1, 30, 3, True)
    await told.ask("PATCH", f"deals/{order['id']}/lines/1/", {"returned_quantity": 2})
    assert await _says(told, "anna") == (1, 10, 1, False)
    await told.ask("PATCH", f"deals/{order['id']}/lines/1/", {"returned_quantity": 0, "refunded_value": 5})
    assert await _says(told, "anna") == (1, 25, 3, True)


async def test_an_order_that_comes_twice_or_late_counts_once_as_it_was_last(told: Shop) -> None:
    for message in (ORDER, ORDER, ORDER | {"value": 99, "source_updated_at": "2024-02-01T00:00:00Z"}):
        await told.ask("POST", "deals/update_or_create/", message)
        assert await _says(told, "anna") == (1, 30, 3, True)
    await told.ask("DELETE", "deals-by-id/A/")
    await told.ask("POST", "deals/update_or_create/", ORDER)
    assert await _says(told, "anna") == (0, 0, 0, False)


async def test_an_order_that_moves_counts_where_it_is(told: Shop) -> None:
    order = await told.ask("POST", "deals/", ORDER)
    await told.ask("PATCH", f"deals/{order['id']}/", {"user_custom_id": "ben"})
    assert (await _says(told, "anna"), await _says(told, "ben")) == ((0, 0, 0, False), (1, 30, 3, True))
    await told.ask("POST", f"deals/{order['id']}/undo/", {})
    assert (await _says(told, "anna"), await _says(told, "ben")) == ((1, 30, 3, True), (0, 0, 0, False))


async def test_orders_go_along_in_a_merge_and_come_back(told: Shop) -> None:
    await told.ask("POST", "deals/", ORDER)
    ids = [(await told.ask("GET", f"users-by-id/{person}/"))["id"] for person in ("anna", "ben")]
    await told.ask("POST", "users/merge/", {"parent": ids[1], "users_list": [ids[0]]})
    assert await _says(told, "ben") == (1, 30, 3, True)
    await told.ask("POST", "deals/", ORDER | {"custom_id": "B", "user_custom_id": "anna"})
    assert await _says(told, "ben") == (2, 60, 6, True)
    await told.ask("POST", f"users/{ids[0]}/unmerge/", {})
    assert (await _says(told, "anna"), await _says(told, "ben")) == ((2, 60, 6, True), (0, 0, 0, False))


async def test_events_and_what_was_done_with_products_are_counted(told: Shop) -> None:
    async def counts() -> tuple[Any, Any]:
        user = await told.ask("GET", "users-by-id/anna/")
        return user["visits"], user["viewed"]

    for day in ("2024-01-30T00:00:00Z", "2024-02-27T00:00:00Z"):
        await told.ask("POST", "events/", {"user_custom_id": "anna", "name": "visited", "timestamp": day})
    await told.ask("POST", "events/", {"user_custom_id": "anna", "name": "asked"})
    for kind in ("view", "view", "purchase"):
        body = {"user_custom_id": "anna", "event_type": kind}
        assert await told.ask("POST", "products-by-id/SKU-1/product_event/", body)
    assert await counts() == (2, 1)
    told.clock.advance(60 * 60)  # 30 January is over by 2024-02-29T00:00Z, in an hour and a half
    assert await counts() == (2, 1)
    told.clock.advance(30 * 60 - 1)
    assert await counts() == (2, 1)
    told.clock.advance(1)
    assert await counts() == (1, 1)
