"""Joining, separating, erasing and exporting users over the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.publicapi.conftest import Shop

MERGE = "users/merge/"


async def user(shop: Shop, **body: Any) -> int:
    answer = await shop.client.post("users/", json=body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def order(shop: Shop, **body: Any) -> int:
    answer = await shop.client.post(
        "deals/update_or_create/", json={"name": "Order", "value": 5, "currency": "EUR"} | body
    )
    assert answer.status_code in (200, 201), answer.text
    return int(answer.json()["id"])


@pytest.mark.parametrize("name", ["users_list", "user_list"])
async def test_users_are_merged_and_a_later_order_finds_the_parent(shop: Shop, name: str) -> None:
    parent, other = await user(shop, custom_id="a"), await user(shop, custom_id="b", email="b@example.com")
    first = await order(shop, custom_id="o1", user_custom_id="b")
    answer = await shop.client.post(MERGE, json={"parent": parent, name: [other]})
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    second = await order(shop, custom_id="o2", user_custom_id="b")
    for deal in (first, second):
        told = (await shop.client.get(f"deals/{deal}/")).json()
        assert (told["user_id"], told["user_custom_id"]) == (parent, "a")
    for path in (f"users/{other}/", "users-by-id/b/", f"users/{parent}/"):
        told = (await shop.client.get(path)).json()
        assert (told["id"], told["custom_id"], told["email"]) == (parent, "a", "b@example.com")
    assert (await shop.client.get("users/")).json()["count"] == 1
    listed = (await shop.client.get(f"users/{parent}/merges/")).json()
    [merge] = listed["results"]
    assert (listed["count"], merge["parent"], merge["user"], merge["guest"]) == (1, parent, other, False)
    assert (merge["moved"]["deals"], merge["merged_by"], merge["unmerged_at"]) == (1, "token:1", None)


async def test_a_merge_is_undone_by_either_side(shop: Shop) -> None:
    parent, other = await user(shop, custom_id="a"), await user(shop, custom_id="b")
    deal = await order(shop, custom_id="o1", user_custom_id="b")
    for path, body in (
        (f"users/{other}/unmerge/", None), (f"users/{parent}/unmerge/", {"users_list": [other]}),
        (f"users/{parent}/unmerge/", {}), ("users-by-id/b/unmerge/", {}), ("users-by-id/a/unmerge/", None),
    ):  # fmt: skip
        await shop.client.post(MERGE, json={"parent": parent, "users_list": [other]})
        answer = await shop.client.post(path, json=body) if body is not None else await shop.client.post(path)
        assert (answer.status_code, answer.json()) == (200, {"success": True, "users_list": [other]}), path
        assert (await shop.client.get(f"deals/{deal}/")).json()["user_custom_id"] == "b"
        assert (await shop.client.get("users-by-id/b/")).json()["id"] == other
    merges = (await shop.client.get("users-by-id/a/merges/")).json()
    assert merges["count"] == 5 and all(merge["unmerged_by"] == "token:1" for merge in merges["results"])


async def test_what_makes_no_sense_is_refused_by_name(shop: Shop, other_shop: Shop) -> None:
    parent, other = await user(shop, custom_id="a"), await user(shop, custom_id="b")
    for body, field in (
        ({"users_list": [other]}, "parent"), ({"parent": parent}, "users_list"), ({"parent": "x"}, "parent"),
        ({"parent": parent, "users_list": []}, "users_list"), ({"parent": parent, "users_list": "2"}, "users_list"),
        ({"parent": parent, "users_list": [parent]}, "users_list"),
        ({"parent": parent, "user_list": [2**70]}, "user_list.0"),
        ({"parent": parent, "users_list": [None]}, "users_list"), ({"parent": parent, "users": [other]}, "users"),
        ({"parent": parent, "users_list": [True]}, "users_list"),
    ):  # fmt: skip
        answer = await shop.client.post(MERGE, json=body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), body
    for named in ({"parent": 999_999, "users_list": [other]}, {"parent": parent, "users_list": [999_999]}):
        answer = await shop.client.post(MERGE, json=named)
        assert (answer.status_code, list(answer.json())) == (404, ["detail"])
    assert (await other_shop.client.post(MERGE, json={"parent": parent, "users_list": [other]})).status_code == 404
    for path in ("merges", "export"):
        assert (await other_shop.client.get(f"users/{parent}/{path}/")).status_code == 404
    for path in ("unmerge", "erase"):
        assert (await other_shop.client.post(f"users/{parent}/{path}/")).status_code == 404
    answer = await shop.client.post(f"users/{parent}/unmerge/", json={"users_list": []})
    assert list(answer.json()["errors"]) == ["users_list"]
    assert (await shop.client.post(f"users/{parent}/unmerge/")).status_code == 404


async def test_a_merged_name_deletes_nobody(shop: Shop) -> None:
    parent, other = await user(shop, custom_id="a"), await user(shop, custom_id="b")
    await shop.client.post(MERGE, json={"parent": parent, "users_list": [other]})
    for path in (f"users/{other}/", "users-by-id/b/"):
        assert (await shop.client.delete(path)).status_code == 404
    assert (await shop.client.get(f"users/{parent}/")).status_code == 200
    assert (await shop.client.delete("users-by-id/a/")).status_code == 204
    assert (await shop.client.get("users-by-id/b/")).status_code == 404


async def test_a_merge_is_rehearsed_and_repeated_like_every_write(shop: Shop) -> None:
    parent, other = await user(shop, custom_id="a"), await user(shop, custom_id="b", city="Rome")
    deal = await order(shop, custom_id="o1", user_custom_id="b")
    body = {"parent": parent, "users_list": [other]}
    told = (await shop.client.post(f"{MERGE}?dry_run=true", json=body)).json()
    assert [change["kind"] for change in told["changes"]] == ["deal.updated", "contact.merged"]
    assert (await shop.client.get(f"deals/{deal}/")).json()["user_id"] == other
    for replayed in (None, "true"):
        answer = await shop.client.post(MERGE, json=body, headers={"Idempotency-Key": "m1"})
        assert (answer.json(), answer.headers.get("Idempotency-Replayed")) == ({"success": True}, replayed)


async def test_an_erasure_says_what_it_did(shop: Shop) -> None:
    person = await user(shop, custom_id="a", email="a@example.com", first_name="Ann", last_name="Beck")
    deal = await order(shop, custom_id="o1", user_custom_id="a", note="for Ann Beck")
    await shop.client.post("users/", json={"email": "a@example.com"}, headers={"Idempotency-Key": "k"})
    report = (await shop.client.post(f"users/{person}/erase/")).json()
    assert report["erased"] == person
    assert report["cleaned"] == {"contacts": 1, "deals": 1, "idempotency_keys": 1, "journal": 1}
    told = (await shop.client.get(f"deals/{deal}/")).json()
    assert (told["user_id"], told["note"], told["value"]) == (None, "for [erased]", "5.00")
    assert (await shop.client.get(f"users/{person}/")).status_code == 404


async def test_an_export_holds_all_that_is_stored_about_a_person_and_is_written_down(shop: Shop) -> None:
    person, other = await user(shop, custom_id="a", size="XL"), await user(shop, custom_id="b", email="b@example.com")
    stranger = await user(shop, email="stranger@example.com")
    deal = await order(
        shop, custom_id="o1", user_custom_id="b", order_products=[{"product_custom_id": "mug", "value": 5}]
    )
    await shop.client.post(MERGE, json={"parent": person, "users_list": [other]})
    for path in (f"users/{person}/export/", "users-by-id/b/export/"):
        answer = await shop.client.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
        told = answer.json()
        assert [contact["id"] for contact in told["contacts"]] == [person, other]
        assert [row["custom_id"] for row in told["contact_custom_ids"]] == ["a", "b"]
        assert [row["id"] for row in told["deals"]] == [deal]
        assert {"deal_lines", "deal_products", "journal", "contact_keys", "merges"} <= told.keys()
        assert "stranger" not in answer.text and str(stranger) not in told.get("contacts", "")
        assert "workspace_id" not in answer.text
    read = await shop.fetch("SELECT actor FROM journal WHERE kind = 'contact.exported' AND contact_id = $1", person)
    assert [row["actor"] for row in read] == ["token:1", "token:1"]


async def test_a_large_export_is_a_stream(shop: Shop) -> None:
    person = await user(shop, custom_id="a")
    await shop.fetch(
        "INSERT INTO journal (contact_id, at, workspace_id, kind, object_type, object_id, actor, changes) "
        "SELECT $1, '2025-01-01', $2, 'contact.updated', 'contact', $1, 'import', "
        "jsonb_build_object('x', repeat('y', 1000)) FROM generate_series(1, 2000)",
        person, shop.workspace_id,
    )  # fmt: skip
    answer = await shop.client.get(f"users/{person}/export/")
    assert "Content-Length" not in answer.headers
    assert len(answer.json()["journal"]) == 2001
