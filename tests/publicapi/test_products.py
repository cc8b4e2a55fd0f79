"""Products over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.publicapi.conftest import Shop

MUG = {
    "custom_id": "mug-1",
    "name": "Mug",
    "description": "Holds 0.3 l",
    "category": "Kitchen",
    "price": 9.5,
    "currency": "eur",
    "quantity": "12",
    "product_url": "https://shop.example/mug",
    "image_url": "https://shop.example/mug.png",
    "tags": ["new", "sale"],
    "colour": "red",
    "dishwasher safe": True,
    "launched": "2025-06-24",
}


async def create(shop: Shop, **fields: Any) -> dict[str, Any]:
    answer = await shop.client.post("products/", json=fields)
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


async def test_a_product_is_created_with_flat_attributes_in_version_2(shop: Shop) -> None:
    product = await create(shop, **MUG)
    assert {name: product[name] for name in MUG if name not in ("tags", "dishwasher safe")} == {
        **{name: MUG[name] for name in MUG if name not in ("tags", "dishwasher safe")},
        "price": "9.50",
        "currency": "EUR",
        "quantity": 12,
    }
    assert product["dishwasher_safe"] is True
    assert [tag["name"] for tag in product["tags"]] == ["new", "sale"]
    assert product["created_at"] == product["updated_at"]
    assert (await shop.client.get(f"products/{product['id']}/")).json() == product


async def test_version_1_lists_the_attributes_that_have_a_value(shop: Shop) -> None:
    await create(shop, name="Plate", glaze="blue")
    answer = await shop.v1.post("products/", json=MUG)
    assert answer.status_code == 201
    product = answer.json()
    assert "colour" not in product
    listed = {item["name_std"]: item for item in product["attributes"]}
    assert {name: item["value"] for name, item in listed.items()} == {
        "colour": "red",
        "dishwasher_safe": True,
        "launched": "2025-06-24",
    }
    assert listed["dishwasher_safe"].keys() == {"id", "name", "name_std", "value", "description"}
    assert listed["dishwasher_safe"]["name"] == "dishwasher safe"
    assert product["price"] == "9.50"
    assert (await shop.v1.get(f"products/{product['id']}/")).json() == product


async def test_an_answer_of_either_version_can_be_sent_back_as_it_came(shop: Shop) -> None:
    await create(shop, **MUG)
    for client in (shop.client, shop.v1):
        product = (await client.get("products-by-id/mug-1/")).json()
        assert (await client.put("products-by-id/mug-1/", json=product)).json() == product
    assert len(await shop.fetch("SELECT 1 FROM journal WHERE object_type = 'product'")) == 1


async def test_the_plug_ins_order_of_calls_works(shop: Shop) -> None:
    """They look a product up by the shop's id, create it when that is a 404, and repeat blindly."""
    assert (await shop.v1.get("products-by-id/sku-7/details/")).status_code == 404
    created = (await shop.v1.post("products/", json={"custom_id": "sku-7", "name": "Bowl"})).json()
    assert (await shop.v1.get("products-by-id/sku-7/details/")).json()["id"] == created["id"]
    assert (await shop.v1.get(f"products/{created['id']}/details/")).json()["custom_id"] == "sku-7"
    again = await shop.v1.post("products/", json={"custom_id": "sku-7", "name": "Bowl"})
    assert again.status_code == 400
    sentence = f'Product {created["id"]} has the custom id "sku-7"; update it instead.'
    assert again.json() == {"errors": {"custom_id": [sentence]}}


async def test_put_and_patch_change_only_what_they_name(shop: Shop) -> None:
    product = await create(shop, **MUG)
    for client_method in (shop.client.put, shop.client.patch):
        answer = await client_method("products-by-id/mug-1/", json={"price": "10", "colour": None})
        assert answer.status_code == 200
    changed = answer.json()
    assert changed == product | {"price": "10.00", "colour": None, "updated_at": changed["updated_at"]}
    cleared = (await shop.client.patch(f"products/{product['id']}/", json={"price": "", "tags": []})).json()
    assert (cleared["price"], cleared["tags"], cleared["name"]) == (None, [], "Mug")


