"""Pipelines and stages over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.publicapi.conftest import Shop

BAD: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["name"]),
    ({"name": ""}, ["name"]),
    ({"name": "x" * 256}, ["name"]),
    ({"name": 5, "position": 0}, ["name", "position"]),
    ({"name": "x", "position": 2**31}, ["position"]),
    ({"name": "x", "position": 10**30}, ["position"]),
    ({"name": "x", "position": True}, ["position"]),
    ({"name": "x", "position": 1.5}, ["position"]),
    ({"name": "x", "stages": []}, ["stages"]),
    ({"name": "x", "stages": "New"}, ["stages"]),
    ({"name": "x", "stages": [""]}, ["stages"]),
    ({"name": "x", "stages": ["x"] * 101}, ["stages"]),
    ({"name": "x", "date_attribute": None}, ["date_attribute"]),
    ({"name": "x", "colour": "red", "id": 3}, ["colour", "id"]),
]


NO_RULES: dict[str, Any] = {"required": [], "sets_status": None}


async def made(shop: Shop, path: str, **body: Any) -> dict[str, Any]:
    answer = await shop.client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_new_workspace_answers_with_the_pipeline_orders(shop: Shop) -> None:
    answer = (await shop.client.get("pipelines/")).json()
    names = ["Add to cart", "Order placed", "Paid", "Shipped", "Delivered", "Returned"]
    assert answer == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "id": 1,
                "name": "Orders",
                "position": 1,
                "date_attribute": "order_date",
                "stages": [
                    {"id": place, "name": name, "position": place, "pipeline": 1} | NO_RULES
                    for place, name in enumerate(names, 1)
                ],
            }
        ],
    }
    assert (await shop.client.get("pipelines/1/")).json() == answer["results"][0]


async def test_both_versions_answer_alike(shop: Shop) -> None:
    for path in ("pipelines/", "pipelines/1/", "pipelines/1/stages/", "stages/", "stages/?pipeline=1", "stages/2/"):
        first, second = await shop.v1.get(path), await shop.client.get(path)
        assert (first.status_code, first.json()) == (200, second.json())


async def test_a_pipeline_is_created_with_its_stages(shop: Shop) -> None:
    pipeline = await made(shop, "pipelines/", name=" Wholesale ", stages=["Offer", "Order"], position=1)
    assert pipeline == {
        "id": 2,
        "name": "Wholesale",
        "position": 1,
        "date_attribute": "order_date",
        "stages": [
            {"id": 7, "name": "Offer", "position": 1, "pipeline": 2} | NO_RULES,
            {"id": 8, "name": "Order", "position": 2, "pipeline": 2} | NO_RULES,
        ],
    }
    listed = (await shop.client.get("pipelines/")).json()["results"]
    assert [(p["id"], p["position"]) for p in listed] == [(2, 1), (1, 2)]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_change_is_partial_and_an_answer_can_be_sent_back(shop: Shop, method: str) -> None:
    pipeline = await made(shop, "pipelines/", name="Wholesale")
    answer = await shop.client.request(method, f"pipelines/{pipeline['id']}/", json={"name": "Trade"})
    assert answer.json() == pipeline | {"name": "Trade"}
    again = await shop.client.request(method, f"pipelines/{pipeline['id']}/", json=answer.json())
    assert (again.status_code, again.json()) == (200, answer.json())


async def test_a_date_attribute_must_exist_and_be_a_date(shop: Shop) -> None:
    refused = await shop.client.patch("pipelines/1/", json={"date_attribute": "Paid on"})
    assert refused.status_code == 400
    assert refused.json()["errors"]["date_attribute"][0].startswith('Deals have no date or date-time attribute "Paid')
    await made(shop, "attributes/", name="Paid on", value_type="date", content_type="deal")
    answer = await shop.client.patch("pipelines/1/", json={"date_attribute": "Paid on"})
    assert answer.json()["date_attribute"] == "paid_on"


async def test_a_deleted_pipeline_is_gone_with_its_stages(shop: Shop) -> None:
    pipeline = await made(shop, "pipelines/", name="Wholesale")
    stage = pipeline["stages"][0]["id"]
    answer = await shop.client.delete(f"pipelines/{pipeline['id']}/")
    assert (answer.status_code, answer.content) == (204, b"")
    for path in (f"pipelines/{pipeline['id']}/", f"stages/{stage}/", f"pipelines/{pipeline['id']}/stages/"):
        gone = await shop.client.get(path)
        assert (gone.status_code, gone.json()) == (404, {"detail": "Not found."})
    assert (await shop.client.delete(f"pipelines/{pipeline['id']}/")).status_code == 404


async def test_the_last_pipeline_and_the_last_stage_stay(shop: Shop) -> None:
    answer = await shop.client.delete("pipelines/1/")
    assert answer.status_code == 409 and "only pipeline" in answer.json()["detail"]
    pipeline = await made(shop, "pipelines/", name="Wholesale")
    answer = await shop.client.delete(f"stages/{pipeline['stages'][0]['id']}/")
    assert answer.status_code == 409 and "only stage" in answer.json()["detail"]


async def test_a_stage_with_an_order_stays_until_the_order_moves_on(shop: Shop) -> None:
    deal = await made(shop, "deals/", name="Order", stage=2)
    answer = await shop.client.delete("stages/2/")
    assert answer.status_code == 409
    assert answer.json()["detail"] == 'Deals stand in the stage "Order placed". Move them to another stage first.'
    await made(shop, "pipelines/", name="Wholesale")
    assert (await shop.client.delete("pipelines/1/")).status_code == 409
    assert (await shop.client.put(f"deals/{deal['id']}/", json={"stage": 3})).status_code == 200
    assert (await shop.client.delete("stages/2/")).status_code == 204


async def test_an_order_can_stand_in_a_new_stage_at_once_and_never_in_a_deleted_one(shop: Shop) -> None:
    stage = await made(shop, "pipelines/1/stages/", name="Packed")
    deal = await made(shop, "deals/", name="Order", stage=stage["id"])
    assert (await shop.client.get(f"deals/{deal['id']}/")).json()["stage"] == stage["id"]
    await shop.client.put(f"deals/{deal['id']}/", json={"stage": 1})
    assert (await shop.client.delete(f"stages/{stage['id']}/")).status_code == 204
    refused = await shop.client.post("deals/", json={"name": "Order", "stage": stage["id"]})
    assert refused.status_code == 400 and list(refused.json()["errors"]) == ["stage"]


async def test_stages_are_made_in_either_place(shop: Shop) -> None:
    first = await made(shop, "pipelines/1/stages/", name="Packed", position=4)
    second = await made(shop, "stages/", name="Archived", pipeline=1)
    assert first == {"id": 7, "name": "Packed", "position": 4, "pipeline": 1} | NO_RULES
    assert second == {"id": 8, "name": "Archived", "position": 8, "pipeline": 1} | NO_RULES
    listed = (await shop.client.get("pipelines/1/stages/")).json()
    assert [stage["id"] for stage in listed["results"]] == [1, 2, 3, 7, 4, 5, 6, 8]


async def test_a_stage_is_renamed_moved_and_sent_back(shop: Shop) -> None:
    answer = await shop.client.patch("stages/6/", json={"name": "Sent back", "position": 1})
    assert answer.json() == {"id": 6, "name": "Sent back", "position": 1, "pipeline": 1} | NO_RULES
    assert (await shop.client.put("stages/6/", json=answer.json())).json() == answer.json()
    assert (await shop.client.get("stages/1/")).json()["position"] == 2


async def test_what_a_stage_asks_for_is_set_and_kept_until_it_is_set_again(shop: Shop) -> None:
    await made(shop, "attributes/", name="Parcel no", value_type="string", content_type="deal")
    rules = {"required": ["parcel_no", "value"], "sets_status": 3}
    stage = await made(shop, "stages/", name="Lost", pipeline=1, **rules)
    assert {name: stage[name] for name in rules} == rules
    renamed = await shop.client.patch(f"stages/{stage['id']}/", json={"name": "Gone"})
    assert renamed.json() == stage | {"name": "Gone"}
    fewer = (await shop.client.patch(f"stages/{stage['id']}/", json={"required": ["value"]})).json()
    assert (fewer["required"], fewer["sets_status"]) == (["value"], 3)
    assert (await shop.client.put(f"stages/{stage['id']}/", json=fewer)).json() == fewer
    assert (await shop.client.get("stages/?sets_status=3")).json()["results"] == [fewer]
    none = (await shop.client.patch(f"stages/{stage['id']}/", json=NO_RULES)).json()
    assert none == fewer | NO_RULES
    for body, named in (
        ({"required": ["colour"]}, "required"), ({"required": "value"}, "required"),
        ({"sets_status": 5}, "sets_status"),
        ({"required": ["value"] * 21}, "required"), ({"sets_status": "won"}, "sets_status"),
    ):  # fmt: skip
        for method, path in (("PATCH", f"stages/{stage['id']}/"), ("POST", "pipelines/1/stages/")):
            refused = await shop.client.request(method, path, json={"name": "x"} | body)
            assert (refused.status_code, list(refused.json()["errors"])) == (400, [named]), (method, body)
    assert (await shop.client.get(f"stages/{stage['id']}/")).json() == none
    assert (await shop.client.get("pipelines/1/stages/")).json()["count"] == 7


async def test_a_stage_stays_in_its_pipeline(shop: Shop) -> None:
    pipeline = await made(shop, "pipelines/", name="Wholesale")
    answer = await shop.client.patch("stages/1/", json={"name": "x", "pipeline": pipeline["id"]})
    assert answer.status_code == 400 and list(answer.json()["errors"]) == ["pipeline"]
    assert (await shop.client.get("stages/1/")).json()["name"] == "Add to cart"


async def test_stages_are_listed_for_all_pipelines_or_one(shop: Shop) -> None:
    pipeline = await made(shop, "pipelines/", name="Wholesale", stages=["Offer"])
    everything = (await shop.client.get("stages/")).json()
    assert [stage["id"] for stage in everything["results"]] == list(range(1, 8))
    one = (await shop.client.get("stages/", params={"pipeline": pipeline["id"]})).json()
    assert [stage["id"] for stage in one["results"]] == [7]
    assert (await shop.client.get("stages/?pipeline=99")).json()["results"] == []
    for bad in ("x", "0", "-1", "1.0", "9" * 30):
        refused = await shop.client.get("stages/", params={"pipeline": bad})
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["pipeline"])


@pytest.mark.parametrize("version", ["client", "v1"])
async def test_lists_come_in_pages_that_lead_to_each_other(shop: Shop, version: str) -> None:
    client = getattr(shop, version)
    answer = (await client.get("pipelines/1/stages/?page_size=4")).json()
    assert (answer["count"], len(answer["results"]), answer["previous"]) == (6, 4, None)
    rest = (await client.get(answer["next"])).json()
    assert [stage["id"] for stage in answer["results"] + rest["results"]] == [1, 2, 3, 4, 5, 6]
    assert rest["next"] is None
    assert (await client.get("pipelines/?page=2")).status_code == 404


async def test_a_stage_of_an_unknown_pipeline_is_refused(shop: Shop) -> None:
    answer = await shop.client.post("stages/", json={"name": "x", "pipeline": 99})
    assert (answer.status_code, answer.json()) == (400, {"errors": {"pipeline": ["There is no pipeline 99."]}})
    assert (await shop.client.post("pipelines/99/stages/", json={"name": "x"})).status_code == 404


async def test_a_bad_pipeline_is_refused_by_field_and_leaves_nothing(shop: Shop) -> None:
    for body, named in BAD:
        answer = await shop.client.post("pipelines/", json=body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, named), answer.text
    assert (await shop.client.get("pipelines/")).json()["count"] == 1


async def test_a_strangers_objects_are_not_found(shop: Shop, other_shop: Shop) -> None:
    pipeline = await made(shop, "pipelines/", name="Wholesale")
    stage = pipeline["stages"][0]["id"]
    for method, path in (
        ("GET", f"pipelines/{pipeline['id']}/"), ("PUT", f"pipelines/{pipeline['id']}/"),
        ("DELETE", f"pipelines/{pipeline['id']}/"), ("GET", f"pipelines/{pipeline['id']}/stages/"),
        ("POST", f"pipelines/{pipeline['id']}/stages/"), ("GET", f"stages/{stage}/"), ("PATCH", f"stages/{stage}/"),
        ("DELETE", f"stages/{stage}/"),
    ):  # fmt: skip
        body = None if method in ("GET", "DELETE") else {"name": "theirs"}
        assert (await other_shop.client.request(method, path, json=body)).status_code == 404, (method, path)
    assert (await shop.client.get(f"pipelines/{pipeline['id']}/")).json() == pipeline


async def test_a_change_is_journalled_by_the_token_that_made_it(shop: Shop) -> None:
    await shop.client.patch("stages/3/", json={"name": "Settled"})
    [entry] = await shop.fetch("SELECT actor, contact_id FROM journal WHERE kind = 'stage.updated'")
    assert entry == {"actor": "token:1", "contact_id": 0}
