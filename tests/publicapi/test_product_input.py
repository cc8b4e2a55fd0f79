"""Products over HTTP: many hands at once, and whatever cannot be taken."""

from __future__ import annotations

import asyncio

import pytest

from tests.publicapi.conftest import Shop
from tests.publicapi.test_products import MUG, create


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