async def test_an_attribute_cannot_hide_behind_a_field(shop: Shop) -> None:
    product = await create(shop, custom_id="a", Name="Mug", PRICE=3)
    assert (product["name"], product["price"]) == ("Mug", "3.00")
    refused = await shop.client.patch("products-by-id/a/", json={"price": 1, "Price": 2})
    assert refused.status_code == 400
    assert "Price" in refused.json()["errors"]
    listed = await shop.client.patch("products-by-id/a/", json={"attributes": [{"name": "Price", "value": 2}]})
    assert listed.json()["errors"].keys() == {"attributes"}


async def test_a_renamed_product_still_answers_to_its_old_custom_id(shop: Shop) -> None:
    product = await create(shop, custom_id="old", name="Mug")
    renamed = await shop.client.put("products-by-id/old/", json={"custom_id": "new"})
    assert renamed.json()["custom_id"] == "new"
    for custom_id in ("old", "new"):
        found = (await shop.client.get(f"products-by-id/{custom_id}/details/")).json()
        assert found["id"] == product["id"]
    listed = (await shop.client.get("products/", params={"custom_id": "old"})).json()
    assert [found["id"] for found in listed["results"]] == [product["id"]]
    refused = await shop.client.post("products/", json={"custom_id": "old", "name": "Another"})
    assert refused.status_code == 400
    assert "former custom id" in refused.json()["errors"]["custom_id"][0]
    back = await shop.client.put("products-by-id/new/", json={"custom_id": "old"})
    assert back.json()["custom_id"] == "old"


async def test_a_product_cannot_take_the_custom_id_of_another(shop: Shop) -> None:
    await create(shop, custom_id="a", name="A")
    await create(shop, custom_id="b", name="B")
    refused = await shop.client.patch("products-by-id/b/", json={"custom_id": "a", "colour": "red"})
    assert refused.status_code == 400
    assert refused.json()["errors"].keys() == {"custom_id"}
    assert await shop.fetch("SELECT 1 FROM attributes WHERE domain = 'product'") == []


async def test_a_deleted_product_keeps_its_id_for_its_custom_id(shop: Shop) -> None:
    product = await create(shop, **MUG)
    gone = await shop.client.delete("products-by-id/mug-1/")
    assert (gone.status_code, gone.content) == (204, b"")
    for path in (f"products/{product['id']}/", "products-by-id/mug-1/", "products-by-id/mug-1/details/"):
        answer = await shop.client.get(path)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    assert (await shop.client.delete(f"products/{product['id']}/")).status_code == 404
    assert (await shop.client.patch(f"products/{product['id']}/", json={"name": "x"})).status_code == 404
    assert (await create(shop, **MUG))["id"] == product["id"]


async def test_no_order_changes_when_the_catalogue_does(shop: Shop) -> None:
    """An order may name a product before it exists; its receipt stays as it was sent, its link finds the product."""
    line = {"product_custom_id": "mug-1", "quantity": 1, "value": 9.5}
    order = {"custom_id": "1001", "name": "Order", "order_products": [line], "products_custom_id": ["mug-1"]}
    answer = await shop.client.post("deals/", json=order)
    assert answer.status_code == 201, answer.text
    deal = answer.json()
    product = await create(shop, **MUG)
    assert deal["products"] == [product["id"]]
    await shop.client.patch("products-by-id/mug-1/", json={"custom_id": "cup-1", "name": "Cup", "price": 99})
    assert (await shop.client.get("deals-by-id/1001/")).json() == deal
    await shop.client.delete("products-by-id/cup-1/")
    assert (await shop.client.get("deals-by-id/1001/")).json() == deal


async def test_the_history_shows_every_changed_field_and_outlives_the_product(shop: Shop) -> None:
    product = await create(shop, custom_id="mug", name="Mug", price=9.5, colour="red")
    await shop.client.patch("products-by-id/mug/", json={"price": 10, "colour": "blue", "category": "Kitchen"})
    await shop.client.patch("products-by-id/mug/", json={"price": "10.00"})
    await shop.client.delete("products-by-id/mug/")
    for path in (f"products/{product['id']}/history/", "products-by-id/mug/history/"):
        page = (await shop.client.get(path)).json()
        assert [entry["kind"] for entry in page["results"]] == ["product.created", "product.updated", "product.deleted"]
    created, updated, deleted = page["results"]
    assert created["changes"] == {
        "custom_id": [None, "mug"], "name": [None, "Mug"], "price": [None, "9.50"], "colour": [None, "red"],
    }  # fmt: skip
    assert updated["changes"] == {
        "price": ["9.50", "10.00"], "colour": ["red", "blue"], "category": [None, "Kitchen"],
    }  # fmt: skip
    assert deleted["changes"]["price"] == ["10.00", None]
    assert updated["actor"].startswith("token:")


