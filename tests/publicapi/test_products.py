from __future__ import annotations

import asyncio
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


async def test_twenty_at_once_make_one_product(shop: Shop) -> None:
    body = {"custom_id": "mug", "name": "Mug", "colour": "red", "tags": ["new"]}
    answers = await asyncio.gather(*(shop.client.post("products/", json=body) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 19
    assert len(await shop.fetch("SELECT 1 FROM products")) == 1
    assert len(await shop.fetch("SELECT 1 FROM journal WHERE kind = 'product.created'")) == 1


async def test_concurrent_changes_of_different_fields_are_all_kept(shop: Shop) -> None:
    await create(shop, custom_id="mug", name="Mug")
    bodies = [{f"field {number}": number, "tags": [f"tag {number}"]} for number in range(12)]
    answers = await asyncio.gather(*(shop.client.patch("products-by-id/mug/", json=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {200}
    product = (await shop.client.get("products-by-id/mug/")).json()
    assert {name: product[name] for name in product if name.startswith("field_")} == {
        f"field_{number}": number for number in range(12)
    }
    assert await shop.fetch("SELECT version FROM products") == [{"version": 13}]


async def test_another_workspace_sees_and_changes_nothing(shop: Shop, other_shop: Shop) -> None:
    product = await create(shop, **MUG)
    paths = (f"products/{product['id']}/", "products-by-id/mug-1/")
    for path in paths:
        assert (await other_shop.client.get(path)).status_code == 404
        assert (await other_shop.client.get(f"{path}details/")).status_code == 404
        assert (await other_shop.client.get(f"{path}history/")).status_code == 404
        assert (await other_shop.client.patch(path, json={"name": "Mine"})).status_code == 404
        assert (await other_shop.client.delete(path)).status_code == 404
    assert (await other_shop.client.get("products/")).json()["count"] == 0
    theirs = await create(other_shop, **MUG)
    assert theirs["id"] != product["id"]
    assert (await shop.client.get(paths[0])).json() == product


async def test_a_custom_id_may_hold_whatever_a_path_can_escape(shop: Shop) -> None:
    await create(shop, custom_id="Größe 40/41 50%", name="Shoe")
    answer = await shop.client.get("products-by-id/Gr%C3%B6%C3%9Fe%2040%2F41%2050%25/details/")
    assert answer.json()["name"] == "Shoe"
    assert (await shop.client.get("products-by-id/%00/details/")).status_code == 404
    assert (await shop.client.get("products-by-id/%ff/details/")).status_code == 404
    assert (await shop.client.get("products/99999999999999999999/")).status_code == 404
    assert (await shop.client.get("products/0/")).status_code == 404


async def test_numbers_are_taken_for_texts_and_texts_for_numbers(shop: Shop) -> None:
    product = await create(shop, custom_id=4711, name=7, price=" 1250 ", quantity="0.5")
    assert (product["custom_id"], product["name"]) == ("4711", "7")
    assert (product["price"], product["quantity"]) == ("1250.00", 0.5)
    assert (await shop.client.get("products-by-id/4711/")).json() == product


async def test_a_form_encoded_body_makes_a_product_too(shop: Shop) -> None:
    answer = await shop.v1.post(
        "products/", data={"custom_id": "f", "name": "Form", "price": "2", "tags[]": ["a", "b"]}
    )
    assert answer.status_code == 201
    assert (answer.json()["price"], len(answer.json()["tags"])) == ("2.00", 2)


async def test_a_declared_attribute_refuses_by_name_and_nothing_is_stored(shop: Shop) -> None:
    declared = {"name": "weight", "content_type": "product", "value_type": "integer"}
    assert (await shop.client.post("attributes/", json=declared)).status_code == 201
    refused = await shop.client.post("products/", json={"custom_id": "a", "name": "A", "weight": "heavy", "hue": "red"})
    assert refused.status_code == 400
    assert refused.json()["errors"].keys() == {"weight"}
    assert await shop.fetch("SELECT 1 FROM products") == []
    assert await shop.fetch("SELECT 1 FROM product_custom_ids") == []
    assert (await create(shop, custom_id="a", name="A", weight="12"))["weight"] == 12


async def test_an_inferred_attribute_becomes_text_when_a_value_does_not_fit(shop: Shop) -> None:
    await create(shop, custom_id="a", name="A", size=40)
    product = await create(shop, custom_id="b", name="B", size="40 1/2")
    assert product["size"] == "40 1/2"


NAMELESS = [b"{}", b'{"name": ""}', b'{"name": null, "custom_id": null}', b'{"custom_id": "  "}', b""]
BAD_BODIES = [
    (b"{", "body"),
    (b"[]", "body"),
    (b'"text"', "body"),
    (b"\xff", "body"),
    (b'{"name": {"a": 1}}', "name"),
    (b'{"name": true}', "name"),
    (b'{"name": ["a"]}', "name"),
    (b'{"name": "a", "name": "b"}', "name"),
    (b'{"name": "a\\u0000b"}', "name"),
    (b'{"name": "\\ud800"}', "body"),
    (b'{"name": "x", "colour\\u0000": 1}', "colour"),
    (b'{"name": "%s"}' % (b"x" * 256), "name"),
    (b'{"custom_id": "%s"}' % (b"x" * 256), "custom_id"),
    (b'{"custom_id": ["a"]}', "custom_id"),
    (b'{"custom_id": 1e400}', "body"),
    (b'{"custom_id": %s}' % (b"9" * 5000), "body"),
    (b'{"name": "x", "price": "cheap"}', "price"),
    (b'{"name": "x", "price": true}', "price"),
    (b'{"name": "x", "price": 1e30}', "price"),
    (b'{"name": "x", "price": "NaN"}', "price"),
    (b'{"name": "x", "price": %s}' % (b"9" * 400), "price"),
    (b'{"name": "x", "price": {"amount": 1}}', "price"),
    (b'{"name": "x", "quantity": 100000000000000}', "quantity"),
    (b'{"name": "x", "currency": "EURO"}', "currency"),
    (b'{"name": "x", "currency": 978}', "currency"),
    (b'{"name": "x", "product_url": "javascript:alert(1)"}', "product_url"),
    (b'{"name": "x", "image_url": "java\\nscript:alert(1)"}', "image_url"),
    (b'{"name": "x", "image_url": "data:text/html,x"}', "image_url"),
    (b'{"name": "x", "image_url": 5}', "image_url"),
    (b'{"name": "x", "product_url": "https://shop.example/%s"}' % (b"x" * 2048), "product_url"),
    (b'{"name": "x", "description": "%s"}' % (b"x" * 65537), "description"),
    (b'{"name": "x", "tags": "new"}', "tags"),
    (b'{"name": "x", "tags": [1]}', "tags"),
    (b'{"name": "x", "tags": [" "]}', "tags"),
    (b'{"name": "x", "tags": [{"id": 1}]}', "tags"),
    (b'{"name": "x", "tags": ["%s"]}' % (b"x" * 256), "tags"),
    (b'{"name": "x", "attributes": 5}', "attributes"),
    (b'{"name": "x", "attributes": [5]}', "attributes"),
    (b'{"name": "x", "attributes": {"id": 5}}', "attributes"),
    (b'{"name": "x", "!!!": 5}', "!!!"),
    (b'{"name": "x", "%s": 5}' % (b"k" * 256), "k" * 256),
    (b'{"name": "x", "weight": 1e300}', "weight"),
    (b'{"name": "x", "note": "%s"}' % (b"x" * 10001), "note"),
    (b"[" * 100_000, "body"),
]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_what_cannot_be_taken_is_named_and_nothing_is_stored(shop: Shop, method: str) -> None:
    product = await create(shop, custom_id="mug", name="Mug")
    headers = {"Content-Type": "application/json"}
    path = "products/" if method == "POST" else f"products/{product['id']}/"
    for body, field in BAD_BODIES:
        answer = await shop.client.request(method, path, content=body, headers=headers)
        assert answer.status_code == 400, (body[:80], answer.text)
        assert answer.json()["errors"].keys() == {field}, (body[:80], answer.text)
        assert answer.json()["errors"][field][0]
    assert len(await shop.fetch("SELECT 1 FROM products")) == 1
    assert await shop.fetch("SELECT 1 FROM attributes WHERE domain = 'product'") == []
    assert await shop.fetch("SELECT 1 FROM tags") == []


@pytest.mark.parametrize("body", NAMELESS)
async def test_a_new_product_needs_a_name_or_a_custom_id(shop: Shop, body: bytes) -> None:
    answer = await shop.client.post("products/", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()) == (
        400,
        {"errors": {"name": ["A product needs a name or a custom_id."]}},
    )
    assert (await create(shop, custom_id="c"))["name"] == ""
    assert (await create(shop, name="n"))["custom_id"] is None


async def test_every_bad_field_is_named_at_once(shop: Shop) -> None:
    answer = await shop.client.post("products/", json={"name": True, "price": "x", "currency": "y", "tags": 1})
    assert answer.json()["errors"].keys() == {"name", "price", "currency", "tags"}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
async def test_a_day_outside_the_calendar_of_shops_is_text(shop: Shop, day: str) -> None:
    assert (await create(shop, name="x", since=day))["since"] == day
    attribute = (await shop.fetch("SELECT value_type FROM attributes WHERE name_std = 'since'"))[0]
    assert attribute == {"value_type": "string"}


async def test_tokens_may_do_what_their_scope_covers(shop: Shop) -> None:
    wrong = {"Authorization": "Token nonsense"}
    assert (await shop.client.get("products/", headers=wrong)).status_code == 401
    assert (await shop.client.put("products/", json={})).status_code == 405
    options = await shop.client.options("products/1/")
    assert options.headers["Allow"] == "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"
