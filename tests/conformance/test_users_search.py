"""Users as clients look for them: by one field for one user, by look-ups for many, by dates."""

from __future__ import annotations

from typing import Any
from unittest.mock import ANY
from urllib.parse import quote

from tests.conformance.test_users import make
from tests.publicapi.conftest import Shop

PEOPLE: list[dict[str, Any]] = [
    {"custom_id": "ann", "email": "Ann@Shop.example", "first_name": "Ann", "city": "Oslo", "gender": 3, "score": 5,
     "shoe_size": 38, "likes": "Green tea", "born": "1990-05-01", "seen_at": "2025-01-01T00:00:00Z", "vip": True,
     "plan": "S"},
    {"custom_id": "bob", "email": "bob@shop.example", "first_name": "Bob", "city": "Łódź", "gender": 2, "score": -5,
     "shoe_size": 43.5, "likes": "100% coffee", "born": "1985-01-31", "seen_at": "2025-01-01T00:00:00.5Z", "vip": False,
     "plan": ["S", "M"]},
    {"custom_id": "cat", "email": "cat@other.example", "phone_number": "+47 22", "city": "oslo_sentrum"},
]  # fmt: skip
FOUND: list[tuple[str, str, list[str]]] = [
    ("email__contains", "@shop.", ["bob"]),
    ("email__icontains", "@shop.", ["ann", "bob"]),
    ("email__startswith", "Ann", ["ann"]),
    ("email__startswith", "ann", []),
    ("email__istartswith", "ANN@", ["ann"]),
    ("email__endswith", "other.example", ["cat"]),
    ("email__iendswith", "SHOP.EXAMPLE", ["ann", "bob"]),
    ("city__contains", "slo", ["ann", "cat"]),
    ("city__icontains", "OSLO", ["ann", "cat"]),
    ("city__contains", "_", ["cat"]),
    ("city__istartswith", "ł", ["bob"]),
    ("city", "Oslo", ["ann"]),
    ("city__gt", "Oslo", ["bob", "cat"]),
    ("custom_id__startswith", "a", ["ann"]),
    ("name__icontains", "bob", ["bob"]),
    ("name", "cat@other.example", ["cat"]),
    ("gender", "female", ["ann"]),
    ("gender", "2", ["bob"]),
    ("gender__startswith", "fe", ["ann"]),
    ("status", "visitor", ["ann", "bob", "cat"]),
    ("score", "5", ["ann"]),
    ("score__gt", "0", ["ann"]),
    ("score__gte", "-5", ["ann", "bob", "cat"]),
    ("score__lt", "0.5", ["bob", "cat"]),
    ("score__lte", "-5.0", ["bob"]),
    ("score_gte", "5", ["ann"]),
    ("score__contains", "5", ["ann", "bob"]),
    ("unsubscribed", "false", ["ann", "bob", "cat"]),
    ("created_at__gt", "2000-01-01", ["ann", "bob", "cat"]),
    ("created_at__lt", "946684800", []),
    ("created_at__startswith", "1999", []),
    ("shoe_size", "38.0", ["ann"]),
    ("shoe_size__gt", "38", ["bob"]),
    ("shoe_size__lte", "43.5", ["ann", "bob"]),
    ("shoe_size__contains", "43", ["bob"]),
    ("likes", "Green tea", ["ann"]),
    ("likes__icontains", "COFFEE", ["bob"]),
    ("likes__contains", "%", ["bob"]),
    ("likes__gte", "Green", ["ann"]),
    ("born", "1990-05-01", ["ann"]),
    ("born__lt", "1990-05-01", ["bob"]),
    ("born__startswith", "19", ["ann", "bob"]),
    ("seen_at", "2025-01-01T01:00:00+01:00", ["ann"]),
    ("seen_at__gt", "2025-01-01T00:00:00Z", ["bob"]),
    ("seen_at__lte", "1735689600.5", ["ann", "bob"]),
    ("vip", "true", ["ann"]),
    ("vip", "0", ["bob"]),
    ("plan", "S", ["ann", "bob"]),
    ("plan", "M", ["bob"]),
    ("plan__contains", "M", ["bob"]),
]
REFUSED = [
    ("colour", "green"), ("colour__contains", "green"), ("city__like", "x"), ("city__", "x"), ("__gt", "1"), ("", "1"),
    ("email", ""), ("city__contains", ""), ("score", "many"), ("score__gt", "NaN"), ("score__gt", "1e999999"),
    ("score__gt", "9" * 5000), ("vip__gt", "true"), ("vip", "perhaps"), ("unsubscribed__lt", "1"), ("gender", "9"),
    ("created_at__gt", "yesterday"), ("created_at__gt", "99999999999999"), ("shoe_size__lt", "large"),
    ("born__gt", "May"), ("seen_at__gt", "May"), ("tags", "vip"),
]  # fmt: skip


