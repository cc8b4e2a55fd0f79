"""Writes as a whole: with a key they happen once, as a rehearsal never; every writing route of the table."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from dealt.kernel.doorbell import Channel
from dealt.publicapi import wholly
from tests.digest import changed, digest
from tests.publicapi.conftest import Shop
from tests.publicapi.world import MARK, WRITING, Wire, World
from tests.publicapi.world import world as world

WHOLE = [wire for wire in WRITING if not wire.route.streams]
STREAMS = [wire for wire in WRITING if wire.route.streams]
# Bodies that a route takes in full, so that a rehearsal goes all the way.
FULL: dict[str, Any] = {
    "POST /attributes/": {"name": "Weight", "value_type": "float", "content_type": "deal"},
    "POST /deals/": {"name": "Order", "custom_id": "fresh", "weight_of_it": 3, "tags": ["fresh"]},
    "POST /deals-by-id/": {"name": "Order", "deal_id": "fresh"},
    "POST /deals/update_or_create/": {"name": "Order", "custom_id": f"{MARK}-deal", "stage": 2},
    "PATCH /deals/<int:id>/": {"name": "Changed", "products_custom_id": ["never-seen"]},
    "PUT /deals/<int:id>/": {"name": "Changed"},
    "POST /exchange-rates/": {"currency": "NOK", "valid_from": "2025-01-01", "rate": 2},
    "POST /loss-reasons/": {"name": "Fresh"},
    "POST /pipelines/": {"name": "Fresh", "stages": ["One"]},
    "POST /stages/": {"name": "Fresh", "pipeline": 1},
    "POST /products/": {"name": "Fresh", "custom_id": "fresh", "shade": "red"},
    "PATCH /products/<int:id>/": {"name": "Changed"},
    "POST /users/": {"email": "fresh@example.com", "tags": ["fresh"], "shade": "red"},
    "POST /users/update_or_create/": {"custom_id": f"{MARK}-user", "first_name": "Changed", "taste": "sweet"},
    "PATCH /users/<int:id>/": {"first_name": "Changed"},
    "POST /lists/": {"name": "Fresh"},
    "POST /tags/": {"name": "Fresh"},
    "POST /users/<int:id>/set_attribute/": {"attribute": "shade", "value": "red"},
    "POST /users/<int:id>/add_many_tags/": {"tag_names": ["fresh", "fresher"]},
    "PATCH /workspace/": {"name": "Changed"},
}


def each(wires: list[Wire]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("wire", wires, ids=str)


async def send(world: World, wire: Wire, query: str = "", **headers: str) -> httpx.Response:
    body = None if wire.method == "DELETE" else FULL.get(str(wire), wire.body)
    return await world.shop.client.request(
        wire.method, world.path(wire) + query, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


@each(WHOLE)
async def test_a_rehearsal_stores_nothing_and_says_what_would_change(
    world: World, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = world.app.services
    assert services
    rung: list[Channel] = []
    monkeypatch.setattr(services.doorbell, "ring", lambda *channels: rung.extend(channels))
    before = await digest(services.pool)
    answer = await send(world, wire, "?dry_run=true", idempotency_key="rehearsed")
    assert changed(before, await digest(services.pool)) == []
    assert rung == []
    told = answer.json()
    if answer.status_code != 200:
        assert str(wire) not in FULL and answer.status_code in (400, 404, 409), answer.text
        return
    assert told["dry_run"] is True and told["status"] in (200, 201, 202, 204)
    # A few writes are answered with a 200 and nothing, as recorded.
    assert told["answer"] is None or told["status"] != 204
    if str(wire) in FULL or wire.method == "DELETE":
        assert told["changes"], "it would change something"
        assert {*told["changes"][0]} == {"kind", "object_type", "object_id", "cause", "changes"}


async def test_what_a_rehearsal_defined_is_not_known_afterwards(world: World) -> None:
    """No cache holds what was undone: the definitions, the ids of products, the ids given out in advance."""
    client = world.shop.client
    body = {"name": "Order", "custom_id": "poison", "poison": 3, "tags": ["poison"], "products_custom_id": ["poison"]}
    rehearsed = await client.post("deals/?dry_run=true", json=body)
    assert rehearsed.json()["answer"]["poison"] == 3
    person = await client.post("users/?dry_run=1", json={"custom_id": "poison", "poison": 3})
    assert person.json()["answer"]["poison"] == 3
    assert "poison" not in (await client.get("attributes/")).text
    assert (await client.get("deals-by-id/poison/")).status_code == 404
    # The same names now mean something else, and nothing of before gets in the way.
    stored = await client.post("deals/", json=body | {"poison": "deadly"})
    assert (stored.status_code, stored.json()["poison"]) == (201, "deadly")
    [link] = await world.shop.fetch("SELECT product_id FROM product_custom_ids WHERE custom_id = 'poison'")
    assert stored.json()["products"] == [link["product_id"]]
    assert (await client.get("deals/?product_custom_id=poison")).json()["count"] == 1
    assert (await client.delete("deals-by-id/poison/")).status_code == 204


async def test_a_rehearsal_sees_its_own_changes_and_refuses_what_would_be_refused(world: World) -> None:
    client = world.shop.client
    told = (await client.patch(f"users-by-id/{MARK}-user/?dry_run=true", json={"first_name": "Ada"})).json()
    assert told["answer"]["first_name"] == "Ada"
    [change] = told["changes"]
    assert (change["kind"], change["changes"]) == ("contact.updated", {"first_name": [None, "Ada"]})
    refused = await client.post("deals/?dry_run=true", json={"name": "x", "stage": 99})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["stage"])
    unclear = await client.post("deals/?dry_run=maybe", json={"name": "x"})
    assert (unclear.status_code, list(unclear.json()["errors"])) == (400, ["dry_run"])


async def test_others_changes_are_not_told_by_a_rehearsal(shop: Shop) -> None:
    """While a rehearsal runs, others commit."""
    made = [shop.client.post("users/", json={"custom_id": f"o-{n}"}) for n in range(40)]
    dry = [shop.client.post("users/?dry_run=true", json={"custom_id": f"d-{n}"}) for n in range(20)]
    answers = (await asyncio.gather(*made, *dry))[40:]
    for number, answer in enumerate(answers):
        [change] = answer.json()["changes"]
        assert change["changes"]["custom_id"] == [None, f"d-{number}"]
    assert (await shop.fetch("SELECT count(*) AS n FROM contacts"))[0]["n"] == 40


async def test_bulk_can_be_rehearsed_line_by_line(world: World) -> None:
    assert world.app.services
    lines = [
        {"name": "Fresh", "custom_id": "bulk-1"}, {"name": "Bad", "custom_id": "bulk-2", "stage": 99},
        {"name": "Changed", "custom_id": f"{MARK}-deal"},
    ]  # fmt: skip
    before = await digest(world.app.services.pool)
    answer = await world.shop.client.post("deals/bulk/?dry_run=true", content="\n".join(map(json.dumps, lines)))
    results = [json.loads(line) for line in answer.text.splitlines()]
    assert [(result["line"], result["status"]) for result in results] == [(1, 201), (2, 400), (3, 200)]
    assert all(result["dry_run"] for result in results)
    assert [change["kind"] for change in results[0]["changes"]] == ["deal.created"]
    assert results[2]["changes"][0]["changes"] == {"name": [f"{MARK} order", "Changed"]}
    assert changed(before, await digest(world.app.services.pool)) == []


@each(STREAMS)
async def test_a_stream_has_no_key(world: World, wire: Wire) -> None:
    answer = await send(world, wire, idempotency_key="k")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["Idempotency-Key"])


@each(WHOLE)
async def test_a_key_gives_the_first_answer_again_or_keeps_nothing(world: World, wire: Wire) -> None:
    """Of the newcomer, so that nothing of the first workspace changes: 404s keep no key, and writes happen once."""
    assert world.app.services
    pool, client = world.app.services.pool, world.newcomer.client
    key = {"Idempotency-Key": f"every {wire}"}
    body = None if wire.method == "DELETE" else {**wire.body, **FULL.get(str(wire), {})}

    async def ask(content: Any) -> httpx.Response:
        return await client.request(wire.method, world.path(wire), json=content, headers=key)

    first = await ask(body)
    after = await digest(pool)
    again = await ask(body)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert changed(after, await digest(pool)) == []
    kept = await world.newcomer.fetch("SELECT status FROM idempotency_keys WHERE key = $1", f"every {wire}")
    assert [row["status"] for row in kept] == ([first.status_code] if first.is_success else [])
    assert (again.headers.get("Idempotency-Replayed") == "true") == first.is_success
    if first.is_success and wire.method != "DELETE":
        other = await ask({**(body or {}), "name": "Quite another"})
        assert (other.status_code, list(other.json())) == (409, ["detail"])
        assert changed(after, await digest(pool)) == []


async def test_many_at_once_with_one_key_write_once(shop: Shop) -> None:
    headers = {"Idempotency-Key": "one"}
    answers = await asyncio.gather(
        *(shop.client.post("users/", json={"email": "one@example.com"}, headers=headers) for _ in range(12))
    )
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert (await shop.fetch("SELECT count(*) AS n FROM contacts"))[0]["n"] == 1


async def test_a_refused_request_may_use_its_key_again(shop: Shop) -> None:
    headers = {"Idempotency-Key": "again"}
    bad = await shop.client.post("users/", json={"gender": "other"}, headers=headers)
    good = await shop.client.post("users/", json={"gender": "female"}, headers=headers)
    assert (bad.status_code, good.status_code) == (400, 201)


async def test_the_write_and_its_key_are_stored_together_or_not_at_all(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lose(*_: object) -> None:
        raise ConnectionResetError("the database went away just then")

    monkeypatch.setattr(wholly, "keep_answers", lose)
    headers = {"Idempotency-Key": "torn"}
    torn = await shop.client.post("users/", json={"email": "torn@example.com"}, headers=headers)
    assert torn.status_code == 503
    assert await shop.fetch("SELECT FROM contacts") == await shop.fetch("SELECT FROM idempotency_keys") == []
    monkeypatch.undo()
    again = await shop.client.post("users/", json={"email": "torn@example.com"}, headers=headers)
    assert (again.status_code, "Idempotency-Replayed" in again.headers) == (201, False)


async def test_what_a_keyed_request_defined_is_known_at_once(shop: Shop) -> None:
    headers = {"Idempotency-Key": "define"}
    made = await shop.client.post("users/", json={"custom_id": "a", "taste": "sweet"}, headers=headers)
    assert made.json()["taste"] == "sweet"
    assert (await shop.client.get("users-by-id/a/")).json()["taste"] == "sweet"


async def test_a_key_that_is_too_long_is_refused_everywhere(shop: Shop) -> None:
    for path in ("users/", "deals/", "products/"):
        answer = await shop.client.post(path, json={"name": "x"}, headers={"Idempotency-Key": "x" * 256})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["Idempotency-Key"])
