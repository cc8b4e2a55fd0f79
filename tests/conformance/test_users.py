"""Users as recorded answers and public clients know them, in both versions."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.publicapi.conftest import Shop

MICROSECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")
V1_KEYS = [
    "id", "key", "name", "email", "gender", "status", "phone_number", "first_seen", "last_seen", "page_views",
    "last_ip", "timezone", "city", "region", "country", "unsubscribed", "browser_language", "score", "browser",
    "os_type", "resolution", "created_at", "updated_at", "companies", "attributes", "gravatar_url", "lists", "tags",
    "notifications", "facebook_url", "linkedin_url", "twitter_url", "google_url", "last_contacted", "user_id",
]  # fmt: skip
NOT_FOUND = {"detail": "Not found."}
EMPTY_PAGE: dict[str, Any] = {"count": 0, "next": None, "previous": None, "results": []}
JANE = {"custom_id": "jane@shop", "email": "jane@example.com", "first_name": "Jane", "last_name": "Doe"}


async def make(shop: Shop, **body: Any) -> dict[str, Any]:
    answer = await shop.client.post("users/", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def company(shop: Shop, custom_id: str) -> int:
    answer = await shop.client.post("companies/", json={"custom_id": custom_id, "name": custom_id.title()})
    return int(answer.json()["id"])


def both(user: dict[str, Any]) -> tuple[str, str]:
    """The two bases under which everything of a user stands."""
    return f"users/{user['id']}/", f"users-by-id/{user['custom_id']}/"


async def history(shop: Shop, contact_id: int) -> list[dict[str, object]]:
    """What was done to a contact; what followed from it by itself is left out."""
    return await shop.fetch(
        "SELECT kind, changes FROM journal WHERE contact_id = $1 AND kind NOT LIKE 'segment.%' ORDER BY id", contact_id
    )


# What was recorded of version 1.


async def test_a_new_user_of_version_1(shop: Shop) -> None:
    answer = await shop.v1.post("users/", json={"email": "jane@example.com", "gender": 2})
    user = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"], list(user)) == (201, "application/json", V1_KEYS)
    told = {
        "name": "jane@example.com", "email": "jane@example.com", "gender": "male", "status": "visitor",
        "page_views": 0, "score": 0, "unsubscribed": False, "notifications": True, "companies": [], "attributes": [],
        "lists": [], "tags": [],
    }  # fmt: skip
    made = {name: user[name] for name in ("id", "key", "created_at", "updated_at")}
    assert user == dict.fromkeys(V1_KEYS) | told | made
    assert re.fullmatch("[a-z0-9]{12}", user["key"])
    assert MICROSECONDS.fullmatch(user["created_at"]) and MICROSECONDS.fullmatch(user["updated_at"])


async def test_the_parts_of_a_user_of_version_1(shop: Shop) -> None:
    await company(shop, "acme")
    group = (await shop.v1.post("lists/", json={"name": "News", "description": "Monthly"})).json()
    body = {"user_id": "jane", "company_id": "acme", "tags": ["vip"], "Likes tea": True}
    user = (await shop.v1.post("users/", json=body)).json()
    await shop.v1.post(f"users/{user['id']}/add_to_list/", json={"list": group["id"]})
    user = (await shop.v1.get("users-by-id/jane/")).json()
    [employer], [attribute] = user["companies"], user["attributes"]
    assert list(employer) == ["member_since", "id", "name"] and employer["name"] == "Acme"
    assert list(user["tags"][0]) == ["name", "id"] and user["tags"][0]["name"] == "vip"
    assert user["lists"] == [{"id": group["id"], "name": "News", "description": "Monthly"}]
    assert attribute == {
        "id": attribute["id"], "name": "Likes tea", "name_std": "likes_tea", "value": True, "description": "",
    }  # fmt: skip


async def test_a_wrong_gender(shop: Shop) -> None:
    answer = await shop.v1.post("users/", json={"gender": "invalid"})
    assert (answer.status_code, answer.json()) == (400, {"errors": {"gender": ['"invalid" is not a valid choice.']}})


async def test_a_wrong_token(shop: Shop) -> None:
    for path in ("users/", "users/1/", "users/search/?email=a@b.example", "lists/", "tags/", "attributes/"):
        answer = await shop.v1.get(path, headers={"Authorization": "Token nobody"})
        assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid token."})
        assert answer.headers["WWW-Authenticate"] == "Token"


async def test_a_page_of_users_in_version_1(shop: Shop) -> None:
    for _ in range(3):
        await make(shop)
    first = (await shop.v1.get("users/?page_size=2")).json()
    assert (list(first), first["count"]) == (["count", "next", "previous", "results"], 3)
    assert (first["next"], first["previous"]) == (f"{shop.url}users/?page_size=2&page=2", None)
    assert all(list(user) == V1_KEYS for user in first["results"])
    assert (await shop.v1.get(first["next"])).json()["next"] is None
    # One client takes a page beyond the last for an empty one.
    beyond = await shop.v1.get("users/?page_size=2&page=3")
    assert (beyond.status_code, beyond.json()) == (404, {"detail": "Invalid page."})


async def test_an_update_is_partial_and_answers_the_whole_user(shop: Shop) -> None:
    user = (await shop.v1.post("users/", json={"user_id": "jane", "city": "Oslo", "size": 39})).json()
    for method, path in (("PUT", f"users/{user['id']}/"), ("PATCH", "users-by-id/jane/")):
        answer = await shop.v1.request(method, path, json={"email": f"{method}@example.com"})
        assert (answer.status_code, list(answer.json())) == (200, V1_KEYS)
        told = {"email": f"{method}@example.com", "name": f"{method}@example.com"}
        assert answer.json() == user | told | {"updated_at": answer.json()["updated_at"]}


async def test_deleting_twice(shop: Shop) -> None:
    for path in both(await make(shop, **JANE)):
        first = await shop.v1.delete(path, headers={"Content-Type": "application/json"})
        again = await shop.v1.delete(path)
        assert (first.status_code, first.content, "content-type" in first.headers) == (204, b"", False)
        assert (again.status_code, again.json()) == (404, NOT_FOUND)
        await make(shop, **JANE)


async def test_many_attributes_are_answered_with_nothing(shop: Shop) -> None:
    user = await make(shop, **JANE)
    for client in (shop.client, shop.v1):
        for path in both(user):
            answer = await client.post(f"{path}set_multiple_attributes/", json={"plan": "gold", "Seats": 3})
            assert (answer.status_code, answer.headers["Content-Length"], answer.content) == (200, "0", b"")
    read = (await shop.client.get(f"users/{user['id']}/")).json()
    assert (read["plan"], read["seats"]) == ("gold", 3)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("users/", "GET, POST, HEAD, OPTIONS"),
        ("users/1/", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("users-by-id/jane/", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("users/search/", "GET, HEAD, OPTIONS"),
        ("users/1/set_multiple_attributes/", "POST, OPTIONS"),
        ("users-by-id/jane/remove_tag/", "POST, DELETE, OPTIONS"),
        ("users/mass_update_standard_attributes/", "PUT, OPTIONS"),
        ("lists/1/", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("tags/1/users/", "GET, HEAD, OPTIONS"),
        ("attributes/1/", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
    ],
)
async def test_the_methods_of_an_address(shop: Shop, path: str, allowed: str) -> None:
    assert (await shop.v1.options(path)).headers["Allow"] == allowed
    refused = await shop.v1.request("TRACE", path)
    assert (refused.status_code, refused.headers["Allow"]) == (405, allowed)


# What was recorded of version 2.


async def test_a_user_of_version_2_has_flat_attributes(shop: Shop) -> None:
    await company(shop, "acme")
    answer = await shop.client.post(
        "users/", json=JANE | {"company_custom_id": "acme", "tags": ["vip"], "gender": "3", "status": 2, "plan": "gold"}
    )
    user = answer.json()
    assert answer.status_code == 201 and "attributes" not in user and "user_id" not in user and "key" not in user
    assert {name: user[name] for name in JANE} == JANE
    assert (user["name"], user["gender"], user["status"], user["plan"]) == ("Jane Doe", "female", "user", "gold")
    assert re.fullmatch("[a-z0-9]{12}", user["user_key"]) and user["web_push_subscription"] is False
    assert [{*found} for found in (user["companies"][0], user["tags"][0])] == [
        {"id", "member_since", "name"}, {"id", "name"},
    ]  # fmt: skip


async def test_an_anonymous_user_has_null_for_what_is_not_known(shop: Shop) -> None:
    user = await make(shop, custom_id="anonymous")
    assert (user["email"], user["name"], user["last_seen"], user["gender"]) == (None, None, None, "unknown")
    assert user["first_seen"] == user["created_at"]


async def test_the_model_of_version_2_names_one_company_and_an_active_time(shop: Shop) -> None:
    """The company that was joined last; when somebody is most active is not computed here."""
    user = await make(shop, custom_id="jane")
    assert (user["company_id"], user["most_active_time"]) == (None, None)
    for custom_id in ("acme", "globex"):
        await company(shop, custom_id)
        answer = await shop.client.put("users-by-id/jane/", json={"company_custom_id": custom_id})
    user = answer.json()
    assert (user["company_id"], user["companies"][0]["name"]) == (user["companies"][0]["id"], "Globex")
    assert (await shop.client.put("users-by-id/jane/", json=user)).json() == user


async def test_an_upsert_tells_whether_it_made_the_user(shop: Shop) -> None:
    for client, name in ((shop.client, "custom_id"), (shop.v1, "user_id")):
        first = await client.post("users/update_or_create/", json={name: name, "tags": ["a"]})
        again = await client.post("users/update_or_create/", json={name: name, "tags": ["b"], "unknown_key": 1.5})
        assert (first.status_code, first.json()) == (201, {"created": True, "id": first.json()["id"]})
        assert (again.status_code, again.json()) == (200, {"created": False, "id": first.json()["id"]})
        user = (await shop.client.get(f"users-by-id/{name}/")).json()
        assert [tag["name"] for tag in user["tags"]] == ["a", "b"]
        assert user["unknown_key"] == 1.5


async def test_bodies_of_version_1_may_be_forms(shop: Shop) -> None:
    headers = {"Accept": "application/json"}
    body = {"email": "form@example.com", "gender": "2", "score": "5", "tags[]": ["a", "b"], "plan": "gold"}
    made = await shop.v1.post("users/", data=body, headers=headers)
    user = made.json()
    assert (made.status_code, user["gender"], user["score"]) == (201, "male", 5)
    changed = await shop.v1.put(f"users/{user['id']}/", data={"first_name": "Jane"}, headers=headers)
    assert (changed.status_code, changed.json()["name"]) == (200, "Jane")
    tagged = await shop.v1.post(f"users/{user['id']}/add_tag/", data={"name": "c"}, headers=headers)
    assert tagged.json()["tag"]["name"] == "c"
    moved = await shop.v1.put(
        "users/mass_update_standard_attributes/",
        data={"ids[]": [str(user["id"])], "attribute": "city", "value": "Oslo"},
        headers=headers,
    )
    assert (moved.status_code, moved.json()) == (200, {"status": "ok"})


async def test_a_company_is_named_by_its_own_id_in_version_1(shop: Shop) -> None:
    acme = await company(shop, "acme")
    for company_id in ("acme", acme, str(acme)):
        answer = await shop.v1.post("users/", json={"company_id": company_id})
        assert [found["id"] for found in answer.json()["companies"]] == [acme]
    missing = await shop.v1.post("users/", json={"company_id": "nobody"})
    assert (missing.status_code, list(missing.json())) == (404, ["detail"])
    refused = await shop.client.post("users/", json={"company_id": "acme"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["company_id"])


@pytest.mark.parametrize(("field", "longest"), [("first_name", 255), ("phone_number", 64), ("city", 255)])
async def test_the_length_of_a_field(shop: Shop, field: str, longest: int) -> None:
    assert (await make(shop, **{field: "1" * longest}))[field] == "1" * longest
    refused = await shop.v1.post("users/", json={field: "1" * (longest + 1)})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])