async def people(shop: Shop) -> None:
    plan = {"name": "Plan", "content_type": "user", "value_type": "fixed", "choices": ["S", "M"]}
    made = await shop.v1.post("attributes/", json=plan | {"allow_multiple_choices": True})
    assert made.status_code == 201, made.text
    for person in PEOPLE:
        await make(shop, **person)


def names(answer: Any) -> list[str]:
    listed = answer if isinstance(answer, list) else answer["results"]
    return [user.get("custom_id") or user["user_id"] for user in listed]


async def test_every_look_up_finds_whom_it_names(shop: Shop) -> None:
    await people(shop)
    for argument, text, expected in FOUND:
        query = f"{argument}={quote(text)}"
        for path in (f"users/search/?{query}", f"users-by-id/search/?{query}", f"users/?{query}"):
            answer = await shop.v1.get(path)
            assert answer.status_code == 200, f"{path} {answer.text}"
            assert names(answer.json()) == expected, path
        many = await shop.client.get(f"users/search/?{query}&many=true")
        assert names(many.json()) == expected
    both = await shop.client.get("users/search/?email__icontains=shop&shoe_size__lt=40")
    assert names(both.json()) == ["ann"]


async def test_what_cannot_be_looked_up_is_refused_by_name(shop: Shop) -> None:
    await people(shop)
    for argument, text in REFUSED:
        for path in ("users/search/", "users/"):
            answer = await shop.v1.get(path, params={argument: text})
            assert answer.status_code == 400, f"{argument}={text[:20]} {answer.text}"
            assert list(answer.json()["errors"]) == [argument]
    all_at_once = await shop.client.get("users/search/?colour=green&size__gt=1&email__contains=a")
    assert list(all_at_once.json()["errors"]) == ["colour", "size__gt"]
    nothing = await shop.client.get("users/search/")
    assert (nothing.status_code, list(nothing.json()["errors"])) == (400, ["search"])


async def test_one_user_by_what_is_one_users(shop: Shop) -> None:
    await people(shop)
    ann = (await shop.v1.get("users-by-id/ann/")).json()
    for query in ("email=ann@shop.EXAMPLE", f"key={ann['key']}", "user_id=ann", "email=ann@shop.example&city=Oslo"):
        for path in ("users/search/", "users/search", "users-by-id/search/"):
            assert (await shop.v1.get(f"{path}?{query}")).json() == ann
        assert (await shop.client.get(f"users/search/?{query}")).json()["custom_id"] == "ann"
    for query in ("email=nobody@shop.example", "key=nobody", "user_id=nobody", "email=ann@shop.example&city=Rome"):
        answer = await shop.v1.get(f"users/search/?{query}")
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def found(user: dict[str, Any]) -> dict[str, Any]:
    """A user without attributes as a search of version 2 answers it."""
    return user | {"attributes": []}


async def test_all_of_an_address_that_several_share(shop: Shop) -> None:
    first, second = await make(shop, email="twin@example.com"), await make(shop, email="Twin@example.com")
    assert (await shop.client.get("users/search/?email=twin@example.com")).json() == found(first)
    assert (await shop.client.get("users/search/?email=twin@example.com&many=true")).json() == [
        found(first),
        found(second),
    ]
    assert (await shop.client.get("users/search/?email=nobody@example.com&many=true")).json() == []


async def test_what_a_search_of_version_2_finds_lists_its_attributes_too(shop: Shop) -> None:
    """Documented of the search by e-mail: objects and lists of them, in either version."""
    user = await make(shop, email="jane@example.com", phone_number="555", plan="gold", visits=3)
    listed = [
        {"id": ANY, "name": "plan", "name_std": "plan", "value": "gold", "description": "", "value_type": "string"},
        {"id": ANY, "name": "visits", "name_std": "visits", "value": 3, "description": "", "value_type": "float"},
    ]
    one, many, page = [
        (await shop.client.get(f"users/search/?{query}")).json()
        for query in ("email=jane@example.com", "email=jane@example.com&many=true", "phone_number=555")
    ]
    assert one == many[0] == page["results"][0] == user | {"attributes": listed}
    assert (await shop.client.get(f"users/{user['id']}/")).json() == user


async def test_what_was_found_can_be_sent_back_and_its_keys_count(shop: Shop) -> None:
    await make(shop, email="jane@example.com", plan="gold")
    found = (await shop.client.get("users/search/?email=jane@example.com")).json()
    same = await shop.client.put(f"users/{found['id']}/", json=found)
    assert (same.status_code, same.json()["updated_at"]) == (200, found["updated_at"])
    for changed in (found | {"plan": "silver"}, {"plan": "silver"} | found | {"plan": "silver"}):
        answer = await shop.client.put(f"users/{found['id']}/", json=changed)
        assert answer.json()["plan"] == "silver"
        await shop.client.put(f"users/{found['id']}/", json={"plan": "gold"})


async def test_a_phone_number_is_one_user_in_version_1_and_results_in_version_2(shop: Shop) -> None:
    user = await make(shop, phone_number="+47 22")
    one, page = [await client.get("users/search/?phone_number=%2B47 22") for client in (shop.v1, shop.client)]
    assert one.json()["id"] == user["id"]
    assert page.json() == {"count": 1, "next": None, "previous": None, "results": [found(user)]}


