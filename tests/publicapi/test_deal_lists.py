"""Lists of deals: filters, order, pages and links."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

import pytest

from tests.publicapi.conftest import Shop
from tests.publicapi.test_deals import make_contact


async def fill(shop: Shop, count: int = 7) -> list[dict[str, Any]]:
    """Orders 0..count-1, a day apart from 2025-06-01 on; even ones are paid and have product A, odd ones product B."""
    await make_contact(shop)
    await make_contact(shop, "other")
    deals = []
    for number in range(count):
        even = number % 2 == 0
        body = {
            "name": f"Order {number}", "custom_id": f"n-{number}", "user_custom_id": "john-doe-01" if even else "other",
            "value": number, "currency": "EUR", "stage": 3 if even else 2, "status": 2 if even else 1,
            "order_date": f"2025-06-{number + 1:02}T12:00:00Z", "products_custom_id": ["A"] if even else [],
            "order_products": [{"product_custom_id": "A" if even else "B", "value": 1, "quantity": 1}],
        }  # fmt: skip
        deals.append((await shop.client.post("deals/", json=body)).json())
    return deals


async def names(shop: Shop, **params: Any) -> list[str]:
    answer = await shop.client.get("deals/", params=params)
    assert answer.status_code == 200, answer.text
    return [deal["custom_id"] for deal in answer.json()["results"]]


async def test_deals_are_listed_newest_order_first(shop: Shop) -> None:
    await fill(shop, 3)
    assert await names(shop) == ["n-2", "n-1", "n-0"]
    assert await names(shop, ordering="ordered_at") == ["n-0", "n-1", "n-2"]
    assert await names(shop, ordering="-id") == ["n-2", "n-1", "n-0"]


async def test_deals_are_found_by_everything_that_the_documentation_names(shop: Shop) -> None:
    deals = await fill(shop)
    even, odd = ["n-6", "n-4", "n-2", "n-0"], ["n-5", "n-3", "n-1"]
    product = (await shop.fetch("SELECT product_id FROM product_custom_ids WHERE custom_id = 'A'"))[0]["product_id"]
    key = (await shop.client.get("users-by-id/john-doe-01/")).json()["user_key"]
    for params in (
        {"user_custom_id": "john-doe-01"}, {"user_id": deals[0]["user_id"]}, {"userkey": key}, {"status": 2},
        {"stage": 3}, {"product_custom_id": "A"}, {"product_id": product},
        {"user_custom_id": "john-doe-01", "stage": 3},
    ):  # fmt: skip
        assert await names(shop, **params) == even, params
    for params in ({"status": 1}, {"stage": 2}, {"product_custom_id": "B"}):
        assert await names(shop, **params) == odd, params
    assert len(await names(shop, pipeline=1)) == 7
    assert await names(shop, pipeline=99) == await names(shop, user_custom_id="nobody") == []
    assert await names(shop, product_custom_id="never-seen") == []
    assert await names(shop, stage="2,3") == await names(shop)
    assert await names(shop, custom_id="n-3") == ["n-3"]


async def test_dates_narrow_a_list_with_bounds_that_mean_what_they_say(shop: Shop) -> None:
    await fill(shop)
    assert await names(shop, order_date__gte="2025-06-03T12:00:00Z", order_date__lt="2025-06-05T12:00:00Z") == [
        "n-3",
        "n-2",
    ]
    assert await names(shop, ordered_at__gt="2025-06-06T12:00:00Z") == ["n-6"]
    assert await names(shop, product_custom_id="A", ordered_at__lte="2025-06-03T12:00:00Z") == ["n-2", "n-0"]
    assert await names(shop, created_at__lt="2025-06-03") == []
    assert len(await names(shop, updated_at__gte="2025-06-03", won_at__gte="2025-06-01")) == 4


async def test_a_day_in_an_argument_is_that_day_in_every_time_zone(shop: Shop) -> None:
    changed = await shop.client.patch("workspace/", json={"time_zone": "Europe/Warsaw"})
    assert changed.status_code == 200, changed.text
    await shop.client.post("deals/", json={"name": "Order", "custom_id": "n", "expected_close_date": "2025-06-24"})
    for argument, day in (("gte", "2025-06-24"), ("lte", "2025-06-24"), ("gt", "2025-06-23"), ("lt", "2025-06-25")):
        assert await names(shop, **{f"expected_close_date__{argument}": day}) == ["n"], argument
    for argument, day in (("gt", "2025-06-24"), ("lt", "2025-06-24")):
        assert await names(shop, **{f"expected_close_date__{argument}": day}) == [], argument


@pytest.mark.parametrize(
    "params",
    [{"colour": "red"}, {"status": "paid"}, {"ordering": "name"}, {"order_date__gte": "soon"},
     {"ordered_at__like": "1"}, {"page_size": "0"}, {"cursor": "x"}, {"user_id": "abc"}, {"stage": "1;2"},
     {"status": "99999"}, {"status": "5"}, {"cursor": urlsafe_b64encode(b"[" * 9_000).decode()}],
)  # fmt: skip
async def test_an_argument_that_means_nothing_is_refused_by_name(shop: Shop, params: dict[str, str]) -> None:
    answer = await shop.client.get("deals/", params=params)
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == set(params)


@pytest.mark.parametrize("params", [{}, {"user_custom_id": "john-doe-01"}, {"product_custom_id": "A"}, {"stage": 3}])
async def test_following_the_links_gives_every_deal_once(shop: Shop, params: dict[str, Any]) -> None:
    await fill(shop)
    everything = await names(shop, **params)
    for client in (shop.client, shop.v1):
        seen, url = [], str(client.build_request("GET", "deals/", params=params | {"page_size": 2}).url)
        while url:
            page = (await client.get(url)).json()
            assert page["count"] == len(everything) or "cursor=" in url
            seen += [deal["custom_id"] for deal in page["results"]]
            url = page["next"]
        assert seen == everything


async def test_links_are_absolute_and_honour_a_forwarded_scheme(shop: Shop) -> None:
    await fill(shop, 3)
    headers = {"Host": "shop.example", "X-Forwarded-Proto": "https"}
    page = (await shop.v1.get("deals/", params={"page_size": 2, "stage": 3}, headers=headers)).json()
    assert page["next"] is None
    page = (await shop.v1.get("deals/", params={"page_size": 1, "stage": 3}, headers=headers)).json()
    assert page["next"] == "https://shop.example/api/public/deals/?page_size=1&stage=3&page=2"
    assert page["previous"] is None
    second = (await shop.v1.get("deals/", params={"page_size": 1, "stage": 3, "page": 2}, headers=headers)).json()
    assert second["previous"] == "https://shop.example/api/public/deals/?page_size=1&stage=3&page=1"
    assert (await shop.v1.get("deals/", params={"page": 99})).status_code == 404
