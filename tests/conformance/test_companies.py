"""Companies as recorded answers and public clients know them, in both versions."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from dealt.work import HANDLERS
from tests.publicapi.conftest import Shop

V1_KEYS = [
    "id", "name", "description", "email", "country", "region", "city", "address", "postal_code", "approx_employees",
    "phone_numbers", "company_id", "attributes", "tags", "created_at", "updated_at",
]  # fmt: skip
V2_KEYS = [
    "id", "custom_id", "name", "email", "address", "city", "region", "country", "postal_code", "phone_numbers",
    "description", "approx_employees", "employees", "tags", "created_at", "updated_at",
]  # fmt: skip
ACME: dict[str, Any] = {
    "custom_id": "acme@shop", "name": "Acme", "email": "info@acme.example", "address": "1 High Street", "city": "Oslo",
    "region": "Oslo", "country": "Norway", "postal_code": "0150", "phone_numbers": ["+47 1", "+47 2"],
    "description": "Tools", "approx_employees": 12, "industry": "Hardware", "founded": "1999-05-01",
}  # fmt: skip


async def make(shop: Shop, **fields: Any) -> dict[str, Any]:
    answer = await shop.client.post("companies/", json={"name": "Acme"} | fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def user(shop: Shop, **fields: Any) -> dict[str, Any]:
    answer = await shop.client.post("users/", json=fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_version_2_has_the_recorded_keys_and_attributes_as_keys(shop: Shop) -> None:
    company = await make(shop, **ACME)
    assert list(company) == [*V2_KEYS, "industry", "founded"]
    assert {name: company[name] for name in ACME} == ACME
    assert (company["employees"], company["tags"]) == ([], [])
    for path in (f"companies/{company['id']}/", "companies-by-id/acme@shop/", f"companies/{company['id']}"):
        answer = await shop.client.get(path)
        assert (answer.status_code, answer.json()) == (200, company)


async def test_a_company_without_numbers_has_null_for_them_in_version_2(shop: Shop) -> None:
    company = await make(shop)
    assert (company["phone_numbers"], company["email"], company["custom_id"]) == (None, None, None)
    answer = await shop.client.put(f"companies/{company['id']}/", json=company)
    assert (answer.status_code, answer.json()) == (200, company)


async def test_version_1_calls_the_custom_id_company_id_and_lists_attributes(shop: Shop) -> None:
    body = {name: value for name, value in ACME.items() if name != "custom_id"} | {"company_id": "acme"}
    answer = await shop.v1.post("companies/", json=body)
    assert answer.status_code == 201
    company = answer.json()
    assert list(company) == V1_KEYS
    assert (company["company_id"], company["phone_numbers"]) == ("acme", ["+47 1", "+47 2"])
    industry = company["attributes"][0]
    assert industry == {
        "id": industry["id"], "name": "industry", "name_std": "industry", "value": "Hardware", "description": "",
    }  # fmt: skip
    assert (await shop.v1.get("companies-by-id/acme")).json() == company
    same = await shop.v1.put("companies-by-id/acme/", json=company)
    assert (same.status_code, same.json()) == (200, company)


async def test_a_list_is_a_page_in_either_version(shop: Shop) -> None:
    for number in range(3):
        await make(shop, custom_id=str(number), name=f"Company {number}")
    first = (await shop.v1.get("companies/?page_size=2")).json()
    assert list(first) == ["count", "next", "previous", "results"]
    assert (first["count"], first["previous"], len(first["results"])) == (3, None, 2)
    assert first["next"] == f"{shop.url}companies/?page_size=2&page=2"
    second = (await shop.v1.get(first["next"])).json()
    assert [company["company_id"] for company in second["results"]] == ["2"]
    assert second["previous"] == f"{shop.url}companies/?page_size=2&page=1"
    by_cursor = (await shop.client.get("companies/?page_size=2")).json()
    assert "cursor=" in by_cursor["next"]
    assert [c["custom_id"] for c in (await shop.client.get(by_cursor["next"])).json()["results"]] == ["2"]


async def test_a_list_is_narrowed_and_ordered(shop: Shop) -> None:
    await make(shop, custom_id="a", name="Blue Ltd")
    await make(shop, custom_id="b", name="blue sky")
    await make(shop, custom_id="c", name="Red")
    await shop.client.patch("companies-by-id/a/", json={"city": "Rome"})
    since = (await shop.client.get("companies-by-id/a/")).json()["updated_at"]

    async def found(**args: str) -> list[str]:
        answer = await shop.client.get("companies/", params=args)
        assert answer.status_code == 200, answer.text
        return [company["custom_id"] for company in answer.json()["results"]]

    assert await found(name="BLUE") == ["a", "b"]
    assert await found(custom_id="c") == await found(company_id="c") == ["c"]
    assert await found(updated_at__gte=since) == ["a"]
    assert await found(updated_at__lt=since, created_at__gt="1700000000", ordering="-id") == ["c", "b"]
    assert await found(ordering="-updated_at") == ["a", "c", "b"]
    for wrong in ("ordering=name", "colour=red", "updated_at__gte=soon"):
        assert (await shop.client.get(f"companies/?{wrong}")).status_code == 400


async def test_put_is_partial_and_unknown_keys_become_attributes(shop: Shop) -> None:
    company = await make(shop, **ACME)
    answer = await shop.client.put(f"companies/{company['id']}/", json={"city": "Bergen", "user_custom_id": "jane"})
    assert answer.status_code == 200
    assert answer.json() == company | {
        "city": "Bergen", "user_custom_id": "jane", "updated_at": answer.json()["updated_at"],
    }  # fmt: skip
    empty = await shop.v1.request("PUT", f"companies/{company['id']}/")
    assert (empty.status_code, empty.json()["city"]) == (200, "Bergen")
    patched = await shop.client.patch("companies-by-id/acme@shop/", json={"industry": None, "phone_numbers": "+47 3"})
    assert (patched.json()["industry"], patched.json()["phone_numbers"]) == (None, ["+47 3"])


async def test_delete_is_204_and_then_404(shop: Shop) -> None:
    company = await make(shop, custom_id="acme")
    gone = await shop.v1.request("DELETE", f"companies/{company['id']}", json={"any": "body"})
    assert (gone.status_code, gone.content) == (204, b"")
    for path in (f"companies/{company['id']}/", "companies-by-id/acme/"):
        for method in ("GET", "PUT", "DELETE"):
            answer = await shop.v1.request(method, path)
            assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    again = await make(shop, custom_id="acme")
    assert again["id"] != company["id"]


async def test_an_upsert_makes_one_company_of_many_calls(shop: Shop) -> None:
    bodies = [{"custom_id": "acme", "name": "Acme", f"field_{n}": n} for n in range(8)]
    answers = await asyncio.gather(*(shop.client.post("companies/update_or_create/", json=b) for b in bodies))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert sorted(answer.json()["created"] for answer in answers) == [False] * 7 + [True]
    assert len({answer.json()["id"] for answer in answers}) == 1
    company = (await shop.client.get("companies-by-id/acme/")).json()
    assert [company[f"field_{n}"] for n in range(8)] == list(range(8))
    nameless = await shop.client.post("companies/update_or_create/", json={"custom_id": "other"})
    assert nameless.json() == {"errors": {"name": ["This field is required."]}}
    keyless = await shop.v1.post("companies/update_or_create/", json={"name": "Other"})
    assert keyless.json() == {"errors": {"company_id": ["This field is required."]}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"), ({"name": ""}, "name"), ({"name": ["a"]}, "name"), ({"name": "A", "phone_numbers": [{}]},
        "phone_numbers"), ({"name": "A", "approx_employees": -1}, "approx_employees"),
        ({"name": "A", "custom_id": "x" * 256}, "custom_id"), ({"name": "A", "email": 5e300}, "email"),
        ({"name": "A", "custom_id": "a", "company_id": "b"}, "company_id"), ({"name": "A\x00"}, "name"),
        ({"name": "A", "tags": "x"}, "tags"), ({"name": "A", "attributes": 3}, "attributes"),
    ],
)  # fmt: skip
async def test_bad_input_is_a_400_that_names_the_field(shop: Shop, body: dict[str, Any], field: str) -> None:
    answer = await shop.client.post("companies/", json=body)
    assert answer.status_code == 400, answer.text
    assert list(answer.json()["errors"]) == [field]
    assert await shop.fetch("SELECT 1 FROM companies") == []


async def test_a_custom_id_in_use_is_a_400(shop: Shop) -> None:
    await make(shop, custom_id="acme")
    other = await make(shop, custom_id="other")
    for answer in (
        await shop.v1.post("companies/", json={"name": "Second", "company_id": "acme"}),
        await shop.client.put(f"companies/{other['id']}/", json={"custom_id": "acme"}),
    ):
        assert answer.status_code == 400
        [sentence] = [text for texts in answer.json()["errors"].values() for text in texts]
        assert sentence == 'A company with the custom id "acme" exists; update it instead.'


async def test_members_join_and_leave_by_any_name(shop: Shop) -> None:
    company = await make(shop, custom_id="acme")
    jane, joe, ann = [await user(shop, custom_id=name, email=f"{name}@example.com") for name in ("jane", "joe", "ann")]
    base = f"companies/{company['id']}"
    both = {"user_id": jane["id"], "user_custom_id": "jane"}
    joined = await shop.client.post(f"{base}/add_member/", json=both)
    assert (joined.status_code, joined.json()["employees"]) == (200, [jane["id"]])
    await shop.client.post("companies-by-id/acme/add_member/", json={"user_custom_id": "joe"})
    await shop.v1.post(f"{base}/add_member/", json={"user_id": "joe"})
    await shop.client.post(f"{base}/add_member/", json={"user_key": ann["user_key"]})
    found = (await shop.client.get("companies-by-id/acme/")).json()
    assert found["employees"] == [jane["id"], joe["id"], ann["id"]]
    [membership] = (await shop.client.get("users-by-id/joe/")).json()["companies"]
    assert (membership["id"], membership["name"]) == (company["id"], "Acme")

    left = await shop.client.post(f"{base}/remove_member/", json={"user_id": jane["id"]})
    assert (left.status_code, left.json()["employees"]) == (200, [joe["id"], ann["id"]])
    left = await shop.client.request("DELETE", "companies-by-id/acme/remove_member/", json={"user_custom_id": "ann"})
    assert left.json()["employees"] == [joe["id"]]
    again = await shop.client.post(f"{base}/remove_member/", json={"user_id": jane["id"]})
    assert (again.status_code, again.json()["employees"]) == (200, [joe["id"]])


async def test_members_are_listed_in_pages_as_users(shop: Shop) -> None:
    company = await make(shop, custom_id="acme")
    people = [await user(shop, custom_id=str(n), company_custom_id="acme") for n in range(3)]
    seen: list[int] = []
    url = f"companies/{company['id']}/members/?page_size=2"
    while url:
        page = (await shop.client.get(url)).json()
        assert page["count"] == 3
        seen += [member["id"] for member in page["results"]]
        url = page["next"]
    assert seen == [person["id"] for person in people]
    [first, *_] = (await shop.v1.get("companies-by-id/acme/members/")).json()["results"]
    assert (first["user_id"], first["member_since"]) == ("0", first["companies"][0]["member_since"])
    assert (await shop.client.get(f"companies/{company['id'] + 1}/members/")).status_code == 404


async def test_only_a_contact_that_exists_can_join(shop: Shop, other_shop: Shop) -> None:
    company = await make(shop, custom_id="acme")
    stranger = await user(other_shop, custom_id="jane")
    url = f"companies/{company['id']}/add_member/"
    for body in ({"user_id": stranger["id"]}, {"user_custom_id": "jane"}, {"user_key": stranger["user_key"]}):
        answer = await shop.client.post(url, json=body)
        assert (answer.status_code, list(answer.json())) == (404, ["detail"])
    wrongs: list[dict[str, Any]] = [{}, {"user_id": "jane"}, {"user_id": None}, {"user_id": -1}, {"user_custom_id": []}]
    for wrong in wrongs:
        assert (await shop.client.post(url, json=wrong)).status_code == 400
    assert (await shop.fetch("SELECT 1 FROM company_members")) == []


async def test_a_user_joins_by_the_companys_id_or_custom_id(shop: Shop) -> None:
    first, second = await make(shop, custom_id="acme"), await make(shop, custom_id="other", name="Other")
    await user(shop, custom_id="jane", company_id=first["id"])
    jane = (await shop.client.put("users-by-id/jane/", json={"company_custom_id": "other"})).json()
    assert {company["id"] for company in jane["companies"]} == {first["id"], second["id"]}
    unknown = await shop.client.put("users-by-id/jane/", json={"company_custom_id": "nobody"})
    assert (unknown.status_code, list(unknown.json())) == (404, ["detail"])


@pytest.mark.parametrize("base", ["companies/{id}/", "companies-by-id/acme/"])
async def test_tags_are_put_on_and_taken_off(shop: Shop, base: str) -> None:
    company = await make(shop, custom_id="acme", tags=["b2b"])
    base = base.format(id=company["id"])
    added = await shop.v1.post(f"{base}add_tag/", json={"name": "vip"})
    assert added.status_code == 200
    tag_id = added.json()["tag"]["id"]
    assert added.json() == {"created": True, "tag": {"id": tag_id, "name": "vip"}}
    again = await shop.v1.post(f"{base}add_tag/", json={"name": "vip"})
    assert again.json() == {"created": False, "tag": {"id": tag_id, "name": "vip"}}
    assert [tag["name"] for tag in (await shop.client.get(base)).json()["tags"]] == ["b2b", "vip"]
    off = await shop.v1.request("DELETE", f"{base}remove_tag/", json={"name": "b2b"})
    assert (off.status_code, off.json()["tag"]["name"]) == (200, "b2b")
    off = await shop.v1.post(f"{base}remove_tag/", json={"name": "never made"})
    assert (off.status_code, off.json()) == (200, {"tag": {"id": None, "name": "never made"}})
    assert [tag["name"] for tag in (await shop.client.get(base)).json()["tags"]] == ["vip"]
    bodies: list[dict[str, Any]] = [{}, {"name": ""}, {"name": 5}, {"name": "x" * 256}]
    for wrong in bodies:
        answer = await shop.v1.post(f"{base}add_tag/", json=wrong)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["name"])


async def test_tags_put_on_at_the_same_moment_are_all_kept(shop: Shop) -> None:
    await make(shop, custom_id="acme")
    names = [f"tag {n}" for n in range(6)]
    await asyncio.gather(*(shop.client.post("companies-by-id/acme/add_tag/", json={"name": name}) for name in names))
    tags = (await shop.client.get("companies-by-id/acme/")).json()["tags"]
    assert sorted(tag["name"] for tag in tags) == names


@pytest.mark.parametrize("base", ["companies/{id}/", "companies-by-id/acme/"])
async def test_attributes_are_set_one_or_many_and_removed(shop: Shop, base: str) -> None:
    company = await make(shop, custom_id="acme")
    base = base.format(id=company["id"])
    one = await shop.v1.post(f"{base}set_attribute/", json={"attribute": "Plan Name", "value": "gold"})
    assert (one.status_code, one.json()) == (200, {"attribute": "plan_name", "value": "gold"})
    many = await shop.v1.post(f"{base}set_multiple_attributes/", json={"seats": 3, "renewed": True, "city": "Oslo"})
    assert (many.status_code, many.content) == (200, b"")
    found = (await shop.client.get(base)).json()
    assert (found["plan_name"], found["seats"], found["renewed"], found["city"]) == ("gold", 3, True, "Oslo")
    for method in ("POST", "DELETE"):
        removed = await shop.v1.request(method, f"{base}remove_attribute/", json={"attribute": "seats"})
        assert (removed.status_code, removed.json()) == (200, {"attribute": "seats"})
    assert (await shop.client.get(base)).json()["seats"] is None
    assert [a["name_std"] for a in (await shop.v1.get(base)).json()["attributes"]] == ["plan_name", "renewed"]
    refused: list[tuple[dict[str, Any], str]] = [
        ({}, "attribute"), ({"attribute": "a"}, "value"), ({"attribute": 3, "value": 1}, "attribute"),
    ]  # fmt: skip
    for wrong, field in refused:
        answer = await shop.v1.post(f"{base}set_attribute/", json=wrong)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


async def test_a_declared_type_refuses_by_name(shop: Shop) -> None:
    await make(shop, custom_id="acme")
    declared = {"name": "seats", "content_type": "company", "value_type": "integer"}
    assert (await shop.client.post("attributes/", json=declared)).status_code == 201
    for path, body in (
        ("set_attribute/", {"attribute": "seats", "value": "many"}),
        ("set_multiple_attributes/", {"seats": "many", "city": "Oslo"}),
    ):
        answer = await shop.client.post(f"companies-by-id/acme/{path}", json=body)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["seats"])
    assert (await shop.client.get("companies-by-id/acme/")).json()["city"] is None


async def test_what_named_a_deleted_company_stays_without_it(shop: Shop) -> None:
    """At once in every answer; a job then takes the links away and says so in the history."""
    company = await make(shop, custom_id="acme")
    await user(shop, custom_id="jane", company_custom_id="acme")
    order = {"custom_id": "1", "name": "Order", "user_custom_id": "jane", "company_custom_id": "acme"}
    assert (await shop.client.post("deals/", json=order)).json()["company_id"] == company["id"]
    await shop.client.post("deals/", json=order | {"custom_id": "2"})
    assert (await shop.client.delete("companies-by-id/acme/")).status_code == 204

    assert (await shop.client.get("users-by-id/jane/")).json()["companies"] == []
    deal = (await shop.client.get("deals-by-id/1/")).json()
    assert (deal["company_id"], deal["company_custom_id"], deal["user_custom_id"]) == (None, None, "jane")
    edited = (await shop.client.patch("deals-by-id/1/", json={"name": "Order 1"})).json()
    assert edited["company_id"] is None

    [job] = await shop.fetch("SELECT kind, payload::text FROM jobs WHERE kind = 'deals.unlink'")
    assert shop.app.services
    services = shop.app.services
    payload = json.loads(str(job["payload"]))
    await HANDLERS[str(job["kind"])](services.pool, shop.workspace_id, payload, services.clock.now())
    assert await shop.fetch("SELECT 1 FROM deals WHERE company_id IS NOT NULL") == []
    for number in "12":
        history = (await shop.client.get(f"deals-by-id/{number}/history/")).json()["results"]
        last = history[-1]
        assert last["kind"] == "deal.updated"
        assert last["changes"]["company_id"] == [company["id"], None]
    assert len(await shop.fetch("SELECT 1 FROM delayed_jobs WHERE kind = 'deals.unlink'")) == 1
