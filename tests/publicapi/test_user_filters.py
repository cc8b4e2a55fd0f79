"""Searching, listing and paging users over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.publicapi.conftest import Shop


async def made(shop: Shop, **body: Any) -> dict[str, Any]:
    answer = await shop.client.post("users/", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_search_by_email_answers_the_oldest_user(shop: Shop) -> None:
    first, second = await made(shop, email="Twin@example.com"), await made(shop, email="twin@example.com")
    assert (await shop.client.get("users/search/?email=twin@Example.com")).json() == first | {"attributes": []}
    many = await shop.client.get("users/search/?email=twin@example.com&many=true")
    assert [user["id"] for user in many.json()] == [first["id"], second["id"]]
    assert (await shop.client.get("users/search/?email=nobody@example.com&many=true")).json() == []
    missing = await shop.client.get("users/search/?email=nobody@example.com")
    assert (missing.status_code, missing.json()) == (404, {"detail": "Not found."})


async def test_a_search_by_key_and_custom_id_answers_one_user(shop: Shop) -> None:
    user = await made(shop, custom_id="x")
    for query in (f"key={user['user_key']}", "custom_id=x", "user_id=x"):
        assert (await shop.client.get(f"users/search/?{query}")).json() == user | {"attributes": []}
    for query in ("key=nobody", "custom_id=nobody"):
        assert (await shop.client.get(f"users/search/?{query}")).status_code == 404


async def test_a_search_under_users_by_id_is_the_same_search(shop: Shop) -> None:
    user, named = await made(shop, custom_id="x"), await made(shop, custom_id="search")
    assert (await shop.v1.get("users-by-id/search/?user_id=x")).json()["id"] == user["id"]
    assert (await shop.client.get("users-by-id/search/")).json() == named


async def test_a_search_by_phone_number_is_one_user_in_version_1_and_a_page_in_version_2(shop: Shop) -> None:
    users = [await made(shop, phone_number="+48 600 100 200") for _ in range(2)]
    query = "users/search/?phone_number=%2B48 600 100 200"
    assert (await shop.v1.get(query)).json()["id"] == users[0]["id"]
    page = (await shop.client.get(query)).json()
    assert page == {"count": 2, "next": None, "previous": None, "results": [u | {"attributes": []} for u in users]}
    nobody = (await shop.client.get("users/search/?phone_number=1")).json()
    assert nobody == {"count": 0, "next": None, "previous": None, "results": []}
    assert (await shop.v1.get("users/search/?phone_number=1")).status_code == 404


async def test_a_search_for_nothing_says_what_can_be_searched(shop: Shop) -> None:
    answer = await shop.client.get("users/search/")
    assert answer.status_code == 400 and "phone_number" in answer.json()["errors"]["search"][0]


async def test_version_1_pages_by_number_with_absolute_links(shop: Shop) -> None:
    ids = [(await made(shop))["id"] for _ in range(5)]
    first = (await shop.v1.get("users/?page_size=2")).json()
    assert (first["count"], first["previous"]) == (5, None)
    assert first["next"] == f"{shop.url}users/?page_size=2&page=2"
    second = (await shop.v1.get(first["next"])).json()
    assert second["previous"] == f"{shop.url}users/?page_size=2&page=1"
    third = (await shop.v1.get(second["next"])).json()
    assert third["next"] is None
    assert [user["id"] for page in (first, second, third) for user in page["results"]] == ids
    assert (await shop.v1.get("users/?page=9")).status_code == 404


async def test_version_2_pages_by_cursor_to_the_end(shop: Shop) -> None:
    ids = [(await made(shop))["id"] for _ in range(5)]
    for path in ("users/?page_size=2", "users/?page_size=2&updated_at__gte=2000-01-01"):
        seen: list[int] = []
        link: str | None = path
        while link:
            page = (await shop.client.get(link)).json()
            seen += [user["id"] for user in page["results"]]
            link = page["next"]
        assert seen == ids


async def test_the_list_is_narrowed_by_dates(shop: Shop) -> None:
    old, new = await made(shop, custom_id="old"), await made(shop, custom_id="new")
    pool = shop.app.services.pool  # type: ignore[union-attr]
    await pool.execute(
        "UPDATE contacts SET updated_at = '2020-05-01', last_seen = '2020-05-01' WHERE id = $1", old["id"]
    )
    for query, expected in (
        ("search=updated_at&min=1577836800&max=1609459200", [old["id"]]),
        ("search=last_seen&min=1577836800", [old["id"]]),
        ("search=updated_at&min=1609459200", [new["id"]]),
        ("updated_at__gte=2020-05-01&updated_at__lt=2020-05-01T00:00:01Z", [old["id"]]),
        ("updated_at__gt=2020-05-01T00:00:00Z", [new["id"]]),
        ("last_seen__lte=1609459200.5", [old["id"]]),
        ("search=last_contacted&min=0", []),
    ):
        answer = await shop.v1.get(f"users/?{query}")
        assert answer.status_code == 200, answer.text
        assert [user["id"] for user in answer.json()["results"]] == expected, query


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("updated_at__gte=yesterday", "updated_at__gte"),
        ("updated_at__gte=0001-01-01", "updated_at__gte"),
        ("updated_at__gte=9999-12-31T00:00:00Z", "updated_at__gte"),
        ("search=updated_at&min=1e9", "min"),
        ("search=updated_at&max=99999999999999", "max"),
        ("search=colour&min=1", "search"),
        ("colour__gte=1", "colour__gte"),
        ("page_size=0", "page_size"),
        ("cursor=!!!", "cursor"),
        ("cursor=WyJhIiwxXQ", "cursor"),
        ("updated_at__gte=1&cursor=WzEsMV0", "cursor"),
    ],
)
async def test_a_filter_that_cannot_be_read_is_refused_by_name(shop: Shop, query: str, field: str) -> None:
    answer = await shop.client.get(f"users/?{query}")
    assert answer.status_code == 400, answer.text
    assert list(answer.json()["errors"]) == [field]


async def test_lists_and_companies_of_a_page_are_shown(shop: Shop) -> None:
    user = await made(shop, custom_id="x")
    pool = shop.app.services.pool  # type: ignore[union-attr]
    await pool.execute(
        "INSERT INTO lists (workspace_id, id, name, created_at) VALUES ($1, 1, 'News', now())", shop.workspace_id
    )
    await pool.execute("INSERT INTO list_members VALUES ($1, 1, $2, now())", user["id"], shop.workspace_id)
    [shown] = (await shop.client.get("users/")).json()["results"]
    assert shown["lists"] == [{"id": 1, "name": "News", "description": ""}]
