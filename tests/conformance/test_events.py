"""Events as clients of User.com tell and read them."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.publicapi.conftest import Shop


async def make_user(shop: Shop, custom_id: str = "john") -> dict[str, Any]:
    answer = await shop.client.post("users/", json={"custom_id": custom_id})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def told(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


async def test_an_event_is_told_by_every_route_and_every_name_of_its_user(shop: Shop) -> None:
    user = await make_user(shop)
    body = {"name": "profile_updated", "timestamp": 1426967129, "data": {"plan": "gold", "seats": 3}}
    answers = [
        await shop.v1.post("events/", json=body | {"client": user["id"]}),
        await shop.v1.post("events/", json=body | {"client": str(user["id"])}),
        await shop.v1.post("events/", json=body | {"user_id": "john"}),
        await shop.client.post("events/", json=body | {"user_id": user["id"]}),
        await shop.client.post("events/", json=body | {"user_custom_id": "john"}),
        await shop.client.post("events/", json=body | {"user_key": user["user_key"]}),
        await shop.client.post(f"users/{user['id']}/events/", json=body),
        await shop.v1.post("users-by-id/john/events/", json=body),
    ]
    assert [list(told(answer)) for answer in answers] == [["id", "created"]] * 8
    assert [answer.json()["created"] for answer in answers] == [True, *[False] * 7]
    listed = told(await shop.v1.get(f"users/{user['id']}/events/"))
    assert (listed["count"], listed["next"], listed["previous"]) == (8, None, None)
    last = listed["results"][0]
    assert last | {"received_at": ""} == {
        "id": answers[-1].json()["id"], "client": user["id"], "user_id": user["id"],
        "timestamp": "2015-03-21T19:45:29Z", "event": "profile_updated", "event_id": 1,
        "items": [{"key": "plan", "value": "gold"}, {"key": "seats", "value": "3"}],
        "data": {"plan": "gold", "seats": 3}, "custom_id": None, "received_at": "",
    }  # fmt: skip
    assert told(await shop.client.get("users-by-id/john/events/"))["count"] == 8


async def test_a_hundred_first_occurrences_at_once_are_one_first(shop: Shop) -> None:
    user = await make_user(shop)
    body = {"name": "viewed", "user_id": user["id"]}
    answers = await asyncio.gather(*(shop.client.post("events/", json=body) for _ in range(100)))
    assert sum(told(answer)["created"] for answer in answers) == 1
    assert len({answer.json()["id"] for answer in answers}) == 100


async def test_rudderstack_and_form_bodies_are_taken(shop: Shop) -> None:
    user = await make_user(shop)
    form = await shop.client.post(
        "events/", data={"user_id": str(user["id"]), "name": "form", "timestamp": "1426967129"}
    )
    assert told(form)["created"]
    empty = await shop.client.post("events/", json={"user_id": user["id"], "name": "php", "data": []})
    assert told(empty)["created"]
    [event] = (await shop.client.get("users-by-id/john/events/?event=form")).json()["results"]
    assert event["timestamp"] == "2015-03-21T19:45:29Z"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"), ({"name": ""}, "name"), ({"name": 5}, "name"), ({"name": "x" * 256}, "name"),
        ({"name": "a", "timestamp": "yesterday"}, "timestamp"), ({"name": "a", "timestamp": 10**20}, "timestamp"),
        ({"name": "a", "timestamp": "9999-01-01"}, "timestamp"), ({"name": "a", "timestamp": True}, "timestamp"),
        ({"name": "a", "timestamp": "1800-01-01"}, "timestamp"), ({"name": "a", "timestamp": -(10**18)}, "timestamp"),
        ({"name": "a", "data": "text"}, "data"), ({"name": "a", "data": {"?": 1}}, "?"),
        ({"name": "a", "id": "x", "custom_id": "y"}, "id"), ({"name": "a", "data": {"n": 1e19}}, "data.n"),
    ],
)  # fmt: skip
async def test_a_bad_event_is_a_400_that_names_the_field(shop: Shop, body: dict[str, Any], field: str) -> None:
    await make_user(shop)
    answer = await shop.client.post("users-by-id/john/events/", json=body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.text
    assert await shop.fetch("SELECT FROM events") == await shop.fetch("SELECT FROM event_definitions") == []


async def test_moments_of_any_spelling_are_one_moment(shop: Shop) -> None:
    await make_user(shop)
    spellings = [1426967129, 1426967129.0, "1426967129", 1426967129000, "1426967129000", "2015-03-21T19:45:29Z",
                 "2015-03-21 20:45:29+01:00", "2015-03-21T19:45:29"]  # fmt: skip
    for timestamp in spellings:
        told(await shop.client.post("users-by-id/john/events/", json={"name": "a", "timestamp": timestamp}))
    listed = (await shop.client.get("users-by-id/john/events/")).json()["results"]
    assert {event["timestamp"] for event in listed} == {"2015-03-21T19:45:29Z"}


async def test_a_clock_that_is_a_little_ahead_is_believed_and_none_is_now(shop: Shop) -> None:
    await make_user(shop)
    ahead = (datetime.now(UTC) + timedelta(hours=20)).isoformat()
    far = (datetime.now(UTC) + timedelta(hours=30)).isoformat()
    assert (await shop.client.post("users-by-id/john/events/", json={"name": "a", "timestamp": far})).status_code == 400
    told(await shop.client.post("users-by-id/john/events/", json={"name": "a", "timestamp": ahead}))
    told(await shop.client.post("users-by-id/john/events/", json={"name": "a", "timestamp": None}))
    latest, now = (await shop.client.get("users-by-id/john/events/")).json()["results"]
    assert latest["timestamp"] > now["timestamp"] == now["received_at"]


async def test_nobody_is_a_404_and_no_name_a_400(shop: Shop, other_shop: Shop) -> None:
    user = await make_user(other_shop)
    for reference in ({"user_id": user["id"]}, {"user_custom_id": "john"}, {"user_key": user["user_key"]}):
        answer = await shop.client.post("events/", json={"name": "a"} | reference)
        assert (answer.status_code, list(answer.json())) == (404, ["detail"]), answer.text
    for client, name in ((shop.client, "user_id"), (shop.v1, "client")):
        answer = await client.post("events/", json={"name": "a"})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])
    for path in (f"users/{user['id']}/", "users-by-id/john/"):
        for part in ("events/", "product_events/", "ping_hits/", "timeline/"):
            assert (await shop.client.get(path + part)).status_code == 404


async def test_a_repetition_changes_nothing(shop: Shop) -> None:
    await make_user(shop)
    body = {"name": "a", "id": 7}
    first = await shop.client.post("users-by-id/john/events/", json=body)
    again = await shop.client.post("users-by-id/john/events/", json={"name": "b", "custom_id": "7"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {"id": first.json()["id"], "created": False}
    assert [event["name"] for event in (await shop.client.get("events/")).json()["results"]] == ["a"]


async def test_bulk_tells_of_every_line(shop: Shop) -> None:
    user = await make_user(shop)
    lines: list[bytes] = [
        json.dumps({"user_id": user["id"], "name": "a", "id": "1", "data": {"n": 1}}).encode(),
        b"nonsense",
        json.dumps({"user_id": 999, "name": "a", "id": "2"}).encode(),
        json.dumps({"user_custom_id": "john", "name": "a", "id": "1"}).encode(),
        json.dumps({"user_key": user["user_key"], "name": "b"}).encode(),
        json.dumps({"user_id": user["id"], "name": "b", "timestamp": "x"}).encode(),
    ]
    answer = await shop.client.post("events/bulk/", content=b"\n".join(lines), params={"silent": "true"})
    results = [json.loads(line) for line in answer.text.splitlines()]
    assert [result["status"] for result in results] == [201, 400, 404, 200, 201, 400]
    assert [result.get("created") for result in results] == [True, None, None, False, True, None]
    assert (results[3]["id"], results[2]["custom_id"]) == (results[0]["id"], "2")
    assert await shop.fetch("SELECT DISTINCT cause FROM events") == [{"cause": 1}]
    assert {row["lane"] for row in await shop.fetch("SELECT lane FROM stale WHERE cause = 1")} == {1}


async def test_a_rehearsed_event_leaves_nothing(shop: Shop) -> None:
    await make_user(shop)
    answer = await shop.client.post("users-by-id/john/events/?dry_run=true", json={"name": "a", "id": "1"})
    assert answer.json()["answer"]["created"]
    assert await shop.fetch("SELECT FROM events") == await shop.fetch("SELECT FROM event_custom_ids") == []
    assert told(await shop.client.post("users-by-id/john/events/", json={"name": "a", "id": "1"}))["created"]


async def test_a_key_repeats_the_first_answer(shop: Shop) -> None:
    await make_user(shop)
    headers = {"Idempotency-Key": "k"}
    first, again = [
        await shop.client.post("users-by-id/john/events/", json={"name": "a"}, headers=headers) for _ in range(2)
    ]
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert len(await shop.fetch("SELECT FROM events")) == 1


async def test_names_are_declared_described_and_their_attributes_typed(shop: Shop) -> None:
    await make_user(shop)
    made = told(await shop.client.post("events/definitions/", json={"name": "bought", "description": "In the shop"}))
    assert (made["name"], made["description"], made["first_at"]) == ("bought", "In the shop", None)
    assert (await shop.client.post("events/definitions/", json={"name": "bought"})).status_code == 409
    attribute = {"name": "pieces", "value_type": "integer", "content_type": "event"}
    assert list((await shop.client.post("attributes/", json=attribute)).json()["errors"]) == ["event"]
    assert list((await shop.client.post("attributes/", json=attribute | {"event": 99})).json()["errors"]) == ["event"]
    declared = told(await shop.client.post("attributes/", json=attribute | {"event": made["id"]}))
    assert (declared["content_type"], declared["event"]) == ("event", made["id"])
    bad = await shop.client.post("users-by-id/john/events/", json={"name": "bought", "data": {"pieces": "many"}})
    assert list(bad.json()["errors"]) == ["pieces"]
    good = await shop.client.post("users-by-id/john/events/", json={"name": "bought", "data": {"pieces": 2}})
    assert told(good)["created"]
    for query in ("content_type=event", f"event={made['id']}"):
        listed = (await shop.client.get(f"attributes/?{query}")).json()["results"]
        assert [one["name"] for one in listed] == ["pieces"]
    renamed = await shop.client.patch(f"events/{made['id']}/", json={"name": "ordered"})
    assert told(renamed)["first_at"] is not None
    [event] = (await shop.client.get(f"events/{made['id']}/occurrences/")).json()["results"]
    assert event["event"] == "ordered"
    assert (await shop.client.get("events/99/")).status_code == 404


async def test_lists_are_paged_bounded_and_newest_first(shop: Shop) -> None:
    user = await make_user(shop)
    lines = [
        json.dumps({"user_id": user["id"], "name": "ab"[n % 2], "timestamp": 1_700_000_000 + n}) for n in range(130)
    ]
    await shop.client.post("events/bulk/", content="\n".join(lines))
    for client in (shop.v1, shop.client):
        first = (await client.get(f"users/{user['id']}/events/")).json()
        second = (await client.get(first["next"])).json()
        assert (first["count"], len(first["results"]), len(second["results"]), second["next"]) == (130, 100, 30, None)
        times = [event["timestamp"] for event in first["results"] + second["results"]]
        assert times == sorted(times, reverse=True) and len(set(times)) == 130
    query = "event=a&timestamp__gte=1700000010&timestamp__lt=1700000020"
    assert (await shop.client.get(f"users/{user['id']}/events/?{query}")).json()["count"] == 5
    for bad in ("event=zzz", "timestamp__gte=soon", "cursor=x"):
        assert (await shop.client.get(f"users/{user['id']}/events/?{bad}")).status_code == 400
