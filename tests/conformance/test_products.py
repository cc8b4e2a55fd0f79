"""Products as shops' plug-ins use them, in both versions."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.publicapi.conftest import Shop

V2_KEYS = [
    "id", "custom_id", "name", "description", "category", "price", "currency", "quantity", "product_url", "image_url",
    "tags", "created_at", "updated_at",
]  # fmt: skip
MUG: dict[str, Any] = {
    "custom_id": "mug-1", "name": "Enamel mug", "category": "Kitchen", "price": 9.5, "currency": "EUR", "quantity": 12,
    "product_url": "https://shop.example/mug", "image_url": "https://shop.example/mug.png", "description": "Blue",
}  # fmt: skip


async def make(shop: Shop, **fields: Any) -> dict[str, Any]:
    answer = await shop.client.post("products/", json=fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_both_versions_have_the_same_fields_and_other_attributes(shop: Shop) -> None:
    product = await make(shop, **MUG, colour="blue", sale_price_effective_date_start="2025-06-24")
    assert list(product) == [*V2_KEYS, "colour", "sale_price_effective_date_start"]
    assert {name: product[name] for name in MUG} == MUG | {"price": "9.50"}
    older = (await shop.v1.get("products-by-id/mug-1/")).json()
    assert list(older) == [*V2_KEYS, "attributes"]
    assert [(a["name_std"], a["value"]) for a in older["attributes"]] == [
        ("colour", "blue"), ("sale_price_effective_date_start", "2025-06-24"),
    ]  # fmt: skip
    for client, shown in ((shop.client, product), (shop.v1, older)):
        for path in ("products-by-id/mug-1/details/", "products-by-id/mug-1", f"products/{product['id']}/details"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()) == (200, shown)


async def test_an_unknown_product_is_a_404(shop: Shop) -> None:
    for path in ("products/999/", "products-by-id/mug-1/details/", "products-by-id/mug-1/"):
        answer = await shop.v1.get(path)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    event = {"user_id": 1, "event_type": "view"}
    assert (await shop.v1.post("products-by-id/mug-1/product_event/", json=event)).status_code == 404


async def test_an_upsert_makes_one_product_of_many_calls(shop: Shop) -> None:
    bodies = [MUG | {f"field_{n}": n} for n in range(8)]
    answers = await asyncio.gather(*(shop.client.post("products/update_or_create/", json=b) for b in bodies))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert sorted(answer.json()["created"] for answer in answers) == [False] * 7 + [True]
    assert len({answer.json()["id"] for answer in answers}) == 1
    product = (await shop.client.get("products-by-id/mug-1/")).json()
    assert [product[f"field_{n}"] for n in range(8)] == list(range(8))
    changed = await shop.v1.post("products/update_or_create/", json={"custom_id": "mug-1", "price": "10"})
    assert (changed.status_code, changed.json()["price"], changed.json()["name"]) == (200, "10.00", "Enamel mug")
    same = await shop.v1.post("products/update_or_create/", json=changed.json())
    assert same.json() == changed.json()
    keyless = await shop.client.post("products/update_or_create/", json={"name": "Mug"})
    assert (keyless.status_code, keyless.json()) == (400, {"errors": {"custom_id": ["This field is required."]}})
    wrong = await shop.client.post("products/update_or_create/", json={"custom_id": "x", "price": "much"})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["price"])


async def test_a_list_is_narrowed_by_price_words_category_and_time(shop: Shop) -> None:
    await make(shop, custom_id="a", name="Enamel mug, blue", category="Kitchen", price=10, currency="EUR")
    await make(shop, custom_id="b", name="Blue lamp O'Hara", category="Living", price="19.99", currency="USD")
    await make(shop, custom_id="c", name="Mug-rack", category="Kitchen", price=100, currency="EUR")
    await make(shop, custom_id="d", name="Żółty kubek")
    since = (await shop.client.get("products-by-id/c/")).json()["created_at"]

    async def found(**args: str) -> str:
        answer = await shop.client.get("products/", params=args)
        assert answer.status_code == 200, answer.text
        return "".join(product["custom_id"] for product in answer.json()["results"])

    assert await found(price__gte="10", price__lt="100") == "ab"
    assert await found(price__gt="10", price__lte="100") == "bc"
    assert await found(price__gt="19.99", category="Kitchen", currency="eur") == "c"
    assert await found(search="mug") == "ac"
    assert await found(search="BLU mu") == "a"
    assert await found(search="o'hara") == "b"
    assert await found(search="żół") == "d"
    assert await found(created_at__gte=since) == "cd"
    assert await found(updated_at__lte=since, ordering="-id") == "cba"
    for nothing in ("lug", "ug", "'", "\\", "&|!:*", "mug | lamp", "mug:*"):
        assert (await shop.client.get("products/", params={"search": nothing})).status_code == 200
    assert await found(search="lug") == await found(search="' : * & |") == ""
    for wrong in ("price__gte=much", "price__lt=1e30", "colour=red"):
        assert (await shop.client.get(f"products/?{wrong}")).status_code == 400


@pytest.mark.parametrize("base", ["products/{id}/", "products-by-id/mug-1/"])
async def test_tags_and_attributes_change_one_at_a_time(shop: Shop, base: str) -> None:
    product = await make(shop, **MUG, tags=["new"])
    base = base.format(id=product["id"])
    added = await shop.v1.post(f"{base}add_tag/", json={"name": "sale"})
    assert (added.status_code, added.json()["created"], added.json()["tag"]["name"]) == (200, True, "sale")
    await shop.v1.request("DELETE", f"{base}remove_tag/", json={"name": "new"})
    await shop.v1.post(f"{base}set_attribute/", json={"attribute": "colour", "value": "blue"})
    await shop.v1.post(f"{base}set_multiple_attributes/", json={"material": "enamel", "price": 12})
    await shop.v1.post(f"{base}remove_attribute/", json={"attribute": "colour"})
    now = (await shop.client.get(base)).json()
    assert ([tag["name"] for tag in now["tags"]], now["colour"], now["material"]) == (["sale"], None, "enamel")
    assert now["price"] == "12.00"


@pytest.mark.parametrize("path", ["emails/"])
async def test_what_is_not_made_yet_is_an_empty_page(shop: Shop, path: str) -> None:
    for client in (shop.client, shop.v1):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"count": 0, "next": None, "previous": None, "results": []})
        assert (await client.get(f"{path}?page=2")).status_code == 404
        assert (await client.get(f"{path}?page_size=x")).status_code == 400
    answer = await shop.v1.get("segments/99/users/")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
