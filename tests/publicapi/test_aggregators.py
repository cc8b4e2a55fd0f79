from __future__ import annotations

import json
from typing import Any

import pytest

from dealt.aggregators import Aggregator, CompanyRounds, company_rounds, page_of_aggregators, progress_of_each
from dealt.freshness import Backfill, Settling
from dealt.kernel.paging import PageRequest
from tests.publicapi.conftest import Shop

SPENT = {
    "name": "Spent", "source": "deals", "function": "sum", "field": "value", "target": "spent",
    "filter": {"field": "status", "op": "equals", "value": 2},
}  # fmt: skip
ORDER = {"custom_id": "o-1", "name": "Order", "user_custom_id": "anna", "value": 20, "currency": "EUR", "status": 2}


async def _anna(shop: Shop) -> int:
    answer = await shop.client.post("users/", json={"custom_id": "anna"})
    found: int = answer.json()["id"]
    return found


async def _order(shop: Shop, **changes: Any) -> int:
    answer = await shop.client.post("deals/", json=ORDER | changes)
    assert answer.status_code == 201, answer.text
    found: int = answer.json()["id"]
    return found


async def _user(shop: Shop, user_id: int, version: int = 2) -> dict[str, Any]:
    accept = f"*/*; version={version}"
    found: dict[str, Any] = (await shop.client.get(f"users/{user_id}/", headers={"Accept": accept})).json()
    return found


async def test_an_aggregator_is_made_read_changed_and_deleted(shop: Shop) -> None:
    made = await shop.client.post("aggregators/", json=SPENT)
    assert made.status_code == 201, made.text
    told = made.json()
    assert {name: told[name] for name in SPENT} == SPENT
    assert (told["value_type"], told["error"], told["progress"]["state"]) == ("float", "", "waiting")
    path = f"aggregators/{told['id']}/"
    assert (await shop.client.get(path)).json() == told
    assert [one["id"] for one in (await shop.client.get("aggregators/")).json()["results"]] == [told["id"]]
    changed = await shop.client.patch(path, json={"function": "count", "field": None})
    assert (changed.status_code, changed.json()["value_type"]) == (200, "integer")
    assert (await shop.client.put(path, json=changed.json())).status_code == 200, "an answer may be sent back"
    assert (await shop.client.delete(path)).status_code == 204
    assert (await shop.client.get(path)).status_code == 404


async def test_a_user_shows_the_value_and_it_follows_every_change_at_once(shop: Shop) -> None:
    anna = await _anna(shop)
    await _order(shop)
    await shop.client.post("aggregators/", json=SPENT)
    assert (await _user(shop, anna))["spent"] == 20
    second = await _order(shop, custom_id="o-2", value=5)
    assert (await _user(shop, anna))["spent"] == 25
    await shop.client.patch(f"deals/{second}/", json={"value": 7})
    assert (await _user(shop, anna))["spent"] == 27
    await shop.client.delete(f"deals/{second}/")
    listed = (await _user(shop, anna, version=1))["attributes"]
    assert [(one["name_std"], one["value"]) for one in listed] == [("spent", 20)]
    page = (await shop.client.get("users/", headers={"Accept": "*/*; version=2"})).json()
    assert [one["spent"] for one in page["results"]] == [20]


async def test_a_value_of_a_user_tells_the_orders_behind_it(shop: Shop) -> None:
    anna = await _anna(shop)
    deal_id = await _order(shop)
    await _order(shop, custom_id="o-2", currency="ISK")
    await _order(shop, custom_id="o-3", status=1)
    made = (await shop.client.post("aggregators/", json=SPENT)).json()
    path = f"aggregators/{made['id']}/values/"
    told = (await shop.client.get(path, params={"user_id": anna})).json()
    assert (told["value"], told["unconverted_deals"], told["rows"], told["lag_seconds"]) == (20, 1, 2, 0.0)
    assert {one["id"]: one["value"] for one in told["behind"]}[deal_id] == 20
    assert told["as_of"] >= made["created_at"], "nothing waits: it is of now"
    assert (await shop.client.get(path)).status_code == 400
    assert (await shop.client.get(path, params={"user_id": 999})).status_code == 404


