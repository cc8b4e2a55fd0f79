"""Users over HTTP, in both versions."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from urllib.parse import quote

import pytest

from tests.publicapi.conftest import Shop

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")
V1_KEYS = [
    "id", "key", "name", "email", "gender", "status", "phone_number", "first_seen", "last_seen", "page_views",
    "last_ip", "timezone", "city", "region", "country", "unsubscribed", "browser_language", "score", "browser",
    "os_type", "resolution", "created_at", "updated_at", "companies", "attributes", "gravatar_url", "lists", "tags",
    "notifications", "facebook_url", "linkedin_url", "twitter_url", "google_url", "last_contacted", "user_id",
]  # fmt: skip
JANE = {"custom_id": "jane-1", "email": "jane@example.com", "first_name": "Jane", "last_name": "Doe"}


async def made(shop: Shop, **body: Any) -> dict[str, Any]:
    answer = await shop.client.post("users/", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def a_company(shop: Shop, custom_id: str) -> None:
    await shop.fetch(
        "INSERT INTO companies (workspace_id, custom_id, name, created_at, updated_at) "
        "VALUES ($1, $2, $3, now(), now())",
        shop.workspace_id, custom_id, custom_id.title(),
    )  # fmt: skip


async def test_a_new_user_of_version_1_is_answered_as_recorded(shop: Shop) -> None:
    answer = await shop.v1.post("users/", json={"email": "jane@example.com", "gender": 2})
    assert answer.status_code == 201
    user = answer.json()
    assert list(user) == V1_KEYS
    assert re.fullmatch("[a-z0-9]{12}", user["key"])
    assert MOMENT.fullmatch(user["created_at"]) and MOMENT.fullmatch(user["updated_at"])
    set_values = {
        "name": "jane@example.com", "email": "jane@example.com", "gender": "male", "status": "visitor",
        "page_views": 0, "score": 0, "unsubscribed": False, "notifications": True,
        "companies": [], "attributes": [], "lists": [], "tags": [],
    }  # fmt: skip
    assert {name: user[name] for name in set_values} == set_values
    others = set(V1_KEYS) - set(set_values) - {"id", "key", "created_at", "updated_at"}
    assert {name: user[name] for name in others} == dict.fromkeys(others)


async def test_a_new_user_of_version_2_has_flat_attributes(shop: Shop) -> None:
    user = await made(shop, **JANE, tags=["vip"], favourite_colour="green", visits=3)
    assert user["custom_id"] == "jane-1" and re.fullmatch("[a-z0-9]{12}", user["user_key"])
    assert (user["name"], user["first_name"], user["last_name"]) == ("Jane Doe", "Jane", "Doe")
    assert (user["gender"], user["status"], user["web_push_subscription"]) == ("unknown", "visitor", False)
    assert (user["favourite_colour"], user["visits"]) == ("green", 3)
    assert user["tags"] == [{"id": user["tags"][0]["id"], "name": "vip"}]
    assert user["first_seen"] == user["created_at"] and user["last_seen"] is None


async def test_a_defined_attribute_without_a_value_is_null_in_version_2_and_absent_in_version_1(shop: Shop) -> None:
    await made(shop, size="XL")
    user = await made(shop, custom_id="bare")
    assert user["size"] is None and user["email"] is None and user["name"] is None
    assert (await shop.v1.get("users-by-id/bare/")).json()["attributes"] == []


async def test_version_1_lists_attributes_with_their_values(shop: Shop) -> None:
    answer = await shop.v1.post("users/", json={"user_id": "7", "Likes Tea": True})
    assert answer.json()["user_id"] == "7"
    [attribute] = answer.json()["attributes"]
    assert list(attribute) == ["id", "name", "name_std", "value", "description"]
    assert {k: attribute[k] for k in ("name", "name_std", "value", "description")} == {
        "name": "Likes Tea", "name_std": "likes_tea", "value": True, "description": "",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["users/{id}/", "users/{id}", "users-by-id/jane-1/"])
async def test_a_user_is_read_by_id_and_by_custom_id(shop: Shop, path: str) -> None:
    user = await made(shop, **JANE)
    answer = await shop.client.get(path.format(id=user["id"]))
    assert (answer.status_code, answer.json()) == (200, user)


@pytest.mark.parametrize("custom_id", ["jane@example.com", "a b", "ünï/cödé", "?x=1#y", "100%"])
async def test_a_custom_id_may_hold_any_character(shop: Shop, custom_id: str) -> None:
    user = await made(shop, custom_id=custom_id)
    answer = await shop.client.get(f"users-by-id/{quote(custom_id, safe='@')}/")
    assert answer.json()["id"] == user["id"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_an_update_changes_only_what_it_names(shop: Shop, method: str) -> None:
    user = await made(shop, **JANE, favourite_colour="green")
    answer = await shop.client.request(method, f"users/{user['id']}/", json={"city": "Turin", "gender": "female"})
    assert answer.status_code == 200
    assert answer.json() == user | {"city": "Turin", "gender": "female", "updated_at": answer.json()["updated_at"]}


async def test_null_and_an_empty_text_clear_a_field(shop: Shop) -> None:
    user = await made(shop, **JANE, favourite_colour="green")
    body = {"email": "", "last_name": None, "favourite_colour": None}
    answer = (await shop.client.put(f"users/{user['id']}/", json=body)).json()
    assert [answer[name] for name in body] == [None, None, None] and answer["name"] == "Jane"


@pytest.mark.parametrize("version", [1, 2])
async def test_an_answer_sent_back_changes_nothing(shop: Shop, version: int) -> None:
    client = shop.v1 if version == 1 else shop.client
    await a_company(shop, "acme")
    user = await made(
        shop, company_custom_id="acme", email="jm@example.com", first_name="Jane Mary", last_name="Doe", tags=["vip"],
        since="2020-01-02",
    )  # fmt: skip
    bare = await made(shop, email="bare@example.com")
    for user_id in (user["id"], bare["id"]):
        before = (await client.get(f"users/{user_id}/")).json()
        after = await client.put(f"users/{user_id}/", json=before)
        assert (after.status_code, after.json()) == (200, before)
    known = {row["name_std"] for row in await shop.fetch("SELECT name_std FROM attributes WHERE domain = 'contact'")}
    assert known == {"since"}


async def test_a_name_alone_is_split_into_first_and_last(shop: Shop) -> None:
    user = await made(shop, name="Jane Mary Doe")
    assert (user["first_name"], user["last_name"]) == ("Jane", "Mary Doe")
    assert (await made(shop, name="Plato"))["last_name"] is None
    both = await made(shop, name="Somebody Else", first_name="Jane")
    assert (both["name"], both["last_name"]) == ("Jane", None)


async def test_tags_are_added_and_never_removed(shop: Shop) -> None:
    user = await made(shop, tags=["a", "b"])
    again = (await shop.client.put(f"users/{user['id']}/", json={"tags": [{"name": "c"}, "a"]})).json()
    assert [tag["name"] for tag in again["tags"]] == ["a", "b", "c"]
    assert (await shop.client.put(f"users/{user['id']}/", json={"tags": []})).json()["tags"] == again["tags"]


async def test_a_user_is_deleted_once(shop: Shop) -> None:
    user = await made(shop, **JANE)
    gone = await shop.client.delete(f"users/{user['id']}/")
    assert (gone.status_code, gone.content) == (204, b"")
    for path in (f"users/{user['id']}/", "users-by-id/jane-1/"):
        for method in ("GET", "PUT", "DELETE"):
            answer = await shop.client.request(method, path)
            assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    assert (await shop.client.get("users/")).json()["count"] == 0


async def test_update_or_create_creates_once_and_then_updates(shop: Shop) -> None:
    first = await shop.client.post("users/update_or_create/", json={"custom_id": "x", "city": "Turin"})
    assert (first.status_code, first.json()["created"]) == (201, True)
    again = await shop.client.post("users/update_or_create/", json={"custom_id": "x", "country": "Italy"})
    assert (again.status_code, again.json()) == (200, {"created": False, "id": first.json()["id"]})
    user = (await shop.client.get("users-by-id/x/")).json()
    assert (user["city"], user["country"]) == ("Turin", "Italy")


async def test_update_or_create_takes_the_user_id_of_version_1_also_as_a_number(shop: Shop) -> None:
    first = await shop.v1.post("users/update_or_create/", json={"user_id": 12})
    again = await shop.v1.post("users/update_or_create/", json={"user_id": "12"})
    assert again.json() == {"created": False, "id": first.json()["id"]}


async def test_update_or_create_needs_the_custom_id(shop: Shop) -> None:
    required = ["This field is required."]
    answer = await shop.client.post("users/update_or_create/", json={"email": "a@b.example"})
    assert (answer.status_code, answer.json()) == (400, {"errors": {"custom_id": required}})
    answer = await shop.v1.post("users/update_or_create/", json={"user_id": None})
    assert (answer.status_code, answer.json()) == (400, {"errors": {"user_id": required}})


async def test_twenty_upserts_of_one_custom_id_make_one_user(shop: Shop) -> None:
    bodies = [{"custom_id": "race", f"seen_{n}": n, "tags": [f"tag {n % 3}"]} for n in range(20)]
    answers = await asyncio.gather(*(shop.client.post("users/update_or_create/", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    user = (await shop.client.get("users-by-id/race/")).json()
    assert [user[f"seen_{n}"] for n in range(20)] == list(range(20))
    assert {tag["name"] for tag in user["tags"]} == {"tag 0", "tag 1", "tag 2"}
    assert (await shop.client.get("users/")).json()["count"] == 1


async def test_a_taken_custom_id_is_refused_by_the_name_that_was_sent(shop: Shop) -> None:
    await made(shop, custom_id="x")
    other = await made(shop, custom_id="y")
    for client, name in ((shop.client, "custom_id"), (shop.v1, "user_id")):
        for answer in (
            await client.post("users/", json={name: "x"}),
            await client.put(f"users/{other['id']}/", json={name: "x"}),
        ):
            assert answer.status_code == 400
            assert list(answer.json()["errors"]) == [name]
    assert (await shop.client.get("users-by-id/y/")).json() == other


async def test_a_user_may_take_another_custom_id_and_frees_the_old_one(shop: Shop) -> None:
    user = await made(shop, custom_id="old")
    await shop.client.put("users-by-id/old/", json={"custom_id": "new"})
    assert (await shop.client.get("users-by-id/new/")).json()["id"] == user["id"]
    assert (await shop.client.get("users-by-id/old/")).status_code == 404
    assert (await made(shop, custom_id="old"))["id"] != user["id"]


async def test_users_that_exchange_custom_ids_at_once_are_never_stuck(shop: Shop) -> None:
    one, two = await made(shop, custom_id="a"), await made(shop, custom_id="b")
    for _ in range(10):
        answers = await asyncio.gather(
            shop.client.put(f"users/{one['id']}/", json={"custom_id": "b"}),
            shop.client.put(f"users/{two['id']}/", json={"custom_id": "a"}),
            shop.client.post("users/update_or_create/", json={"custom_id": "a", "score": 1}),
        )
        assert {answer.status_code for answer in answers} <= {200, 400, 409}
    held = {row["custom_id"]: row["contact_id"] for row in await shop.fetch("SELECT * FROM contact_custom_ids")}
    rows = await shop.fetch("SELECT id, custom_id FROM contacts WHERE custom_id IS NOT NULL")
    assert held == {row["custom_id"]: row["id"] for row in rows}


async def test_an_unknown_company_is_not_found_and_nothing_is_stored(shop: Shop) -> None:
    for body in ({"company_id": 12}, {"company_custom_id": "nobody"}):
        answer = await shop.client.post("users/", json={**body, "fresh_attribute": 1})
        assert answer.status_code == 404 and "No company" in answer.json()["detail"]
    assert (await shop.client.get("users/")).json()["count"] == 0
    assert await shop.fetch("SELECT FROM attributes WHERE name_std = 'fresh_attribute'") == []


async def test_a_user_joins_companies_and_keeps_the_earlier_ones(shop: Shop) -> None:
    for custom_id in ("acme", "umbrella"):
        await a_company(shop, custom_id)
    user = await made(shop, custom_id="x", company_custom_id="acme")
    assert [company["name"] for company in user["companies"]] == ["Acme"]
    body = {"company_custom_id": "umbrella"}
    companies = (await shop.client.put(f"users/{user['id']}/", json=body)).json()["companies"]
    assert {company["name"] for company in companies} == {"Acme", "Umbrella"}
    assert set(companies[0]) == {"id", "name", "member_since"} and MOMENT.fullmatch(companies[0]["member_since"])


async def test_another_workspace_sees_nothing_of_a_user(shop: Shop, other_shop: Shop) -> None:
    user = await made(shop, **JANE)
    key = user["user_key"]
    for path in (f"users/{user['id']}/", "users-by-id/jane-1/"):
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            answer = await other_shop.client.request(method, path, json={"city": "Turin"})
            assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    for query in (f"key={key}", "email=jane@example.com", "custom_id=jane-1"):
        assert (await other_shop.client.get(f"users/search/?{query}")).status_code == 404
    assert (await other_shop.client.get("users/")).json()["count"] == 0
    assert (await made(other_shop, custom_id="jane-1"))["id"] != user["id"]
    assert (await shop.client.get(f"users/{user['id']}/")).json() == user


async def test_the_methods_of_each_path_are_told(shop: Shop) -> None:
    user = await made(shop)
    for path, allowed in (
        ("users/", "GET, POST, HEAD, OPTIONS"),
        (f"users/{user['id']}/", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
    ):
        assert (await shop.client.options(path)).headers["allow"] == allowed
    assert (await shop.client.get("users/update_or_create/")).status_code == 405


async def test_a_form_is_as_good_as_json(shop: Shop) -> None:
    body = {"email": "form@example.com", "gender": "2", "unsubscribed": "true", "score": "5", "tags[]": ["a"]}
    user = (await shop.v1.post("users/", data=body, headers={"Accept": "application/json"})).json()
    assert (user["gender"], user["unsubscribed"], user["score"]) == ("male", True, 5)
    assert [tag["name"] for tag in user["tags"]] == ["a"]
