"""What stands under one user: attributes, tags and lists, set and taken away one at a time."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.conformance.test_users import EMPTY_PAGE, JANE, NOT_FOUND, both, history, make
from tests.publicapi.conftest import Shop


async def test_one_attribute_is_set_and_removed(shop: Shop) -> None:
    user = await make(shop, **JANE)
    by_id, by_custom_id = both(user)
    answer = await shop.v1.post(f"{by_id}set_attribute/", json={"attribute": "Plan", "value": "gold"})
    assert (answer.status_code, answer.json()) == (200, {"attribute": "plan", "value": "gold"})
    assert (await shop.client.get(by_id)).json()["plan"] == "gold"
    for method, path in (("POST", by_id), ("DELETE", by_id), ("POST", by_custom_id), ("DELETE", by_custom_id)):
        await shop.v1.post(f"{path}set_attribute/", json={"attribute": "plan", "value": "gold"})
        removed = await shop.v1.request(method, f"{path}remove_attribute/", json={"attribute": "Plan"})
        assert (removed.status_code, removed.json()) == (200, {"attribute": "plan"})
        assert (await shop.client.get(path)).json()["plan"] is None
    assert "plan" in (await shop.client.get("attributes/?content_type=clientuser")).text
    await shop.v1.post(f"{by_id}set_attribute/", json={"attribute": "city", "value": "Oslo"})
    assert (await shop.client.get(by_id)).json()["city"] == "Oslo"


@pytest.mark.parametrize(
    ("part", "body", "named"),
    [
        ("set_attribute", {}, "attribute"),
        ("set_attribute", {"attribute": "plan"}, "value"),
        ("set_attribute", {"attribute": 5, "value": 1}, "attribute"),
        ("set_attribute", {"attribute": "gender", "value": 9}, "gender"),
        ("set_multiple_attributes", {"gender": 9}, "gender"),
        ("remove_attribute", {}, "attribute"),
        ("add_tag", {}, "name"),
        ("add_tag", {"name": ""}, "name"),
        ("add_tag", {"name": ["a"]}, "name"),
        ("add_many_tags", {}, "tag_names"),
        ("add_many_tags", {"tag_names": []}, "tag_names"),
        ("add_many_tags", {"tag_names": "vip"}, "tag_names"),
        ("add_many_tags", {"tag_names": [1]}, "tag_names"),
        ("remove_tag", {}, "name"),
        ("add_to_list", {}, "list"),
        ("add_to_list", {"list": "news"}, "list"),
        ("remove_from_list", {"list": -1}, "list"),
    ],
)
async def test_a_bad_body_is_refused_by_name_and_stores_nothing(
    shop: Shop, part: str, body: dict[str, Any], named: str
) -> None:
    user = await make(shop, **JANE)
    for path in both(user):
        answer = await shop.v1.post(f"{path}{part}/", json=body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [named])
    assert (await shop.client.get(f"users/{user['id']}/")).json() == user
    assert len(await history(shop, user["id"])) == 1


async def test_tags_of_a_user_are_added_and_removed(shop: Shop) -> None:
    user = await make(shop, **JANE)
    by_id, by_custom_id = both(user)
    first = await shop.v1.post(f"{by_id}add_tag/", json={"name": "vip"})
    tag = {"id": first.json()["tag"]["id"], "name": "vip"}
    assert (first.status_code, first.json()) == (200, {"created": True, "tag": tag})
    again = await shop.v1.post(f"{by_custom_id}add_tag/", json={"name": "vip"})
    assert (again.status_code, again.json()) == (200, {"created": False, "tag": tag})
    many = await shop.v1.post(f"{by_id}add_many_tags/", json={"tag_names": ["b2b", " vip ", "b2b"]})
    assert (many.status_code, [found["name"] for found in many.json()["tags"]]) == (200, ["b2b", "vip"])
    for method, path in (("POST", by_id), ("DELETE", by_custom_id), ("DELETE", by_id)):
        removed = await shop.v1.request(method, f"{path}remove_tag/", json={"name": "vip"})
        assert (removed.status_code, removed.json()) == (200, {"tag": tag})
        assert [found["name"] for found in (await shop.client.get(path)).json()["tags"]] == ["b2b"]
    kinds = [row["kind"] for row in await history(shop, user["id"])]
    assert kinds == ["contact.created", *["contact.updated"] * 3]


async def test_a_user_joins_and_leaves_a_list(shop: Shop) -> None:
    user = await make(shop, **JANE)
    group = (await shop.client.post("lists/", json={"name": "News"})).json()
    for method, path in zip(("POST", "DELETE"), both(user), strict=True):
        for _ in range(2):
            joined = await shop.v1.post(f"{path}add_to_list/", json={"list": group["id"]})
            assert (joined.status_code, joined.json()) == (200, group)
        assert (await shop.client.get(path)).json()["lists"] == [group]
        for _ in range(2):
            left = await shop.v1.request(method, f"{path}remove_from_list/", json={"list": group["id"]})
            assert (left.status_code, left.json()) == (200, group)
        assert (await shop.client.get(path)).json()["lists"] == []
    kinds = [row["kind"] for row in await history(shop, user["id"])]
    assert kinds == ["contact.created", *["list.joined", "list.left"] * 2]
    missing = await shop.v1.post(f"users/{user['id']}/add_to_list/", json={"list": 99})
    assert (missing.status_code, missing.json()) == (404, {"detail": "There is no list 99."})


async def test_emails_are_an_empty_page_and_segments_those_that_the_user_is_in(shop: Shop) -> None:
    for path in both(await make(shop, **JANE)):
        for client in (shop.client, shop.v1):
            answer = await client.get(f"{path}emails/")
            assert (answer.status_code, answer.json()) == (200, EMPTY_PAGE)
            answer = await client.get(f"{path}segments/")
            assert answer.status_code == 200
            assert "With email" in [one["name"] for one in answer.json()["results"]]
        for part in ("segments", "emails"):
            assert (await shop.v1.get(f"{path}{part}/?page=2")).status_code == 404


PARTS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "set_attribute", {"attribute": "plan", "value": 1}), ("POST", "set_multiple_attributes", {"plan": 1}),
    ("POST", "remove_attribute", {"attribute": "city"}), ("DELETE", "remove_attribute", {"attribute": "city"}),
    ("POST", "add_tag", {"name": "vip"}), ("POST", "add_many_tags", {"tag_names": ["vip"]}),
    ("POST", "remove_tag", {"name": "vip"}), ("DELETE", "remove_tag", {"name": "vip"}),
    ("POST", "add_to_list", {"list": 1}), ("POST", "remove_from_list", {"list": 1}),
    ("DELETE", "remove_from_list", {"list": 1}), ("GET", "segments", None), ("GET", "emails", None),
]  # fmt: skip


@pytest.mark.parametrize(("method", "part", "body"), PARTS)
async def test_nobody_is_nobody_in_every_part(shop: Shop, method: str, part: str, body: dict[str, Any] | None) -> None:
    gone = await make(shop, **JANE)
    await shop.client.post("lists/", json={"name": "News"})
    await shop.client.delete(f"users/{gone['id']}/")
    for path in ("users/999999/", "users-by-id/nobody/", *both(gone)):
        answer = await shop.client.request(method, f"{path}{part}/", json=body)
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND), path
    assert await shop.fetch("SELECT FROM tags") == await shop.fetch("SELECT FROM list_members") == []
    assert await shop.fetch("SELECT FROM attributes WHERE domain = 'contact'") == []


async def test_a_user_that_was_deleted_meanwhile_is_on_no_list(shop: Shop) -> None:
    user = await make(shop, **JANE)
    await shop.client.post("lists/", json={"name": "News"})
    answers: list[httpx.Response] = [
        await shop.client.post(f"users/{user['id']}/add_to_list/", json={"list": 1}),
        await shop.client.delete(f"users/{user['id']}/"),
    ]
    assert [answer.status_code for answer in answers] == [200, 204]
    assert (await shop.client.get("lists/1/users/")).json() == EMPTY_PAGE
