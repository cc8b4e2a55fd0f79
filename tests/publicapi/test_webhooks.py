"""Webhooks over HTTP: from a subscription to a signed delivery, with a worker and a receiver that are real."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from dealt.work import run_worker
from tests.kernel.outbound_servers import OK, Received, saying, serving
from tests.publicapi.conftest import Shop, settings_of

NEVER = "http://192.0.2.1:8080/hook"
HOOK = {"url": NEVER, "kinds": ["deal.*"]}


@asynccontextmanager
async def working(database_url: str) -> AsyncIterator[None]:
    """A worker for the length of the block, which may send to this machine."""
    stop = asyncio.Event()
    task = asyncio.create_task(run_worker(settings_of(database_url, allow_private_networks="127.0.0.0/8"), stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def until(look: Callable[[], Awaitable[Any]]) -> Any:
    """What ``look`` gives as soon as that is true."""
    while not (found := await look()):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    return found


def is_signed(secret: str, received: Received) -> bool:
    """Whether one of the signatures is right: written from the standard, with nothing of ours."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    head = f"{received.headers['webhook-id']}.{received.headers['webhook-timestamp']}."
    expected = base64.b64encode(hmac.new(key, head.encode() + received.body, hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in received.headers["webhook-signature"].split(" ")


async def make(shop: Shop, **fields: Any) -> dict[str, Any]:
    answer = await shop.client.post("webhooks/", json=HOOK | fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_every_edit_of_an_order_reaches_the_receiver_in_order_and_signed(shop: Shop, database_url: str) -> None:
    async with serving(saying(OK)) as receiver, working(database_url):
        made = await make(shop, url=receiver.url("/hook"))
        deal = (await shop.client.post("deals/", json={"name": "Order", "value": 10})).json()
        for value in (20, 30):
            await shop.client.patch(f"deals/{deal['id']}/", json={"value": value})
        await shop.client.delete(f"deals/{deal['id']}/")

        async def all_delivered() -> Any:
            page = (await shop.client.get(f"webhooks/{made['id']}/deliveries/?status=delivered")).json()
            return page if page["count"] == 4 else None

        page = await until(all_delivered)
    bodies = [json.loads(one.body) for one in receiver.received]
    assert [body["type"] for body in bodies] == ["deal.created", "deal.updated", "deal.updated", "deal.deleted"]
    sequences = [body["data"]["sequence"] for body in bodies]
    assert sequences == sorted(set(sequences)) == [row["sequence"] for row in reversed(page["results"])]
    assert [body["data"]["changes"]["value"] for body in bodies] == [
        [None, "10.00"], ["10.00", "20.00"], ["20.00", "30.00"], ["30.00", None],
    ]  # fmt: skip
    assert all(is_signed(made["secret"], one) for one in receiver.received)
    assert bodies[0]["data"]["url"] == f"/api/public/deals/{deal['id']}/"
    assert bodies[0]["data"]["actor"] == "token:1"
    assert bodies[3]["data"]["object"] is None
    whole = (await shop.client.get(f"webhooks/{made['id']}/deliveries/{page['results'][0]['id']}/")).json()
    assert whole["request"]["body"] == receiver.received[3].body.decode()
    assert whole["request"]["headers"]["webhook-id"] == receiver.received[3].headers["webhook-id"]
    assert (whole["answers"][0]["status"], whole["answers"][0]["answer"]) == (200, "ok")


async def test_a_delivery_shows_the_order_as_it_is(shop: Shop, database_url: str) -> None:
    async with serving(saying(OK)) as receiver, working(database_url):
        await make(shop, url=receiver.url("/hook"))
        deal = (await shop.client.post("deals/", json={"name": "Order", "value": 10, "size": "large"})).json()

        async def told() -> bool:
            return bool(receiver.received)

        await until(told)
    shown = json.loads(receiver.received[0].body)["data"]["object"]
    assert shown == (await shop.client.get(f"deals/{deal['id']}/")).json()


async def test_a_ping_and_its_repetition(shop: Shop, database_url: str) -> None:
    async with serving(saying(OK)) as receiver, working(database_url):
        made = await make(shop, url=receiver.url("/hook"), enabled=False)
        ping = await shop.client.post(f"webhooks/{made['id']}/test/")
        assert (ping.status_code, ping.json()["kind"], ping.json()["status"]) == (201, "ping", "waiting")
        address = f"webhooks/{made['id']}/deliveries/{ping.json()['id']}/"

        async def delivered() -> bool:
            return bool((await shop.client.get(address)).json()["status"] == "delivered")

        await until(delivered)
        assert (await shop.client.post(f"{address}resend/")).status_code == 200
        await until(delivered)
    ids = [one.headers["webhook-id"] for one in receiver.received]
    assert (len(ids), len(set(ids))) == (2, 1)


async def test_a_secret_is_told_once_and_stored_sealed(shop: Shop) -> None:
    made = await make(shop)
    secret = made["secret"]
    assert secret.startswith("whsec_") and len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    for answer in (await shop.client.get("webhooks/"), await shop.client.get(f"webhooks/{made['id']}/")):
        assert "secret" not in answer.json().get("results", [answer.json()])[0]
    [row] = await shop.fetch("SELECT secret FROM webhooks")
    assert secret.encode() not in bytes(row["secret"])  # type: ignore[call-overload]
    rotated = (await shop.client.post(f"webhooks/{made['id']}/rotate/")).json()
    assert rotated["secret"] not in ("", secret) and rotated["former_secret_until"] is not None
    journal = json.dumps([dict(row) for row in await shop.fetch("SELECT changes::text AS changes FROM journal")])
    assert secret not in journal and rotated["secret"] not in journal


async def test_a_repetition_by_its_key_makes_no_second_webhook_and_does_not_tell_the_secret(shop: Shop) -> None:
    first, again = [
        await shop.client.post("webhooks/", json=HOOK, headers={"Idempotency-Key": "one"}) for _ in range(2)
    ]
    assert (first.status_code, again.status_code) == (201, 201)
    assert "secret" in first.json()
    assert again.json() == {name: value for name, value in first.json().items() if name != "secret"}
    assert (await shop.client.get("webhooks/")).json()["count"] == 1
    assert await shop.fetch("SELECT FROM idempotency_keys WHERE encode(body, 'escape') LIKE '%whsec_%'") == []


async def test_an_answer_can_be_sent_back_and_a_change_is_partial(shop: Shop) -> None:
    made = await make(shop, description="Warehouse")
    same = await shop.client.put(f"webhooks/{made['id']}/", json=made)
    assert (same.status_code, same.json()["updated_at"]) == (200, made["updated_at"])
    changed = await shop.client.patch(f"webhooks/{made['id']}/", json={"kinds": ["*", "*"], "enabled": False})
    assert changed.json() | {"updated_at": None} == same.json() | {
        "kinds": ["*"], "enabled": False, "updated_at": None,
    }  # fmt: skip
    assert (await shop.client.post(f"webhooks/{made['id']}/resume/")).status_code == 200
    assert (await shop.client.delete(f"webhooks/{made['id']}/")).status_code == 204
    assert (await shop.client.get(f"webhooks/{made['id']}/")).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": "shop.example", "kinds": ["*"]}, "url"),
        ({"url": "file:///etc/passwd", "kinds": ["*"]}, "url"),
        ({"url": "https://user:word@shop.example/", "kinds": ["*"]}, "url"),
        ({"url": "https://shop.example:22/", "kinds": ["*"]}, "url"),
        ({"url": "https://" + "x" * 3000, "kinds": ["*"]}, "url"),
        ({"url": 7, "kinds": ["*"]}, "url"),
        ({"url": NEVER, "kinds": []}, "kinds"),
        ({"url": NEVER, "kinds": "deal.*"}, "kinds"),
        ({"url": NEVER, "kinds": ["deal"]}, "kinds"),
        ({"url": NEVER, "kinds": ["*.created"]}, "kinds"),
        ({"url": NEVER, "kinds": ["deal.*"] * 101}, "kinds"),
        ({"url": NEVER, "kinds": ["*"], "enabled": "maybe"}, "enabled"),
        ({"url": NEVER, "kinds": ["*"], "description": "x" * 1001}, "description"),
        ({"url": NEVER, "kinds": ["*"], "secrets": ""}, "secrets"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_name_and_nothing_is_stored(
    shop: Shop, body: dict[str, Any], field: str
) -> None:
    answer = await shop.client.post("webhooks/", json=body)
    assert answer.status_code == 400, answer.text
    assert field in answer.json()["errors"]
    assert await shop.fetch("SELECT FROM webhooks") == []


async def test_what_is_not_there_is_not_found_and_a_bad_filter_is_named(shop: Shop, other_shop: Shop) -> None:
    made = await make(shop)
    for path in ("webhooks/99/deliveries/", f"webhooks/{made['id']}/deliveries/99/", "webhooks/99/"):
        assert (await shop.client.get(path)).status_code == 404
    for path in ("rotate/", "test/", "resume/", "deliveries/99/resend/"):
        assert (await shop.client.post(f"webhooks/99/{path}")).status_code == 404
    assert (await shop.client.post("webhooks/99/resend_failed/", json={"since": "2025-01-01"})).status_code == 404
    assert (await other_shop.client.get(f"webhooks/{made['id']}/")).status_code == 404
    bad = await shop.client.get(f"webhooks/{made['id']}/deliveries/?status=lost")
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["status"])
    bad = await shop.client.post(f"webhooks/{made['id']}/resend_failed/", json={"since": "yesterday"})
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["since"])
    good = await shop.client.post(f"webhooks/{made['id']}/resend_failed/", json={"since": "2025-01-01"})
    assert (good.status_code, good.json()) == (200, {"resent": 0})


async def test_there_is_a_limit_to_their_number(shop: Shop) -> None:
    await make(shop)
    await shop.fetch(
        "INSERT INTO webhooks (workspace_id, id, url, kinds, secret, created_by, created_at, updated_at) "
        "SELECT workspace_id, id + n, url, kinds, secret, created_by, created_at, updated_at "
        "FROM webhooks, generate_series(1, 99) AS n"
    )
    answer = await shop.client.post("webhooks/", json=HOOK)
    assert (answer.status_code, list(answer.json())) == (409, ["detail"])


async def test_what_a_contact_does_is_told_as_a_record_of_its_own(shop: Shop, database_url: str) -> None:
    async with serving(saying(OK)) as receiver, working(database_url):
        await make(shop, url=receiver.url("/hook"), kinds=["event.*", "product_event.*"])
        await shop.client.post("users/", json={"custom_id": "ann"})
        event = await shop.client.post("events/", json={"user_custom_id": "ann", "name": "signed up", "plan": "gold"})
        assert event.status_code in (200, 201), event.text

        async def told() -> bool:
            return bool(receiver.received)

        await until(told)
    body = json.loads(receiver.received[0].body)
    assert (body["type"], body["data"]["object_type"], body["data"]["changes"]) == ("event.created", "event", {})
    shown = body["data"]["object"]
    assert (shown["name"], shown["id"]) == ("signed up", body["data"]["id"])
