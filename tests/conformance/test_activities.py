"""Activities in both versions, and the status of the deal that they are about."""

from __future__ import annotations

from typing import Any

import pytest

from tests.publicapi.conftest import Shop

V1_KEYS = [
    "id", "activity_type", "name", "datetime", "duration", "description", "assigned_to", "deal", "person", "company",
    "done", "done_date", "created_by", "created_at", "updated_at", "custom_id", "attributes",
]  # fmt: skip
V2_KEYS = [
    "id", "activity_type", "name", "due_date", "duration", "description", "assigned_to", "deal_id", "user_id",
    "company_id", "done", "done_date", "created_by", "created_at", "updated_at", "custom_id",
]  # fmt: skip
CALL: dict[str, Any] = {
    "custom_id": "call-1", "activity_type": 2, "name": "Call back", "due_date": "2025-06-24T12:00:00Z", "duration": 30,
    "description": "About the return",
}  # fmt: skip


async def make(shop: Shop, **fields: Any) -> dict[str, Any]:
    body = {"name": "Call", "due_date": "2025-06-24T12:00:00Z"} | fields
    answer = await shop.client.post("activities/", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def people(shop: Shop) -> dict[str, int]:
    """A user, a company and an order of the user: their ids."""
    found = {}
    for path, body in (
        ("users/", {"custom_id": "jane"}),
        ("companies/", {"custom_id": "acme", "name": "Acme"}),
        ("deals/", {"custom_id": "1001", "name": "Order", "user_custom_id": "jane"}),
    ):
        found[path.strip("/")] = (await shop.client.post(path, json=body)).json()["id"]
    return found


async def test_version_2_has_its_model_and_attributes_as_keys(shop: Shop) -> None:
    ids = await people(shop)
    about = {"deal_id": ids["deals"], "user_id": ids["users"], "company_id": ids["companies"]}
    activity = await make(shop, **CALL, **about, room="blue", urgency=3)
    assert list(activity) == [*V2_KEYS, "room", "urgency"]
    sent = CALL | about | {"room": "blue", "urgency": 3, "done": False, "done_date": None}
    assert {name: activity[name] for name in sent} == sent
    for path in (f"activities/{activity['id']}/", "activities-by-id/call-1/", f"activities/{activity['id']}"):
        answer = await shop.client.get(path)
        assert (answer.status_code, answer.json()) == (200, activity)
        same = await shop.client.put(path, json=activity)
        assert (same.status_code, same.json()) == (200, activity)
    types = (await shop.client.get("attributes/?content_type=activity")).json()["results"]
    assert {a["name_std"]: a["value_type"] for a in types} == {"room": "string", "urgency": "float"}


async def test_version_1_has_the_older_words_and_a_list_of_attributes(shop: Shop) -> None:
    ids = await people(shop)
    body = {
        "name": "Call", "datetime": "2025-06-24T14:00:00+02:00", "deal": ids["deals"], "company": ids["companies"],
        "room": "blue",
    }  # fmt: skip
    answer = await shop.v1.post("activities/", json=body)
    assert answer.status_code == 201, answer.text
    activity = answer.json()
    assert list(activity) == V1_KEYS
    assert (activity["datetime"], activity["person"]) == ("2025-06-24T12:00:00Z", ids["users"])
    assert (activity["deal"], activity["company"], activity["activity_type"]) == (ids["deals"], ids["companies"], 1)
    [room] = activity["attributes"]
    assert room == {"id": room["id"], "name": "room", "name_std": "room", "value": "blue", "description": ""}
    same = await shop.v1.put(f"activities/{activity['id']}/", json=activity)
    assert (same.status_code, same.json()) == (200, activity)


async def test_what_it_is_about_may_be_named_by_the_clients_own_ids(shop: Shop) -> None:
    ids = await people(shop)
    named = await make(shop, deal_custom_id="1001", company_custom_id="acme", user_custom_id="jane")
    assert (named["deal_id"], named["company_id"], named["user_id"]) == (ids["deals"], ids["companies"], ids["users"])
    key = (await shop.client.get("users-by-id/jane/")).json()["user_key"]
    assert (await make(shop, user_key=key))["user_id"] == ids["users"]
    first = await shop.v1.post("activities/", json={"name": "a", "datetime": "2025-06-24", "user_id": "jane"})
    assert first.json()["person"] == ids["users"]
    cleared = await shop.client.patch(f"activities/{named['id']}/", json={"company_custom_id": None})
    assert (cleared.json()["company_id"], cleared.json()["deal_id"]) == (None, ids["deals"])


@pytest.mark.parametrize(
    "reference",
    [{"user_id": 999}, {"deal_id": 999}, {"company_id": 999}, {"user_custom_id": "x"}, {"deal_custom_id": "x"},
     {"company_custom_id": "x"}, {"user_key": "x"}],
)  # fmt: skip
async def test_what_does_not_exist_is_a_404_and_nothing_is_stored(shop: Shop, reference: dict[str, Any]) -> None:
    answer = await shop.client.post("activities/", json=CALL | reference | {"colour": "red"})
    assert (answer.status_code, list(answer.json())) == (404, ["detail"])
    assert await shop.fetch("SELECT 1 FROM tasks") == []
    assert await shop.fetch("SELECT 1 FROM attributes WHERE domain = 'task'") == []


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"name", "due_date"}), ({"name": "a"}, {"due_date"}), ({"name": "", "due_date": 1}, {"name"}),
        ({"name": "a", "due_date": "soon"}, {"due_date"}), ({"name": "a", "datetime": "soon"}, {"datetime"}),
        ({"name": "a", "due_date": 1, "done": "maybe"}, {"done"}),
        ({"name": "a", "due_date": 1, "duration": -1}, {"duration"}),
        ({"name": "a", "due_date": 1, "activity_type": 2**31}, {"activity_type"}),
        ({"name": "a", "due_date": 1, "assigned_to": 99}, {"assigned_to"}),
        ({"name": "a", "due_date": 1, "user_id": "jane"}, {"user_id"}),
        ({"name": "a\x00", "due_date": 1}, {"name"}),
    ],
)  # fmt: skip
async def test_bad_input_is_a_400_that_names_the_field(shop: Shop, body: dict[str, Any], fields: set[str]) -> None:
    answer = await shop.client.post("activities/", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"].keys() == fields


async def test_a_custom_id_belongs_to_one_activity_and_is_free_after_it(shop: Shop) -> None:
    await make(shop, custom_id="call-1")
    again = await shop.client.post("activities/", json=CALL)
    assert (again.status_code, list(again.json()["errors"])) == (400, ["custom_id"])
    gone = await shop.client.request("DELETE", "activities-by-id/call-1/", json={"any": "body"})
    assert (gone.status_code, gone.content) == (204, b"")
    for method in ("GET", "PUT", "DELETE"):
        answer = await shop.client.request(method, "activities-by-id/call-1/")
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    await make(shop, custom_id="call-1")


async def test_the_status_of_the_deal_follows(shop: Shop) -> None:
    ids = await people(shop)
    other = (await shop.client.post("deals/", json={"name": "Another", "custom_id": "1002"})).json()["id"]

    async def status(custom_id: str = "1001") -> tuple[str, str]:
        path = f"deals-by-id/{custom_id}/"
        v2, v1 = (await shop.client.get(path)).json(), (await shop.v1.get(path)).json()
        return v2["activities_status"], v1["activities_status"]

    planned, nothing = ("planned", "1"), ("no planned", "3")
    assert await status() == nothing
    activity = await make(shop, deal_id=ids["deals"])
    path = f"activities/{activity['id']}/"
    assert await status() == planned
    done = (await shop.client.patch(path, json={"done": True})).json()
    assert done["done"] and done["done_date"]
    assert await status() == nothing
    await shop.client.patch(path, json={"done": False})
    await shop.client.patch(path, json={"deal_id": other})
    assert (await status(), await status("1002")) == (nothing, planned)
    assert (await shop.client.get(path)).json()["user_id"] is None
    await shop.client.delete(path)
    assert await status("1002") == nothing


async def test_a_list_is_narrowed_by_what_it_is_about_and_when(shop: Shop) -> None:
    ids = await people(shop)
    await make(shop, name="b", due_date="2025-06-25", deal_id=ids["deals"])
    await make(shop, name="a", due_date="2025-06-24", user_id=ids["users"], done=True)
    await make(shop, name="c", due_date="2025-06-26", company_id=ids["companies"], activity_type=5, assigned_to=1)
    key = (await shop.client.get("users-by-id/jane/")).json()["user_key"]

    async def found(query: str = "", version: int = 2) -> str:
        answer = await (shop.client if version == 2 else shop.v1).get(f"activities/?{query}")
        assert answer.status_code == 200, answer.text
        return "".join(activity["name"] for activity in answer.json()["results"])

    assert await found() == await found("ordering=due_date") == "abc"
    assert await found("ordering=-due_date") == "cba"
    assert await found("ordering=id") == "bac"
    for query in (f"user_id={ids['users']}", f"person={ids['users']}", "user_custom_id=jane", f"user_key={key}"):
        assert await found(query) == "ab", query
    assert await found("user_id=jane", version=1) == "ab"
    for query in (f"deal_id={ids['deals']}", f"deal={ids['deals']}", "deal_custom_id=1001"):
        assert await found(query) == "b", query
    for query in (f"company_id={ids['companies']}", "company_custom_id=acme", "activity_type=5", "assigned_to=1"):
        assert await found(query) == "c", query
    assert await found("done=true") == "a"
    assert await found("done=0") == "bc"
    assert await found("due_date__gte=2025-06-25&due_date__lt=2025-06-26") == "b"
    assert await found("datetime__lte=2025-06-24", version=1) == "a"
    for query in ("user_custom_id=nobody", "deal_id=999", "company_custom_id=x", "custom_id=x", "company_id=999"):
        assert await found(query) == "", query
    for wrong in ("user_id=jane", "done=maybe", "due_date__gte=soon", "colour=red", "ordering=name"):
        assert (await shop.client.get(f"activities/?{wrong}")).status_code == 400, wrong
    page = (await shop.client.get("activities/?page_size=2")).json()
    assert (page["count"], len(page["results"])) == (3, 2)
    assert [a["name"] for a in (await shop.client.get(page["next"])).json()["results"]] == ["c"]


async def test_a_deleted_company_is_shown_no_more(shop: Shop) -> None:
    await people(shop)
    activity = await make(shop, company_custom_id="acme")
    company_id = activity["company_id"]
    await shop.client.delete("companies-by-id/acme/")
    assert (await shop.client.get(f"activities/{activity['id']}/")).json()["company_id"] is None
    assert (await shop.client.get(f"activities/?company_id={company_id}")).json()["results"] == []
    edited = await shop.client.patch(f"activities/{activity['id']}/", json={"name": "Still here"})
    assert (edited.status_code, edited.json()["company_id"]) == (200, None)


async def test_deleting_the_deal_keeps_its_activities_with_the_user(shop: Shop) -> None:
    ids = await people(shop)
    activity = await make(shop, deal_id=ids["deals"])
    await shop.client.delete("deals-by-id/1001/")
    found = (await shop.client.get(f"activities/{activity['id']}/")).json()
    assert (found["deal_id"], found["user_id"]) == (None, ids["users"])