async def test_a_computed_attribute_cannot_be_written(shop: Shop) -> None:
    anna = await _anna(shop)
    await shop.client.post("aggregators/", json=SPENT)
    for method, path, body in (
        ("PATCH", f"users/{anna}/", {"spent": 5, "first_name": "Anna"}),
        ("POST", "users/update_or_create/", {"custom_id": "anna", "Spent": 5}),
        ("POST", f"users/{anna}/set_attribute/", {"attribute": "spent", "value": 5}),
    ):
        answer = await shop.client.request(method, path, json=body, headers={"Accept": "*/*; version=2"})
        assert answer.status_code == 400, answer.text
        assert "computed by an aggregator" in answer.text
    assert (await _user(shop, anna))["first_name"] is None


async def test_an_answer_can_be_sent_back_with_what_is_computed_in_it(shop: Shop) -> None:
    anna = await _anna(shop)
    await _order(shop)
    await shop.client.post("aggregators/", json=SPENT)
    for client in (shop.client, shop.v1):
        told = (await client.get(f"users/{anna}/")).json()
        assert "spent" in json.dumps(told)
        answer = await client.put(f"users/{anna}/", json=told)
        assert answer.status_code == 200, answer.text


async def test_a_preview_stores_nothing(shop: Shop) -> None:
    anna = await _anna(shop)
    await _order(shop)
    body = {"source": "deals", "function": "sum", "field": "value", "user_ids": [anna, 999]}
    told = (await shop.client.post("aggregators/preview/", json=body)).json()
    assert told["results"] == [{"user_id": anna, "value": 20, "unconverted_deals": 0}]
    assert (await shop.client.get("aggregators/")).json()["count"] == 0
    bad = await shop.client.post("aggregators/preview/", json=body | {"field": "nothing"})
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["field"])


async def test_a_circle_is_refused_and_nothing_is_saved(shop: Shop) -> None:
    count = {"source": "deals", "function": "count"}
    await shop.client.post("aggregators/", json=count | {"name": "one"})
    of_one = {"relation": "contact", "where": {"field": "one", "op": "is_set"}}
    await shop.client.post("aggregators/", json=count | {"name": "two", "filter": of_one})
    of_two = {"relation": "contact", "where": {"field": "two", "op": "is_set"}}
    refused = await shop.client.patch("aggregators/1/", json={"filter": of_two})
    assert refused.status_code == 400
    (sentence,) = refused.json()["errors"]["filter"]
    assert 'aggregator "one" -> aggregator "two" -> aggregator "one"' in sentence
    assert (await shop.client.get("aggregators/1/")).json()["filter"] == {}
    assert (await shop.client.delete("aggregators/1/")).status_code == 409


async def test_how_far_many_aggregators_are_is_asked_once(shop: Shop) -> None:
    for number in range(3):
        body = {"name": f"Orders {number}", "subject": "company", "source": "deals", "function": "count"}
        assert (await shop.client.post("aggregators/", json=body)).status_code == 201
    assert shop.app.services
    pool, statements = shop.app.services.pool, list[object]()
    async with pool.acquire() as connection:
        page = await page_of_aggregators(connection, shop.workspace_id, PageRequest.parse({}))
    async with pool.acquire() as connection:
        connection.add_query_logger(statements.append)
        found = [Aggregator.of(row) for row in page.rows]
        assert len(await progress_of_each(connection, shop.workspace_id, found, None)) == 3
    assert len(statements) == 1


async def test_companies_that_changed_are_found_without_looking_through_all(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = shop.app.services
    assert services
    body = {"name": "Orders", "subject": "company", "source": "deals", "function": "count"}
    assert (await shop.client.post("aggregators/", json=body)).status_code == 201
    [row] = await shop.fetch("SELECT definitions_version AS version FROM workspaces WHERE id = $1", shop.workspace_id)
    await Backfill(services.derived, services.clock)(services.pool, shop.workspace_id, row, services.clock.now())
    rounds = CompanyRounds(services.pool, services.derived, services.clock)
    await rounds.look(shop.workspace_id)
    monkeypatch.setattr(company_rounds, "WHOLE_EVERY_S", 1e9)
    quiet, busy = [(await shop.client.post("companies/", json={"name": name})).json()["id"] for name in ("A", "B")]
    anna = await _anna(shop)
    await _order(shop, company_id=busy)

    async def values() -> list[int | None]:
        async with services.pool.acquire() as connection:
            await Settling([services.derived]).settle_on_read(
                connection, shop.workspace_id, [anna], services.clock.now()
            )
        await rounds.look(shop.workspace_id)
        return [(await shop.client.get(f"companies/{one}/")).json().get("orders") for one in (quiet, busy)]

    assert await values() == [0, 1]
