"""Segments over HTTP: shapes, what is refused and where, previews that come true."""

from __future__ import annotations

from typing import Any

import pytest

from dealt.segments import ObjectRounds
from dealt.work import HANDLERS
from tests.publicapi.conftest import Shop

POLISH: dict[str, Any] = {"field": "country", "op": "equals", "value": "PL"}
BUYERS: dict[str, Any] = {"relation": "deals", "where": {"field": "value", "op": "greater", "value": 100}}


async def work(shop: Shop) -> None:
    """Do every job that waits, and settle whoever is stale."""
    import json

    from dealt.freshness import Settling
    from dealt.kernel.db import transaction
    from dealt.kernel.journal import Lane

    assert shop.app.services
    services = shop.app.services
    while row := await services.pool.fetchrow(
        "DELETE FROM jobs WHERE id = (SELECT min(id) FROM jobs) RETURNING workspace_id, kind, payload"
    ):
        payload = json.loads(row["payload"])
        await HANDLERS[row["kind"]](services.pool, row["workspace_id"], payload, services.clock.now())
    settling = Settling([services.derived])
    for lane in Lane:
        async with transaction(services.pool) as connection:
            claimed = await settling.claim(connection, lane, 500)
            await settling.settle_claimed(connection, claimed, services.clock)


async def people(shop: Shop) -> list[int]:
    """Two people in Poland, of whom the first has bought for 150, and one in Germany."""
    ids = []
    for name, country in (("anna", "PL"), ("ben", "PL"), ("cara", "DE")):
        body = {"custom_id": name, "first_name": name.title(), "country": country}
        ids.append((await shop.client.post("users/", json=body)).json()["id"])
    await shop.client.post("deals/", json={"name": "Order", "user_custom_id": "anna", "value": 150})
    return ids


async def made(shop: Shop, name: str, written: Any, **more: Any) -> dict[str, Any]:
    answer = await shop.client.post("segments/", json={"name": name, "filter": written} | more)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_new_workspace_has_the_usual_segments_in_the_shape_that_clients_know(shop: Shop) -> None:
    for client in (shop.v1, shop.client):
        listed = (await client.get("segments/")).json()
        names = [one["name"] for one in listed["results"]]
        assert names == ["Active", "New", "New with email", "With email", "Slipping away"]
        first = listed["results"][0]
        assert first["users"] == f"{shop.url}segments/{first['id']}/users/"
        assert (first["object_count"], first["too_heavy"], first["error"]) == (0, False, "")
        assert {"id", "name", "description", "update_interval", "last_counted", "updated_at"} <= first.keys()
        assert (await client.get(f"segments/{first['id']}/")).json()["sentence"] == first["sentence"]


async def test_a_preview_comes_true_and_so_do_the_changes_that_were_told(shop: Shop) -> None:
    anna, ben, cara = await people(shop)
    told = (await shop.client.post("segments/preview/", json={"filter": POLISH})).json()
    assert (told["count"], [one["id"] for one in told["sample"]]) == (2, [anna, ben])
    assert told["sample"][0] == {"id": anna, "custom_id": "anna", "name": "Anna"}
    segment = await made(shop, "Polish", POLISH)
    assert segment["progress"] or segment["as_of"]
    await work(shop)
    one = f"segments/{segment['id']}/"
    members = (await shop.client.get(f"{one}members/")).json()["results"]
    assert [member["id"] for member in members] == [anna, ben]
    assert all(member["entered_at"] for member in members)
    users = (await shop.v1.get(f"{one}users/")).json()
    assert [user["id"] for user in users["results"]] == [anna, ben]
    wanted = {"any": [BUYERS, {"field": "country", "op": "equals", "value": "DE"}]}
    told = (await shop.client.post(f"{one}changes/", json={"filter": wanted})).json()
    assert [[some["id"] for some in told[way]["sample"]] for way in ("entering", "leaving")] == [[cara], [ben]]
    assert (told["entering"]["count"], told["leaving"]["count"]) == (1, 1)
    assert (await shop.client.patch(one, json={"filter": wanted})).status_code == 200
    await work(shop)
    now = (await shop.client.get(one)).json()
    assert (now["object_count"], now["progress"]) == (2, None)
    members = (await shop.client.get(f"{one}members/")).json()["results"]
    assert [member["id"] for member in members] == [anna, cara]


