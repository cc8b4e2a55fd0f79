"""Product events, page views and timelines as clients of User.com tell and read them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dealt.events import PRODUCT_EVENT_TYPES
from tests.conformance.test_events import make_user, told
from tests.publicapi.conftest import Shop


async def make_product(shop: Shop, custom_id: str = "SKU-1", **fields: Any) -> dict[str, Any]:
    return told(await shop.client.post("products/", json={"custom_id": custom_id, "name": "Mug", **fields}))


async def test_there_are_sixteen_types_and_no_other(shop: Shop) -> None:
    await make_user(shop)
    product = await make_product(shop)
    assert len(PRODUCT_EVENT_TYPES) == 16
    for event_type in PRODUCT_EVENT_TYPES:
        body = {"user_custom_id": "john", "event_type": event_type, "timestamp": 1426967129}
        assert list(told(await shop.client.post("products-by-id/SKU-1/product_event/", json=body))) == ["id"]
    unknown: tuple[Any, ...] = ("bought", "View", "", None, 5, "view ")
    for other in unknown:
        sent = {"user_custom_id": "john", "event_type": other}
        answer = await shop.client.post(f"products/{product['id']}/product_event/", json=sent)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["event_type"])
    listed = told(await shop.client.get("users-by-id/john/product_events/"))
    assert listed["count"] == 16
    narrowed = told(await shop.client.get("users-by-id/john/product_events/?event_type=promo click"))
    assert [event["event_type"] for event in narrowed["results"]] == ["promo click"]


async def test_every_name_of_the_user_is_understood_in_its_version(shop: Shop) -> None:
    user = await make_user(shop, "431")
    product = await make_product(shop)
    path, body = f"products/{product['id']}/product_event/", {"event_type": "order"}
    for client, reference in (
        (shop.client, {"user_id": user["id"]}), (shop.client, {"user_custom_id": "431"}),
        (shop.client, {"user_key": user["user_key"]}), (shop.v1, {"client": user["id"]}), (shop.v1, {"user_id": 431}),
        (shop.v1, {"user_id": "431"}),
    ):  # fmt: skip
        told(await client.post(path, json=body | reference))
    assert told(await shop.v1.get("users-by-id/431/product_events/"))["count"] == 6
    assert told(await shop.v1.get("products-by-id/SKU-1/product_events/"))["count"] == 6


async def test_data_changes_the_product_and_custom_data_stays_with_the_event(shop: Shop) -> None:
    user = await make_user(shop)
    product = await make_product(shop, price=5)
    body = {
        "user_id": user["id"], "event_type": "purchase", "timestamp": 1426967129,
        "data": {"name": "Big mug", "price": "6.50", "colour": "red", "custom_data": {"order": "A-1", "lines": [1]}},
    }  # fmt: skip
    event_id = told(await shop.client.post("products-by-id/SKU-1/product_event/", json=body))["id"]
    after = told(await shop.client.get(f"products/{product['id']}/"))
    assert (after["name"], after["price"], after["colour"]) == ("Big mug", "6.50", "red")
    history = told(await shop.client.get(f"products/{product['id']}/history/"))["results"]
    assert history[-1]["changes"]["price"] == ["5.00", "6.50"]
    [event] = told(await shop.v1.get(f"users/{user['id']}/product_events/"))["results"]
    assert event | {"received_at": ""} == {
        "id": event_id, "client": user["id"], "user_id": user["id"], "timestamp": "2015-03-21T19:45:29Z",
        "event_type": "purchase", "product_id": product["id"], "custom_data": {"order": "A-1", "lines": [1]},
        "event_custom_id": None, "received_at": "",
    }  # fmt: skip


async def test_an_unknown_product_or_user_is_a_404_and_bad_data_a_400(shop: Shop, other_shop: Shop) -> None:
    user, elsewhere = await make_user(shop), await make_product(other_shop, "THEIRS")
    product = await make_product(shop)
    body = {"user_id": user["id"], "event_type": "view"}
    for path in ("products-by-id/THEIRS/", f"products/{elsewhere['id']}/", "products/99999/"):
        answer = await shop.client.post(f"{path}product_event/", json=body)
        assert (answer.status_code, list(answer.json())) == (404, ["detail"])
    # An order has named it, but there is no such product yet.
    await shop.client.post("deals/", json={"name": "x", "products_custom_id": ["LATER"]})
    assert (await shop.client.post("products-by-id/LATER/product_event/", json=body)).status_code == 404
    path = f"products/{product['id']}/product_event/"
    assert (await shop.client.post(path, json=body | {"user_id": 999})).status_code == 404
    bad = await shop.client.post(path, json=body | {"data": {"price": "cheap"}})
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["data.price"])
    assert await shop.fetch("SELECT FROM product_events") == []


async def test_a_site_view_is_a_ping_hit_and_counts(shop: Shop) -> None:
    user = await make_user(shop)
    sent = {
        "client_user": user["user_key"], "page_domain": "shop.example", "page_path": "/mugs/1?size=2",
        "timestamp": "2025-06-24T12:00:00+02:00",
    }  # fmt: skip
    view_id = told(await shop.client.post("site-views/", json=sent))["id"]
    whole = {
        "user_id": user["id"],
        "url": "https://shop.example/",
        "referer": "android-app://com.example",
        "title": "Shop",
    }
    told(await shop.client.post("site-views/", json=whole | {"timestamp": "2025-06-24T12:00:00+03:00"}))
    newest, oldest = told(await shop.v1.get(f"users/{user['id']}/ping_hits/"))["results"]
    assert newest == {
        "id": view_id, "client": user["id"], "ip_address": None, "user_agent": None, "browser_family": None,
        "browser_version": None, "os_type": None, "city": None, "country": None,
        "url": "https://shop.example/mugs/1?size=2", "referer": None, "title": None, "page_domain": "shop.example",
        "page_path": "/mugs/1?size=2", "timestamp": "2025-06-24T10:00:00Z", "extra_data": None, "timezone": None,
        "resolution": None,
    }  # fmt: skip
    assert (oldest["page_domain"], oldest["page_path"], oldest["referer"]) == ("shop.example", "/", whole["referer"])
    after = told(await shop.client.get(f"users/{user['id']}/"))
    assert (after["page_views"], after["last_seen"]) == (2, "2025-06-24T10:00:00Z")
    for bad, field in (
        ({"page_path": "/"}, "page_domain"), ({"url": "javascript:alert(1)"}, "url"),
        ({"page_domain": "x", "referrer": "javascript:alert(1)"}, "referrer"), ({"url": "http://[x/"}, "url"),
    ):  # fmt: skip
        answer = await shop.client.post("site-views/", json={"client_user": user["user_key"]} | bad)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert (await shop.client.post("site-views/", json=sent | {"client_user": "nobody"})).status_code == 404


async def pages(shop: Shop, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    following: str | None = address
    while following is not None:
        page = told(await shop.client.get(following))
        found += page["results"]
        following = page["next"]
    return found


async def test_a_timeline_merges_everything_newest_first(shop: Shop) -> None:
    user = await make_user(shop)
    await make_product(shop, product_url="https://shop.example/mug")
    at = "2025-06-24T12:00:00Z"
    for minute in range(5):
        moment = f"2025-06-24T12:0{minute}:00Z"
        about = {"user_id": user["id"], "timestamp": moment}
        told(await shop.client.post("events/", json={**about, "name": "viewed", "data": {"n": minute}}))
        told(await shop.client.post("products-by-id/SKU-1/product_event/", json={**about, "event_type": "view"}))
        told(await shop.client.post("site-views/", json={**about, "url": "https://shop.example/", "title": "Shop"}))
    order = {
        "name": "Order 1",
        "custom_id": "1",
        "user_id": user["id"],
        "value": 5,
        "currency": "EUR",
        "order_date": at,
    }
    told(await shop.client.post("deals/", json=order))
    whole = await pages(shop, f"users/{user['id']}/timeline/")
    assert [line["type"] for line in whole[1:5]] == ["event", "product_event", "page_view", "event"]
    assert whole[0] | {"id": 0, "datetime": ""} == {
        "id": 0, "datetime": "", "type": "change", "name": "contact.created", "content": whole[0]["content"]
    }  # fmt: skip
    assert whole[1]["content"] == {"url": None, "title": None, "n": 4}
    assert whole[2]["content"]["url"] == "https://shop.example/mug"
    assert (whole[-1]["type"], whole[-1]["content"]["value"], len(whole)) == ("order", "5.000000", 17)
    for size in (1, 2, 3, 16, 17):
        assert await pages(shop, f"users-by-id/john/timeline/?page_size={size}") == whole
    assert told(await shop.client.get(f"users/{user['id']}/timeline/?page_size=2"))["count"] == 17
    for cursor in ("x", "W10", "bnVsbA", "WyIyMDI1LTA2LTI0VDEyOjAwOjAwWiIsOSwxXQ"):
        answer = await shop.client.get(f"users/{user['id']}/timeline/", params={"cursor": cursor})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["cursor"])


@pytest.mark.parametrize("path", ["events/", "site-views/", "products-by-id/SKU-1/product_event/"])
async def test_what_cannot_be_stored_is_a_400(shop: Shop, path: str) -> None:
    user = await make_user(shop)
    await make_product(shop)
    good = {"user_id": user["id"], "name": "a", "event_type": "view", "url": "https://shop.example/"}
    for bad in (b'"\\u0000"', b'"\\ud800"', b"1e400", b'{"a": "\\u0000"}'):
        for name in (b"data", b"custom_data", b"extra_data", b"timestamp", b"custom_id", b"event_custom_id"):
            content = httpx.Request("POST", "http://x", json=good).content[:-1] + b', "' + name + b'": ' + bad + b"}"
            answer = await shop.client.post(path, content=content)
            assert answer.status_code in (201, 400), (name, bad, answer.text)