async def test_a_history_is_paged_and_absent_for_what_never_was(shop: Shop) -> None:
    product = await create(shop, custom_id="mug", name="0")
    for number in range(1, 5):
        await shop.client.patch("products-by-id/mug/", json={"name": str(number)})
    seen, url = [], f"products/{product['id']}/history/?page_size=2"
    while url:
        page = (await shop.client.get(url)).json()
        seen += [entry["changes"]["name"][1] for entry in page["results"]]
        url = page["next"]
    assert seen == ["0", "1", "2", "3", "4"]
    assert (await shop.client.get(f"products/{product['id'] + 1}/history/")).status_code == 404
    assert (await shop.client.get("products-by-id/nothing/history/")).status_code == 404


async def test_lists_are_filtered_and_ordered(shop: Shop) -> None:
    await create(shop, custom_id="a", name="Mug red", category="Kitchen")
    await create(shop, custom_id="b", name="mug Blue", category="Kitchen")
    await create(shop, custom_id="c", name="Lamp", category="Living")
    await shop.client.patch("products-by-id/a/", json={"price": 1})

    async def found(**args: str) -> list[str]:
        answer = await shop.client.get("products/", params=args)
        assert answer.status_code == 200, answer.text
        return [product["custom_id"] for product in answer.json()["results"]]

    assert await found() == ["a", "b", "c"]
    assert await found(ordering="-id") == ["c", "b", "a"]
    assert await found(ordering="updated_at") == ["b", "c", "a"]
    assert await found(ordering="-updated_at") == ["a", "c", "b"]
    assert await found(name="MUG") == ["a", "b"]
    assert await found(name="%") == []
    assert await found(category="Living") == ["c"]
    assert await found(custom_id="nothing") == []
    since = (await shop.client.get("products-by-id/a/")).json()["updated_at"]
    assert await found(updated_at__gte=since) == ["a"]
    assert await found(updated_at__lt=since) == ["b", "c"]
    assert await found(updated_at__gte="1700000000", category="Kitchen") == ["a", "b"]


@pytest.mark.parametrize("ordering", ["id", "-id", "updated_at", "-updated_at"])
async def test_pages_show_every_product_once(shop: Shop, ordering: str) -> None:
    for number in range(7):
        await create(shop, custom_id=str(number), name="x")
    for client in (shop.client, shop.v1):
        seen, url = [], f"products/?limit=3&ordering={ordering}"
        while url:
            page = (await client.get(url)).json()
            assert page["count"] == 7
            seen += [product["custom_id"] for product in page["results"]]
            url = page["next"]
        assert seen == sorted(seen, reverse=ordering.startswith("-"))
        assert len(seen) == 7
    assert (await shop.v1.get("products/?page=9")).json() == {"detail": "Invalid page."}


@pytest.mark.parametrize(
    "query",
    [
        "ordering=price", "categroy=x", "updated_at__gte=soon", "updated_at__lt=0001-01-01", "page_size=0",
        "cursor=nonsense", "name=%00", "custom_id=%ff", "updated_at__gte=99999999999999999999999",
    ],
)  # fmt: skip
async def test_a_bad_list_argument_is_named(shop: Shop, query: str) -> None:
    answer = await shop.client.get(f"products/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"]


async def test_a_cursor_of_another_order_is_refused(shop: Shop) -> None:
    for number in range(3):
        await create(shop, custom_id=str(number), name="x")
    by_id = (await shop.client.get("products/?limit=1")).json()["next"].rsplit("cursor=", 1)[1]
    answer = await shop.client.get(f"products/?limit=1&ordering=updated_at&cursor={by_id}")
    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == {"cursor"}
