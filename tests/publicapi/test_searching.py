"""One search over everything, over HTTP."""

from __future__ import annotations

import pytest

from tests.publicapi.conftest import Shop


async def test_a_search_tells_what_may_be_meant(shop: Shop) -> None:
    await shop.client.post("products/", json={"custom_id": "SKU-9", "name": "Blue mug", "category": "Kitchen"})
    await shop.client.post("users/", json={"custom_id": "mug-lover", "email": "mugs@example.com", "first_name": "Mia"})
    order = {"custom_id": "mug-1", "name": "Two mugs", "user_custom_id": "mug-lover", "value": 12, "currency": "EUR"}
    await shop.client.post("deals/", json=order)
    found = (await shop.client.get("search/?q=MUG")).json()["hits"]
    assert [(hit["object_type"], hit["name"], hit["detail"], hit["custom_id"]) for hit in found] == [
        ("contact", "Mia", "mugs@example.com", "mug-lover"),
        ("product", "Blue mug", "Kitchen", "SKU-9"),
        ("deal", "Two mugs", "12.00 EUR", "mug-1"),
    ]
    some = (await shop.client.get("search/?q=mug&object_types=deal,product&limit=1")).json()["hits"]
    assert [hit["object_type"] for hit in some] == ["product", "deal"]


@pytest.mark.parametrize("query", ["", "q=+", "q=mug&object_types=order", "q=mug&limit=0", "q=mug&limit=51", "q=%00"])
async def test_a_search_that_makes_no_sense_is_refused(shop: Shop, query: str) -> None:
    answer = await shop.client.get(f"search/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"]