async def test_a_user_shows_the_segments_of_this_moment_before_any_worker_comes(shop: Shop) -> None:
    anna, ben, _ = await people(shop)
    await made(shop, "Buyers", BUYERS)
    for user, belongs in ((anna, True), (ben, False)):
        for client in (shop.v1, shop.client):
            found = (await client.get(f"users/{user}/segments/")).json()["results"]
            assert ("Buyers" in [one["name"] for one in found]) == belongs
    deal = (await shop.client.get("deals/")).json()["results"][0]
    await shop.client.patch(f"deals/{deal['id']}/", json={"value": 1})
    found = (await shop.client.get(f"users/{anna}/segments/")).json()["results"]
    assert "Buyers" not in [one["name"] for one in found]


async def test_an_explanation_names_the_deal(shop: Shop) -> None:
    anna, ben, _ = await people(shop)
    segment = await made(shop, "Buyers", BUYERS)
    deal = (await shop.client.get("deals/")).json()["results"][0]["id"]
    told = (await shop.client.get(f"segments/{segment['id']}/explain/", params={"user_id": anna})).json()
    assert (told["id"], told["holds"], told["conditions"][0]["related"]) == (anna, True, [deal])
    assert (told["conditions"][0]["related_to"], told["conditions"][0]["decides"]) == ("deal", True)
    told = (await shop.client.get(f"segments/{segment['id']}/explain/", params={"user_custom_id": "ben"})).json()
    assert (told["id"], told["holds"]) == (ben, False)
    assert told["conditions"][0]["flips"] == "There is no such deal; 1 more would change it."
    big = await made(shop, "Big", {"field": "value", "op": "greater", "value": 100}, subject="deal")
    told = (await shop.client.get(f"segments/{big['id']}/explain/", params={"id": deal})).json()
    assert (told["holds"], told["conditions"][0]["sentence"]) == (True, "Value is more than 100")
    for query, status in (({}, 400), ({"id": 999}, 404), ({"id": "x"}, 400)):
        answer = await shop.client.get(f"segments/{big['id']}/explain/", params=query)
        assert answer.status_code == status, answer.text


async def test_segments_nest_by_name_and_circles_are_refused_by_name(shop: Shop) -> None:
    def within(name: str) -> dict[str, Any]:
        return {"field": "segments", "op": "in_any", "value": [name]}

    vip = await made(shop, "VIP", BUYERS)
    near = await made(shop, "VIP nearby", {"all": [within("VIP"), POLISH]})
    assert near["filter"]["all"][0]["value"] == [vip["id"]], "a new name of the first changes nothing"
    answer = await shop.client.patch(f"segments/{vip['id']}/", json={"name": "Best"})
    assert answer.status_code == 200
    shown = (await shop.client.get(f"segments/{near['id']}/")).json()
    assert (shown["error"], "Best" in shown["sentence"]) == ("", True)
    for path, method in ((f"segments/{vip['id']}/", "PATCH"), (f"segments/{vip['id']}/changes/", "POST")):
        answer = await shop.client.request(method, path, json={"filter": within("VIP nearby")})
        assert answer.status_code == 400
        [sentence] = answer.json()["errors"]["filter"]
        circle = ['segment "Best"', 'segment "VIP nearby"']
        assert " -> ".join(circle) in sentence or " -> ".join(circle[::-1]) in sentence
    answer = await shop.client.delete(f"segments/{vip['id']}/")
    assert (answer.status_code, '"VIP nearby"' in answer.json()["detail"]) == (409, True)
    assert (await shop.client.delete(f"segments/{near['id']}/")).status_code == 204
    assert (await shop.client.delete(f"segments/{vip['id']}/")).status_code == 204
    assert (await shop.client.get(f"segments/{vip['id']}/")).status_code == 404


async def test_a_snapshot_keeps_who_was_in(shop: Shop) -> None:
    _, ben, _ = await people(shop)
    segment = await made(shop, "Polish", POLISH)
    await work(shop)
    answer = await shop.client.post(f"segments/{segment['id']}/snapshot/", json={"name": "Polish then"})
    assert (answer.status_code, answer.json()["kind"], answer.json()["object_count"]) == (201, "static", 2)
    await shop.client.patch(f"users/{ben}/", json={"country": "DE"})
    await work(shop)
    counts = [
        (await shop.client.get(f"segments/{one}/")).json()["object_count"]
        for one in (segment["id"], answer.json()["id"])
    ]
    assert counts == [1, 2]
    refused = await shop.client.patch(f"segments/{answer.json()['id']}/", json={"filter": {}})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["filter"])


