"""Bulks: as long as one likes, in bounded memory, answered as they go."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from dealt.client import AsyncClient, Client, NotAuthenticated, UnreadableAnswer
from dealt.client.bulk import LINES_A_SET
from tests.client.conftest import QUICK, answering, waiting
from tests.publicapi.conftest import Shop


async def test_a_bad_line_stops_no_other_and_lines_are_counted_through(awaited: AsyncClient) -> None:
    taken = 0

    def orders() -> Iterator[dict[str, Any]]:
        nonlocal taken
        for n in range(LINES_A_SET + 2):
            taken += 1
            yield {"custom_id": f"order-{n}", "name": "Order", "stage": 99 if n == LINES_A_SET else 1}

    results = awaited.deals.bulk(orders(), silent=True)
    assert (await anext(results))["line"] == 1
    assert taken == LINES_A_SET, "no more is taken than is sent"
    rest = [result async for result in results]
    assert [result["line"] for result in rest] == list(range(2, LINES_A_SET + 3))
    assert [result["errors"] for result in rest if "errors" in result] == [{"stage": ["There is no stage 99."]}]
    assert (await awaited.deals.list(page_size=1).first()).count == LINES_A_SET + 1


async def test_every_kind_of_bulk(client: Client, awaited: AsyncClient) -> None:
    def all_kinds() -> list[Any]:
        return [
            *client.users.bulk([{"custom_id": "ann"}]),
            *client.products.bulk([{"custom_id": "mug", "name": "Mug"}]),
            *client.companies.bulk([{"custom_id": "acme", "name": "Acme"}]),
            *client.events.bulk([{"user_custom_id": "ann", "name": "visited", "custom_id": "e1"}]),
            *client.deals.bulk([{"custom_id": "order-1", "name": "Order", "user_custom_id": "ann"}]),
        ]

    assert [result["status"] for result in await waiting(all_kinds)] == [201] * 5
    assert [event["custom_id"] async for event in awaited.users.events("ann")] == ["e1"]


async def test_lines_may_come_from_an_asynchronous_iterator_and_be_rehearsed(awaited: AsyncClient) -> None:
    async def orders() -> AsyncIterator[dict[str, Any]]:
        for n in range(2):
            yield {"custom_id": f"order-{n}", "name": "Order"}

    results = [result async for result in awaited.deals.bulk(orders(), dry_run=True)]
    assert [result["changes"][0]["kind"] for result in results] == ["deal.created"] * 2
    assert (await awaited.deals.list().first()).count == 0
    assert [result async for result in awaited.deals.bulk([])] == []


async def test_a_bulk_that_is_refused_whole_says_why(shop: Shop) -> None:
    async with AsyncClient(shop.url, "wrong", retries=QUICK) as stranger:
        with pytest.raises(NotAuthenticated):
            [result async for result in stranger.deals.bulk([{"name": "Order"}])]


def test_what_is_no_answer_of_this_api_is_told() -> None:
    with pytest.raises(UnreadableAnswer, match="not JSON"):
        Client("http://shop.example", "token", http=answering(200, "<h1>Welcome</h1>")).deals.get(1)
    with pytest.raises(UnreadableAnswer, match="not a page"):
        Client("http://shop.example", "token", http=answering(200, {"id": 1})).deals.list().first()
