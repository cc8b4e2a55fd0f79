"""One value for many users, as public clients send it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from dealt.contacts import updating_many
from tests.conformance.test_users import company, history, make
from tests.digest import changed, digest
from tests.publicapi.conftest import Shop

STANDARD, CUSTOM = "users/mass_update_standard_attributes/", "users/mass_update_custom_attributes/"
OK = {"status": "ok"}
VALUES: dict[str, tuple[Any, Any]] = {
    "city": ("Oslo", "Oslo"), "country": ("USA", "USA"), "email": ("all@example.com", "all@example.com"),
    "facebook_url": ("https://f.example/x", "https://f.example/x"), "first_name": ("Ann", "Ann"),
    "gender": (2, "male"), "google_url": ("https://g.example/", "https://g.example/"),
    "gravatar_url": ("https://v.example/", "https://v.example/"), "last_name": ("Doe", "Doe"),
    "linkedin_url": ("https://l.example/", "https://l.example/"), "notifications": (False, False),
    "phone_number": ("+47 22", "+47 22"), "region": ("East", "East"), "score": ("7", 7), "status": ("user", "user"),
    "timezone": ("Europe/Oslo", "Europe/Oslo"), "twitter_url": ("https://t.example/", "https://t.example/"),
    "unsubscribed": ("true", True), "assigned_to": (1, 1),
}  # fmt: skip


async def users(shop: Shop, count: int) -> list[int]:
    return [(await make(shop, custom_id=f"u{number}", city="Rome"))["id"] for number in range(count)]


async def test_every_standard_attribute_is_set_for_all(shop: Shop) -> None:
    ids = await users(shop, 2)
    other = await make(shop, custom_id="other")
    await shop.fetch(
        "INSERT INTO members (workspace_id, id, email, password_hash, created_at) "
        "VALUES ($1, 1, 'a@b.example', '', '2025-01-01') ON CONFLICT DO NOTHING",
        shop.workspace_id,
    )
    for name, (value, expected) in VALUES.items():
        answer = await shop.v1.put(STANDARD, json={"ids": ids, "attribute": name, "value": value})
        assert (answer.status_code, answer.json()) == (200, OK), answer.text
        for user_id in ids:
            assert (await shop.client.get(f"users/{user_id}/")).json()[name] == expected
            [*_, last] = await history(shop, user_id)
            assert last["kind"] == "contact.updated" and list(json.loads(str(last["changes"]))) == [name]
    assert (await shop.client.get(f"users/{other['id']}/")).json() == other


async def test_a_change_is_journalled_for_each_and_marks_each_stale_in_the_bulk_lane(shop: Shop) -> None:
    ids = await users(shop, 3)
    assert shop.app.services
    await shop.app.services.pool.execute("DELETE FROM stale")
    await shop.client.put(f"users/{ids[0]}/", json={"city": "Oslo"})
    await shop.app.services.pool.execute("DELETE FROM stale")
    for _ in range(2):
        answer = await shop.client.put(STANDARD, json={"ids": [*ids, ids[1]], "attribute": "city", "value": "Oslo"})
        assert answer.json() == OK
    marks = await shop.fetch("SELECT contact_id, lane FROM stale ORDER BY contact_id")
    assert marks == [{"contact_id": user_id, "lane": 1} for user_id in ids[1:]]
    rows = await shop.fetch("SELECT contact_id FROM journal WHERE kind = 'contact.updated' ORDER BY id")
    assert [row["contact_id"] for row in rows] == ids
    versions = await shop.fetch("SELECT version FROM contacts ORDER BY id")
    assert [row["version"] for row in versions] == [2, 2, 2]


async def test_custom_attributes_are_set_made_and_cleared(shop: Shop) -> None:
    ids = await users(shop, 2)
    for value in ("gold", 5, None, True, "2025-01-01"):
        answer = await shop.v1.put(CUSTOM, json={"ids": ids, "attribute": "My Plan", "value": value})
        assert (answer.status_code, answer.json()) == (200, OK)
        shown = [(await shop.client.get(f"users/{user_id}/")).json()["my_plan"] for user_id in ids]
        assert shown == [None if value is None else str(value).lower()] * 2
    plan = {"name": "Level", "content_type": "user", "value_type": "integer"}
    await shop.client.post("attributes/", json=plan)
    refused = await shop.v1.put(CUSTOM, json={"ids": ids, "attribute": "level", "value": "high"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["value"])


async def test_a_company_is_joined_by_all(shop: Shop) -> None:
    ids = await users(shop, 3)
    acme, umbrella = await company(shop, "acme"), await company(shop, "umbrella")
    await shop.client.put(f"users/{ids[0]}/", json={"company_id": umbrella})
    for value in (acme, "acme"):
        answer = await shop.v1.put(STANDARD, json={"ids": ids, "attribute": "company_id", "value": value})
        assert (answer.status_code, answer.json()) == (200, OK)
    shown = [(await shop.client.get(f"users/{user_id}/")).json()["companies"] for user_id in ids]
    assert [{found["id"] for found in companies} for companies in shown] == [{acme, umbrella}, {acme}, {acme}]
    [*_, last] = await history(shop, ids[0])
    assert json.loads(str(last["changes"])) == {"companies": [[umbrella], sorted([acme, umbrella])]}
    assert len(await history(shop, ids[1])) == 2
    missing = await shop.v1.put(STANDARD, json={"ids": ids, "attribute": "company_id", "value": 99})
    assert (missing.status_code, list(missing.json())) == (404, ["detail"])


async def test_a_custom_id_goes_to_one_user(shop: Shop) -> None:
    one, two = await users(shop, 2)
    answer = await shop.client.put(STANDARD, json={"ids": [one], "attribute": "custom_id", "value": "new"})
    assert (answer.status_code, answer.json()) == (200, OK)
    assert (await shop.client.get("users-by-id/new/")).json()["id"] == one
    for ids, value, named in (([one, two], "newer", "ids"), ([two], "new", "value")):
        answer = await shop.client.put(STANDARD, json={"ids": ids, "attribute": "custom_id", "value": value})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [named])


async def test_users_are_named_by_custom_id_under_users_by_id(shop: Shop) -> None:
    ids = await users(shop, 2)
    body = {"ids": ["u0", "u1"], "value": "Oslo"}
    for kind, name in (("standard", "city"), ("custom", "likes")):
        path = f"users-by-id/mass_update_{kind}_attributes/"
        answer = await shop.v1.put(path, json=body | {"attribute": name})
        assert (answer.status_code, answer.json()) == (200, OK)
        assert [(await shop.client.get(f"users/{user_id}/")).json()[name] for user_id in ids] == ["Oslo"] * 2
        missing = await shop.v1.put(path, json=body | {"attribute": name, "ids": ["u0", "nobody"], "value": "x"})
        assert missing.status_code == 404 and "custom ids nobody" in missing.json()["detail"]
    assert (await shop.client.get("users-by-id/u0/")).json()["city"] == "Oslo"


async def test_users_that_are_not_there_are_named_and_nothing_is_stored(shop: Shop, other_shop: Shop) -> None:
    [mine] = await users(shop, 1)
    [theirs] = await users(other_shop, 1)
    gone = await make(shop)
    await shop.client.delete(f"users/{gone['id']}/")
    assert shop.app.services
    before = await digest(shop.app.services.pool)
    for path, name in ((STANDARD, "city"), (CUSTOM, "fresh_attribute")):
        body = {"ids": [mine, theirs, gone["id"], 999_999], "attribute": name, "value": "Oslo"}
        answer = await shop.client.put(path, json=body)
        wanted = ", ".join(map(str, sorted([theirs, gone["id"], 999_999])))
        assert answer.status_code == 404
        assert answer.json() == {"detail": f"There are no users with the ids {wanted}. Nothing was changed."}
    many = await shop.client.put(
        STANDARD, json={"ids": list(range(10**6, 10**6 + 25)), "attribute": "city", "value": "x"}
    )
    assert many.json()["detail"].endswith(" and 5 more. Nothing was changed.")
    assert changed(before, await digest(shop.app.services.pool)) == []


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        (STANDARD, {}, ["ids", "attribute", "value"]),
        (CUSTOM, {"ids": [1]}, ["attribute", "value"]),
        (STANDARD, {"ids": [], "attribute": "city", "value": "x"}, ["ids"]),
        (STANDARD, {"ids": "1", "attribute": "city", "value": "x"}, ["ids"]),
        (STANDARD, {"ids": ["x"], "attribute": "city", "value": "x"}, ["ids"]),
        (STANDARD, {"ids": [2**63 - 1, 0], "attribute": "city", "value": "x"}, ["ids"]),
        (STANDARD, {"ids": [1] * 10_001, "attribute": "city", "value": "x"}, ["ids"]),
        (STANDARD, {"ids": [1], "attribute": "page_views", "value": 1}, ["attribute"]),
        (STANDARD, {"ids": [1], "attribute": "likes", "value": 1}, ["attribute"]),
        (STANDARD, {"ids": [1], "attribute": "gender", "value": 9}, ["value"]),
        (STANDARD, {"ids": [1], "attribute": "email", "value": "nobody"}, ["value"]),
        (STANDARD, {"ids": [1], "attribute": "company_id", "value": None}, ["value"]),
        (STANDARD, {"ids": [1], "attribute": "assigned_to", "value": 99}, ["value"]),
        (CUSTOM, {"ids": [1], "attribute": "city", "value": "x"}, ["attribute"]),
        (CUSTOM, {"ids": [1], "attribute": "First Name", "value": "x"}, ["attribute"]),
        (CUSTOM, {"ids": [1], "attribute": "tags", "value": "x"}, ["attribute"]),
        (CUSTOM, {"ids": [1], "attribute": "x" * 256, "value": "x"}, ["attribute"]),
        (CUSTOM, {"ids": [1], "attribute": "!", "value": "x"}, ["value"]),
    ],
)
async def test_what_cannot_be_set_is_refused_by_name(
    shop: Shop, path: str, body: dict[str, Any], named: list[str]
) -> None:
    await users(shop, 1)
    for base in ("users/", "users-by-id/"):
        if base == "users-by-id/" and body.get("ids"):
            continue
        answer = await shop.v1.put(path.replace("users/", base), json=body)
        assert (answer.status_code, sorted(answer.json()["errors"])) == (400, sorted(named))
    assert (await shop.fetch("SELECT city FROM contacts"))[0]["city"] == "Rome"


async def test_what_others_write_meanwhile_is_kept(shop: Shop) -> None:
    ids = await users(shop, 20)
    single = [shop.client.put(f"users/{user_id}/", json={"region": f"r{user_id}"}) for user_id in ids]
    mass = [
        shop.client.put(STANDARD, json={"ids": ids[:: (-1) ** n], "attribute": "country", "value": f"c{n}"})
        for n in range(6)
    ]
    answers = await asyncio.gather(*single, *mass)
    assert {answer.status_code for answer in answers} == {200}
    for user_id in ids:
        user = (await shop.client.get(f"users/{user_id}/")).json()
        assert user["region"] == f"r{user_id}"
        # The history of one field is a chain that ends with what is there.
        steps = [json.loads(str(row["changes"])).get("country") for row in await history(shop, user_id)]
        chain = [step for step in steps if step]
        assert [step[0] for step in chain[1:]] == [step[1] for step in chain[:-1]]
        assert (chain[0][0], chain[-1][1]) == (None, user["country"])


async def test_a_contact_changed_between_the_look_and_the_write_is_looked_at_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await users(shop, 3)
    assert shop.app.services
    pool, usual, looked = shop.app.services.pool, updating_many._read, []

    async def meddled(*args: Any) -> Any:
        rows = await usual(*args)
        looked.append(list(args[2]))
        if len(looked) == 1:
            await pool.execute("UPDATE contacts SET version = version + 1, city = 'Paris' WHERE id = $1", ids[1])
        return rows

    monkeypatch.setattr(updating_many, "_read", meddled)
    answer = await shop.client.put(STANDARD, json={"ids": ids, "attribute": "city", "value": "Oslo"})
    assert (answer.status_code, looked) == (200, [ids, [ids[1]]])
    [*_, last] = await history(shop, ids[1])
    assert json.loads(str(last["changes"])) == {"city": ["Paris", "Oslo"]}
