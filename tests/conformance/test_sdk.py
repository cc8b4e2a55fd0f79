"""What the mobile kits of User.com send, and what they read of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from dealt.accounts import create_token
from dealt.kernel.db import transaction
from dealt.publicapi.sdk import SDK_ROUTES
from tests.conformance.test_events import told
from tests.publicapi.conftest import Shop

ANDROID = {
    "lib_version": "0.0.5", "os_type": "Android", "version": "13", "sdk": "33", "device": "panther", "model": "Pixel 7",
    "manufacturer": "Google", "fcm_key": "fcm-1",
}  # fmt: skip
APPLE = {
    "lib_version": "0.0.5", "os_type": "IOS", "version": "17.1", "sdk": "17.1", "device": "5F-VENDOR",
    "model": "iPhone", "manufacturer": "Anna's iPhone", "fcm_key": "fcm-2",
    "identifier": "00000000-0000-0000-0000-000000000000",
}  # fmt: skip


@dataclass
class Phone:
    """An app on a phone: it remembers the key of its user."""

    shop: Shop
    client: httpx.AsyncClient
    key: str = ""

    async def ping(self, device: dict[str, Any] | None = None, **customer: Any) -> dict[str, Any]:
        answer = await self.post("ping/", customer={**customer, "userKey": self.key, "device": 1}, device=device or {})
        self.key = told(answer)["user"]["key"]
        return told(answer)

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self.client.post(path, json=body, headers={"X-User-Key": self.key})

    async def events(self) -> list[tuple[str, dict[str, Any]]]:
        user = told(await self.shop.client.get(f"users/search/?key={self.key}"))
        listed = told(await self.shop.client.get(f"users/{user['id']}/events/"))["results"]
        return [(event["event"], event["data"]) for event in listed]


async def make_token(shop: Shop, scope: str = "sdk") -> str:
    assert shop.app.services
    async with transaction(shop.app.services.pool) as connection:
        made = await create_token(connection, shop.workspace_id, "App", now=shop.app.services.clock.now(), scope=scope)
    return made.secret


@pytest_asyncio.fixture
async def phone(shop: Shop) -> AsyncIterator[Phone]:
    headers = {"Authorization": f"Token {await make_token(shop)}", "Accept": "*/*;version=2"}
    url = shop.url.replace("/api/public/", "/api/sdk/v1/")
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client:
        yield Phone(shop, client)


async def test_a_first_ping_makes_an_anonymous_user_and_the_next_finds_it(phone: Phone) -> None:
    first = await phone.ping(ANDROID)
    assert (first["created"], len(first["user"]["key"]), first["key"]) == (True, 12, phone.key)
    again = await phone.ping(ANDROID)
    assert (again["created"], again["user"]) == (False, first["user"])
    user = told(await phone.shop.client.get(f"users/{first['user']['id']}/"))
    assert (user["status"], user["custom_id"], user["email"], user["page_views"]) == ("visitor", None, None, 0)
    assert user["last_seen"] is not None
    devices = await phone.shop.fetch(
        "SELECT os_type, os_version, model, fcm_key, seen_at > created_at AS seen FROM devices"
    )
    assert devices == [{"os_type": "Android", "os_version": "13", "model": "Pixel 7", "fcm_key": "fcm-1", "seen": True}]


async def test_signing_in_turns_the_anonymous_user_into_a_known_one(phone: Phone) -> None:
    anonymous = await phone.ping(ANDROID)
    known = await phone.ping(ANDROID, user_id="john", email="john@example.com", first_name="", last_name=None, level=3)
    assert known["user"] == anonymous["user"]
    user = told(await phone.shop.client.get("users-by-id/john/"))
    assert (user["email"], user["level"]) == ("john@example.com", 3)
    await phone.ping(ANDROID, email="", first_name="John")
    user = told(await phone.shop.client.get("users-by-id/john/"))
    assert (user["email"], user["first_name"]) == ("john@example.com", "John")


async def test_signing_in_as_somebody_known_switches_to_that_user_with_the_device(phone: Phone) -> None:
    john = told(await phone.shop.client.post("users/", json={"custom_id": "john"}))
    await phone.ping(ANDROID)
    assert (await phone.ping(ANDROID, user_id="john"))["user"] == {"id": john["id"], "key": john["user_key"]}
    anna = await phone.ping(ANDROID, user_id="anna")
    assert anna["created"] and anna["user"]["id"] != john["id"]
    held = await phone.shop.fetch("SELECT contact_id FROM devices WHERE fcm_key = 'fcm-1'")
    assert held == await phone.shop.fetch("SELECT contact_id FROM device_keys") == [{"contact_id": anna["user"]["id"]}]


async def test_many_first_pings_of_one_person_make_one_user(phone: Phone) -> None:
    answers = await asyncio.gather(
        *(
            phone.post("ping/", customer={"user_id": "john"}, device=ANDROID | {"fcm_key": f"k{n % 3}"})
            for n in range(20)
        )
    )
    assert sum(told(answer)["created"] for answer in answers) == 1
    assert len({answer.json()["user"]["key"] for answer in answers}) == 1
    assert len(await phone.shop.fetch("SELECT FROM devices")) == 3


async def test_a_device_with_a_number_of_its_own_keeps_its_row_when_its_key_changes(phone: Phone) -> None:
    await phone.ping(APPLE)
    await phone.ping(APPLE | {"fcm_key": "fcm-3", "version": "17.2"})
    await phone.ping({name: value for name, value in APPLE.items() if name != "fcm_key"})
    assert await phone.shop.fetch("SELECT fcm_key, os_version FROM devices") == [
        {"fcm_key": "fcm-3", "os_version": "17.1"}
    ]
    await phone.ping({name: value for name, value in ANDROID.items() if name != "fcm_key"})
    await phone.ping(ANDROID)
    rows = await phone.shop.fetch("SELECT fcm_key FROM devices ORDER BY fcm_key")
    assert [row["fcm_key"] for row in rows] == ["fcm-1", "fcm-3"]


async def test_events_screens_products_and_a_sign_out_are_events(phone: Phone) -> None:
    await phone.ping(user_id="john")
    at = "2025-06-24T12:00:00.123456Z"
    assert told(await phone.post("event/", event="liked", timestamp=at, data={"n": 1}))["created"]
    told(
        await phone.post(
            "screen_event/", event="ScreenEvent", timestamp=at, data={"event": "opened", "screen_name": "Home"}
        )
    )
    told(await phone.post("event/", event="logout", logout=True))
    for path in ("event/", "product_event/"):
        body = {"event": "product", "event_type": "add to cart", "timestamp": at}
        told(await phone.post(path, **body, data={"custom_id": "SKU-9", "name": "Mug", "price": 5}))
    assert sorted(await phone.events(), key=str) == [
        ("ScreenEvent", {"event": "opened", "screen_name": "Home"}), ("liked", {"n": 1}), ("logout", {}),
    ]  # fmt: skip
    product = told(await phone.shop.client.get("products-by-id/SKU-9/"))
    assert (product["name"], product["price"]) == ("Mug", "5.00")
    assert told(await phone.shop.client.get("products-by-id/SKU-9/product_events/"))["count"] == 2


async def test_many_first_product_events_make_one_product(phone: Phone) -> None:
    await phone.ping()
    body = {"event": "product", "event_type": "view", "data": {"custom_id": "NEW"}}
    answers = await asyncio.gather(*(phone.post("product_event/", **body) for _ in range(30)))
    assert {answer.status_code for answer in answers} == {201}
    assert len(await phone.shop.fetch("SELECT FROM products")) == 1


async def test_what_becomes_of_notifications_is_told(phone: Phone) -> None:
    await phone.ping()
    link = "https://shop.example/sale"
    told(await phone.post("push-notification/ab_1-2/clicked/", url=link))
    told(await phone.post("push-notification/ab_1-2/displayed/"))
    told(await phone.post("in-app-message/7/dismissed/", data={"notification_action": "dismissed"}))
    push = {"push_notification_delivery_id": "ab_1-2"}
    found = await phone.events()
    for data in (
        push | {"notification_action": "clicked", "url": link}, push | {"notification_action": "displayed"},
        {"in_app_message_delivery_id": "7", "notification_action": "dismissed"},
    ):  # fmt: skip
        assert ("NotificationEvent", data) in found
    assert len(found) == 3
    assert (await phone.post("push-notification/7/eaten/")).status_code == 404


async def test_a_key_of_a_device_is_forgotten_by_its_own_user(phone: Phone) -> None:
    await phone.ping(ANDROID)
    stranger = Phone(phone.shop, phone.client)
    await stranger.ping()
    assert told(await stranger.post("delete-fcm-token/", fcm_key="fcm-1")) == {"deleted": False}
    headers = {"User-Key": phone.key}
    request = {"method": "DELETE", "url": "delete-fcm-token/", "json": {"fcm_key": "fcm-1"}, "headers": headers}
    assert told(await phone.client.request(**request)) == {"deleted": True}  # type: ignore[arg-type]
    assert told(await phone.client.request(**request)) == {"deleted": False}  # type: ignore[arg-type]
    assert await phone.shop.fetch("SELECT fcm_key FROM devices") == [{"fcm_key": None}]
    assert await phone.shop.fetch("SELECT FROM device_keys") == []
    assert (await phone.post("delete-fcm-token/")).status_code == 400


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("ping/", {"customer": "x"}, "customer"), ("ping/", {"customer": {"email": "x"}}, "customer.email"),
        ("ping/", {"device": {"fcm_key": "x" * 600}}, "device.fcm_key"),
        ("ping/", {"device": [1]}, "device"), ("ping/", {"device": {"is_root": "maybe"}}, "device.is_root"),
        ("event/", {}, "event"), ("event/", {"event": "a", "timestamp": "x"}, "timestamp"),
        ("product_event/", {"event_type": "view"}, "data.custom_id"),
        ("product_event/", {"data": {"custom_id": "x"}}, "event_type"),
        ("product_event/", {"event_type": "eat", "data": {"custom_id": "x"}}, "event_type"),
        ("delete-fcm-token/", {"fcm_key": ""}, "fcm_key"),
    ],
)  # fmt: skip
async def test_a_bad_message_is_a_400_that_names_the_field(
    phone: Phone, path: str, body: dict[str, Any], field: str
) -> None:
    await phone.ping()
    answer = await phone.post(path, **body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.text


async def test_who_has_sent_no_ping_is_told_so_and_an_unknown_key_is_a_404(phone: Phone) -> None:
    answer = await phone.post("event/", event="a")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["X-User-Key"])
    phone.key = "nobody"
    assert (await phone.post("event/", event="a")).status_code == 404
    assert told(await phone.post("ping/"))["user"]["key"] != "nobody"


async def test_a_token_of_an_app_opens_these_addresses_and_no_other(phone: Phone) -> None:
    paths = [
        route.path.replace("<delivery_id>", "1").replace("<action>", "clicked").lstrip("/") for route in SDK_ROUTES
    ]
    read, write = await make_token(phone.shop, "read"), await make_token(phone.shop, "write")
    for path in paths:
        for token, status in ((None, 401), ("nonsense", 401), (read, 403), (write, 403)):
            headers = {"Authorization": f"Token {token}" if token else ""}
            answer = await phone.client.post(path, json={}, headers=headers)
            assert (answer.status_code, list(answer.json())) == (status, ["detail"]), path
        assert (await phone.client.put(path)).status_code == 405
    own = phone.client.headers["Authorization"]
    for method, path in (("GET", "users/"), ("POST", "events/"), ("DELETE", "users/1/")):
        assert (await phone.shop.client.request(method, path, headers={"Authorization": own})).status_code == 403
    key = {"Authorization": "", "Integrations-Api-Key": own.removeprefix("Token ")}
    assert told(await phone.client.post("ping", json={}, headers=key))["created"]
    assert (await phone.client.get("nothing/")).status_code == 404


async def test_another_shop_knows_neither_keys_nor_devices(phone: Phone, other_shop: Shop) -> None:
    mine = await phone.ping(ANDROID)
    headers = {"Authorization": f"Token {await make_token(other_shop)}"}
    async with httpx.AsyncClient(base_url=phone.client.base_url, headers=headers) as client:
        other = Phone(other_shop, client, phone.key)
        assert (await other.post("event/", event="a")).status_code == 404
        theirs = await other.ping(ANDROID)
    assert theirs["user"]["id"] != mine["user"]["id"]
    assert len(await phone.shop.fetch("SELECT FROM device_keys WHERE fcm_key = 'fcm-1'")) == 2


async def test_what_an_app_tells_is_rehearsed_and_repeated_as_any_write(phone: Phone) -> None:
    rehearsed = told(await phone.client.post("ping/?dry_run=true", json={"device": ANDROID}))
    assert (rehearsed["dry_run"], rehearsed["status"]) == (True, 201)
    assert await phone.shop.fetch("SELECT FROM contacts") == await phone.shop.fetch("SELECT FROM devices") == []
    await phone.ping(ANDROID)
    headers = {"X-User-Key": phone.key}
    trial = told(await phone.client.post("event/?dry_run=true", json={"event": "liked"}, headers=headers))
    assert trial["dry_run"] and await phone.events() == []
    headers["Idempotency-Key"] = "tap-1"
    first, again = [await phone.client.post("event/", json={"event": "liked"}, headers=headers) for _ in range(2)]
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (told(first), "true")
    assert await phone.events() == [("liked", {})]