async def test_dates_are_asked_for_in_unix_seconds_at_both_addresses(shop: Shop) -> None:
    old, new = await make(shop, custom_id="old"), await make(shop, custom_id="new")
    moments = ("first_seen", "last_seen", "last_contacted", "updated_at")
    assert shop.app.services
    for user, at in ((old, 1_500_000_000), (new, 1_600_000_000)):
        changes = ", ".join(f"{moment} = to_timestamp({at})" for moment in moments)
        await shop.app.services.pool.execute(f"UPDATE contacts SET {changes} WHERE id = $1", user["id"])
    for moment in moments:
        for path in ("users/", "users/search/"):
            for bounds, expected in (
                ("min=1500000000&max=1550000000", ["old"]), ("min=1500000001", ["new"]),
                ("max=1600000000", ["old", "new"]),
                ("min=1600000001&max=1700000000", []),
            ):  # fmt: skip
                answer = await shop.v1.get(f"{path}?search={moment}&{bounds}")
                assert names(answer.json()) == expected, answer.request.url
    refused = await shop.v1.get("users/?search=colour&min=1")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["search"])


async def test_look_ups_are_paged_in_both_versions(shop: Shop) -> None:
    for number in range(5):
        await make(shop, custom_id=str(number), city="Oslo")
    for client in (shop.v1, shop.client):
        link: str | None = "users/search/?city__icontains=oslo&page_size=2"
        seen: list[str] = []
        while link:
            page = (await client.get(link)).json()
            assert page["count"] == 5
            seen += names(page)
            link = page["next"]
        assert seen == ["0", "1", "2", "3", "4"]


async def test_a_look_up_never_shows_another_workspace_s_users(shop: Shop, other_shop: Shop) -> None:
    user = await make(shop, custom_id="ann", email="ann@shop.example", city="Oslo")
    await shop.client.post("deals/", json={"name": "Of nobody"})
    for query in (f"id={user['id']}", "city=Oslo", "email__contains=ann", f"key__contains={user['user_key']}"):
        assert (await other_shop.client.get(f"users/search/?{query}")).json()["count"] == 0
    assert (await shop.client.get("users/search/?status=visitor")).json()["count"] == 1


async def test_a_value_that_is_not_of_its_attributes_type_never_breaks_a_search(shop: Shop) -> None:
    for value in (True, "2025-02-30", "x", 5, "2025-01-01T00:00:00Z", ["a"], {"a": 1}):
        await make(shop, thing=value)
    [attribute] = (await shop.client.get("attributes/?content_type=user")).json()["results"]
    for kind in ("float", "date", "datetime", "boolean", "string", "json"):
        await shop.client.delete(f"attributes/{attribute['id']}/")
        declared = {"name": "thing", "content_type": "user", "value_type": kind}
        attribute = (await shop.client.post("attributes/", json=declared)).json()
        for argument, text in (
            ("thing", "2025-01-01"),
            ("thing__gt", "1"),
            ("thing__contains", "a"),
            ("thing", "true"),
        ):
            answer = await shop.client.get("users/search/", params={argument: text})
            assert answer.status_code in (200, 400), f"{kind} {argument} {answer.text}"


async def test_a_search_that_takes_too_long_is_refused_with_advice(shop: Shop) -> None:
    await make(shop, city="Oslo")
    await shop.client.patch("workspace/", json={"longest_filter_ms": 100})
    assert shop.app.services
    async with shop.app.services.pool.acquire() as connection, connection.transaction():
        # Nobody can read contacts now, so that no search comes to its end.
        await connection.execute("LOCK TABLE contacts IN ACCESS EXCLUSIVE MODE")
        answer = await shop.client.get("users/search/?city__contains=Oslo&score__gt=-1")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["city__contains", "score__gt"])
    assert "email" in answer.json()["errors"]["city__contains"][0]
    assert (await shop.client.get("users/search/?city__contains=Oslo")).json()["count"] == 1


async def test_a_plus_that_a_client_did_not_encode_is_found(shop: Shop) -> None:
    """``+`` in a query is a blank, which none of these has there."""
    made = await make(shop, custom_id="jane+1@shop.example", email="jane+1@shop.example", phone_number="+48600100200")
    for asked in ("email=jane+1@shop.example", "custom_id=jane+1@shop.example", "email=JANE+1@shop.example"):
        for path in ("users/search/", "users-by-id/search/"):
            assert (await shop.client.get(f"{path}?{asked}")).json()["id"] == made["id"], asked
    assert (await shop.v1.get("users/search/?phone_number=+48600100200")).json()["id"] == made["id"]
    blank = await make(shop, custom_id="jane 1")
    for asked in ("custom_id=jane+1", "custom_id=jane%201"):
        assert (await shop.client.get(f"users/search/?{asked}")).json()["id"] == blank["id"]