async def test_a_company_that_is_gone_leaves_a_snapshot_though_no_segment_of_companies_is_looked_at(shop: Shop) -> None:
    assert shop.app.services
    services = shop.app.services
    firm = (await shop.client.post("companies/", json={"name": "Firm"})).json()
    segment = await made(shop, "Firms", {}, subject="company")
    await ObjectRounds(services.pool, services.derived, services.clock).look(shop.workspace_id)
    copy = (await shop.client.post(f"segments/{segment['id']}/snapshot/", json={"name": "Firms then"})).json()
    await shop.client.delete(f"segments/{segment['id']}/")
    await shop.client.delete(f"companies/{firm['id']}/")
    await work(shop)
    assert (copy["object_count"], (await shop.client.get(f"segments/{copy['id']}/")).json()["object_count"]) == (1, 0)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"filter": {}}, "name"),
        ({"name": "A"}, "filter"),
        ({"name": "A", "filter": []}, "filter"),
        ({"name": "A", "filter": None}, "filter"),
        ({"name": "A", "filter": {"all": [{"field": "colour", "op": "equals", "value": 1}]}}, "filter.all.0.field"),
        ({"name": "A", "filter": {"field": "segments", "op": "in_any", "value": ["None"]}}, "filter.value"),
        ({"name": "A", "filter": {"field": "country", "op": "equals", "value": "a\x00b"}}, "filter.value"),
        ({"name": "A", "filter": {}, "subject": "event"}, "subject"),
        ({"name": "Active", "filter": {}}, "name"),
        ({"name": "A", "filter": {}, "colour": 1}, "colour"),
    ],
)
async def test_what_makes_no_sense_is_refused_where_it_stands(shop: Shop, body: dict[str, Any], place: str) -> None:
    answer = await shop.client.post("segments/", json=body)
    assert (answer.status_code, list(answer.json().get("errors", {}))) == (400, [place]), answer.text
    assert (await shop.client.get("segments/")).json()["count"] == 5


async def test_a_filter_that_takes_longer_than_the_workspace_allows_is_refused_and_not_saved(shop: Shop) -> None:
    await shop.fetch(
        "INSERT INTO contacts (id, workspace_id, first_name, created_at, updated_at)"
        " SELECT n, $1, repeat('abc', 200), now(), now() FROM generate_series(1000000, 1001000) AS n",
        shop.workspace_id,
    )
    slow = {"any": [{"field": "first_name", "op": "contains", "value": f"{'abc' * 20}{n}"} for n in range(200)]}
    quick = await made(shop, "Quick", {})
    for limit in (99, 30_001, "x", None):
        assert (await shop.client.patch("workspace/", json={"longest_filter_ms": limit})).status_code == 400
    assert (await shop.client.patch("workspace/", json={"longest_filter_ms": 100})).json()["longest_filter_ms"] == 100
    of_slow = {"source": "deals", "function": "count", "filter": {"relation": "contact", "where": slow}}
    ids = [1_000_000 + number for number in range(100)]
    await shop.fetch(
        "INSERT INTO deals (contact_id, id, workspace_id, name, pipeline_id, stage_id, stage_entered_at, status,"
        " ordered_at, created_at, updated_at) SELECT 1000000 + n % 100, n, $1, 'x', 1, 1, now(), 1, now(), now(), now()"
        " FROM generate_series(1000000, 1004000) AS n",
        shop.workspace_id,
    )
    for method, path, body in (
        ("POST", "segments/preview/", {"filter": slow}),
        ("POST", "segments/", {"name": "Slow", "filter": slow}),
        ("PATCH", f"segments/{quick['id']}/", {"filter": slow}),
        ("POST", f"segments/{quick['id']}/changes/", {"filter": slow}),
        ("POST", "aggregators/preview/", of_slow | {"user_ids": ids}),
    ):
        answer = await shop.client.request(method, path, json=body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["filter"]), (path, answer.text)
        assert "longer than 0.1 seconds, the limit of this workspace" in answer.text
    names = [one["name"] for one in (await shop.client.get("segments/")).json()["results"]]
    assert "Slow" not in names
    assert (await shop.client.get(f"segments/{quick['id']}/")).json()["filter"] == {}
    quicker = slow | {"any": slow["any"][:1]}
    await shop.client.patch("workspace/", json={"longest_filter_ms": 30_000})
    assert (await shop.client.post("segments/", json={"name": "Slow", "filter": quicker})).status_code == 201
