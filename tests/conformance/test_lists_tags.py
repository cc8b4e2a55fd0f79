"""Lists and tags as public clients know them, in both versions."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.conformance.test_users import EMPTY_PAGE, NOT_FOUND, history, make
from tests.publicapi.conftest import Shop

KINDS = ("lists", "tags")


async def add(shop: Shop, kind: str, **body: Any) -> dict[str, Any]:
    answer = await shop.v1.post(f"{kind}/", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_list_is_made_read_changed_and_deleted(shop: Shop) -> None:
    made = await shop.v1.post("lists/", json={"name": "News", "description": "Monthly"})
    assert (made.status_code, made.json()) == (201, {"id": 1, "name": "News", "description": "Monthly"})
    assert (await add(shop, "lists", name="Plain"))["description"] == ""
    for client in (shop.v1, shop.client):
        assert (await client.get("lists/1/")).json() == made.json()
        page = (await client.get("lists/")).json()
        assert (page["count"], [found["name"] for found in page["results"]]) == (2, ["News", "Plain"])
    # One client sends null for what it does not change.
    renamed = await shop.v1.put("lists/1/", json={"name": "Letters", "description": None})
    assert (renamed.status_code, renamed.json()) == (200, {"id": 1, "name": "Letters", "description": "Monthly"})
    assert (await shop.v1.patch("lists/1/", json={"description": ""})).json()["description"] == ""
    assert (await shop.v1.delete("lists/1/")).status_code == 204
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = await shop.v1.request(method, "lists/1/", json={"name": "x"})
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


async def test_a_tag_is_made_read_renamed_and_deleted(shop: Shop) -> None:
    made = await shop.v1.post("tags/", json={"name": "vip"})
    assert (made.status_code, made.json()) == (201, {"id": 1, "name": "vip"})
    for client in (shop.v1, shop.client):
        assert (await client.get("tags/1/")).json() == made.json()
        assert (await client.get("tags/")).json() == EMPTY_PAGE | {"count": 1, "results": [made.json()]}
    user = await make(shop, tags=["vip"])
    renamed = await shop.v1.put("tags/1/", json={"name": "gold"})
    assert (renamed.status_code, renamed.json()) == (200, {"id": 1, "name": "gold"})
    assert (await shop.client.get(f"users/{user['id']}/")).json()["tags"] == [{"id": 1, "name": "gold"}]
    assert (await shop.v1.patch("tags/1/", json={})).json() == renamed.json()
    assert (await shop.v1.delete("tags/1/")).status_code == 204
    assert (await shop.client.get(f"users/{user['id']}/")).json()["tags"] == []
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = await shop.v1.request(method, "tags/1/", json={"name": "x"})
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
    again = await add(shop, "tags", name="gold")
    assert (again["id"], (await shop.client.get(f"tags/{again['id']}/users/")).json()) == (2, EMPTY_PAGE)


async def test_a_name_is_one_tags(shop: Shop) -> None:
    one, two = await add(shop, "tags", name="one"), await add(shop, "tags", name="two")
    for answer in (
        await shop.v1.post("tags/", json={"name": " one "}),
        await shop.v1.put(f"tags/{two['id']}/", json={"name": "one"}),
    ):
        assert (answer.status_code, answer.json()) == (409, {"detail": 'There is already a tag "one".'})
    assert (await shop.v1.put(f"tags/{one['id']}/", json={"name": "one"})).status_code == 200
    answers = await asyncio.gather(*(shop.client.post("tags/", json={"name": "new"}) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "name"), ({"name": ""}, "name"), ({"name": " "}, "name"), ({"name": "x" * 256}, "name"),
        ({"name": 5}, "name"), ({"name": "a\0b"}, "name"), ({"name": ["x"]}, "name"),
        ({"name": "x", "colour": 1}, "colour"),
    ],
)  # fmt: skip
async def test_a_bad_name_is_refused_and_nothing_is_stored(
    shop: Shop, kind: str, body: dict[str, Any], named: str
) -> None:
    answer = await shop.v1.post(f"{kind}/", json=body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [named])
    assert (await shop.v1.get(f"{kind}/")).json() == EMPTY_PAGE
    await add(shop, kind, name="x")
    if body:
        answer = await shop.v1.put(f"{kind}/1/", json=body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [named])


async def test_the_users_of_a_list_and_of_a_tag_are_paged(shop: Shop) -> None:
    users = [await make(shop, custom_id=str(number), tags=["vip"]) for number in range(5)]
    await make(shop, custom_id="other", tags=["b2b"])
    await add(shop, "lists", name="News")
    for user in users:
        await shop.v1.post(f"users/{user['id']}/add_to_list/", json={"list": 1})
    for path in ("lists/1/users/", "tags/1/users/"):
        whole = (await shop.client.get(path)).json()
        assert whole["count"] == 5
        assert whole["results"] == [(await shop.client.get(f"users/{user['id']}/")).json() for user in users]
        for client, name in ((shop.v1, "user_id"), (shop.client, "custom_id")):
            link: str | None = f"{path}?page_size=2"
            seen: list[str] = []
            while link:
                page = (await client.get(link)).json()
                seen += [user[name] for user in page["results"]]
                link = page["next"]
            assert seen == ["0", "1", "2", "3", "4"]
    await shop.client.delete(f"users/{users[0]['id']}/")
    for path in ("lists/1/users/", "tags/1/users/"):
        assert (await shop.client.get(path)).json()["count"] == 4
    for path in ("lists/9/users/", "tags/9/users/", "tags/9/companies/"):
        answer = await shop.client.get(path)
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


async def test_the_companies_of_a_tag_are_paged(shop: Shop) -> None:
    for number in range(3):
        body = {"name": f"Company {number}", "custom_id": str(number), "tags": ["vip"], "industry": "tools"}
        assert (await shop.client.post("companies/", json=body)).status_code == 201
    await shop.client.post("companies/", json={"name": "Other", "tags": ["b2b"]})
    await make(shop, tags=["vip"])
    for client in (shop.v1, shop.client):
        first = (await client.get("tags/1/companies/?page_size=2")).json()
        assert (first["count"], len(first["results"])) == (3, 2)
        [last] = (await client.get(first["next"])).json()["results"]
        assert last == (await client.get("companies-by-id/2/")).json()


async def test_what_is_derived_for_members_of_a_list_and_users_of_a_tag_follows_its_end(shop: Shop) -> None:
    user = await make(shop, tags=["vip"])
    await add(shop, "lists", name="News")
    await shop.v1.post(f"users/{user['id']}/add_to_list/", json={"list": 1})
    for kind in KINDS:
        assert shop.app.services
        await shop.app.services.pool.execute("DELETE FROM stale")
        assert (await shop.v1.delete(f"{kind}/1/")).status_code == 204
        marks = await shop.fetch("SELECT contact_id, lane FROM stale")
        assert marks == [{"contact_id": user["id"], "lane": 1}]
    settled = (await shop.client.get(f"users/{user['id']}/")).json()
    assert (settled["lists"], settled["tags"]) == ([], [])


async def test_another_workspace_has_its_own_lists_and_tags(shop: Shop, other_shop: Shop) -> None:
    mine, theirs = await make(shop, tags=["vip"]), await make(other_shop, tags=["b2b"])
    for one in (shop, other_shop):
        await add(one, "lists", name="News")
    joined = await other_shop.client.post(f"users/{mine['id']}/add_to_list/", json={"list": 1})
    assert (joined.status_code, joined.json()) == (404, NOT_FOUND)
    assert [user["id"] for user in (await other_shop.client.get("tags/1/users/")).json()["results"]] == [theirs["id"]]
    assert (await other_shop.client.get("lists/1/users/")).json() == EMPTY_PAGE
    assert (await other_shop.client.delete("tags/1/")).status_code == 204
    assert (await shop.client.get("tags/1/")).json()["name"] == "vip"
    assert [row["kind"] for row in await history(shop, mine["id"])] == ["contact.created"]
