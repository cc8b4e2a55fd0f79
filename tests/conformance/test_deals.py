"""Deals: every route, key and status that documents and public clients name, in both versions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.publicapi.conftest import Shop

COMMON = [
    "id", "name", "value", "currency", "custom_id", "stage", "pipeline", "assigned_to", "restricted_to", "agent",
    "status", "products", "scope", "created_by", "created_at", "updated_at", "tags", "activities_status",
    "expected_close_date", "loss_reason", "loss_reason_description", "lost_at", "won_at", "participants",
    "user_custom_id", "products_custom_id", "company_custom_id", "order_products",
]  # fmt: skip
ORDER: dict[str, Any] = {
    "name": "Order #12345", "custom_id": "12345", "user_custom_id": "john-doe-01", "value": 249.99, "currency": "USD",
    "order_products": [
        {"product_custom_id": "SKU-001", "value": 99.99, "currency": "USD", "quantity": 1},
        {"product_custom_id": "SKU-002", "value": 150.00, "currency": "USD", "quantity": 1, "colour": "blue"},
    ],
    "products_custom_id": ["SKU-001", "SKU-002"], "stage": 1, "status": 1,
    "order_method": "Online", "order_date": "2025-06-24T12:00:00Z",
}  # fmt: skip


async def john(shop: Shop) -> dict[str, Any]:
    user: dict[str, Any] = (await shop.client.post("users/", json={"custom_id": "john-doe-01"})).json()
    return user


async def order(shop: Shop, **fields: Any) -> dict[str, Any]:
    answer = await shop.client.post("deals/", json={"name": "Order"} | fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_the_order_of_the_documents_is_answered_in_version_2(shop: Shop) -> None:
    """A plug-in's first call is refused for the unknown contact; it makes the contact and repeats."""
    refused = await shop.client.post("deals/", json=ORDER)
    assert (refused.status_code, list(refused.json())) == (404, ["detail"])
    user = await john(shop)
    answer = await shop.client.post("deals/", json=ORDER)
    assert answer.status_code == 201, answer.text
    deal = answer.json()
    assert {*COMMON, "company_id", "user_id", "order_method", "order_date"} <= deal.keys()
    assert not {"person", "company", "attributes", "activities_status_updated_at"} & deal.keys()
    assert (deal["value"], deal["currency"], deal["status"], deal["scope"]) == ("249.99", "USD", 1, 2)
    assert (deal["user_id"], deal["user_custom_id"], deal["company_id"]) == (user["id"], "john-doe-01", None)
    assert (deal["order_method"], deal["order_date"]) == ("Online", "2025-06-24T12:00:00Z")
    assert (deal["activities_status"], deal["loss_reason_description"]) == ("no planned", "")
    assert (deal["tags"], deal["participants"], deal["won_at"], deal["lost_at"]) == ([], [], None, None)
    assert deal["products_custom_id"] == ["SKU-001", "SKU-002"] and len(deal["products"]) == 2
    for line, sent in zip(deal["order_products"], ORDER["order_products"], strict=True):
        assert sent.items() <= line.items()
    for path in (f"deals/{deal['id']}/", "deals-by-id/12345/", f"deals/{deal['id']}"):
        read = await shop.client.get(path)
        assert (read.status_code, read.json()) == (200, deal)
        same = await shop.client.put(path, json=deal)
        assert (same.status_code, same.json()) == (200, deal)


async def test_version_1_has_the_older_words(shop: Shop) -> None:
    user = await john(shop)
    company = (await shop.client.post("companies/", json={"name": "Acme", "custom_id": "acme"})).json()
    body = ORDER | {"company": company["id"], "person": user["id"]}
    deal = (await shop.v1.post("deals/", json={k: v for k, v in body.items() if k != "user_custom_id"})).json()
    assert {*COMMON, "company", "person", "attributes", "activities_status_updated_at"} <= deal.keys()
    assert not {"company_id", "user_id", "order_method"} & deal.keys()
    assert (deal["company"], deal["person"], deal["company_custom_id"]) == (company["id"], user["id"], "acme")
    assert (deal["status"], deal["scope"], deal["activities_status"]) == ("1", "2", "3")
    assert [list(a) for a in deal["attributes"]] == [["id", "name", "name_std", "value", "description"]] * 2
    assert {a["name_std"]: a["value"] for a in deal["attributes"]} == {
        "order_method": "Online", "order_date": "2025-06-24T12:00:00Z",
    }  # fmt: skip
    same = await shop.v1.put("deals-by-id/12345/", json=deal)
    assert (same.status_code, same.json()) == (200, deal)


@pytest.mark.parametrize("spelling", ["products_custom_id", "products_custom_ids", "product_custom_ids"])
async def test_every_spelling_of_the_product_list_is_taken(shop: Shop, spelling: str) -> None:
    assert (await order(shop, **{spelling: ["a", "b"]}))["products_custom_id"] == ["a", "b"]


async def test_a_life_of_an_order_by_every_writing_route(shop: Shop) -> None:
    await john(shop)
    made = await shop.client.post("deals/update_or_create/", json=ORDER)
    assert (made.status_code, made.json()["created"]) == (201, True)
    deal_id = made.json()["id"]
    again = await shop.client.post("deals/update_or_create/", json=ORDER | {"value": 200})
    assert (again.status_code, again.json()["created"], again.json()["id"]) == (200, False, deal_id)
    for method, path, body in (
        ("PATCH", f"deals/{deal_id}/", {"description": "Leave at the door"}),
        ("PUT", f"deals/{deal_id}/", {"status": 2}),
        ("PUT", "deals-by-id/12345/", {"participants": []}),
    ):
        answer = await shop.client.request(method, path, json=body)
        assert answer.status_code == 200, answer.text
    won = (await shop.client.get("deals-by-id/12345/")).json()
    assert (won["description"], won["status"], won["value"]) == ("Leave at the door", 2, "200.00")
    assert won["won_at"] is not None and won["lost_at"] is None
    older = await shop.v1.post("deals-by-id/", json={"name": "Older", "deal_id": "old-1"})
    assert (older.status_code, older.json()["custom_id"]) == (201, "old-1")
    gone = await shop.client.request("DELETE", "deals-by-id/12345/", json={"any": "body"})
    assert (gone.status_code, gone.content) == (204, b"")
    for method in ("GET", "PUT", "DELETE"):
        answer = await shop.client.request(method, f"deals/{deal_id}/", json={})
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


@pytest.mark.parametrize("body", [{"name": "Older"}, {"name": "Older", "deal_id": ""}])
async def test_the_legacy_way_to_create_asks_for_the_clients_id(shop: Shop, body: dict[str, Any]) -> None:
    answer = await shop.v1.post("deals-by-id/", json=body)
    assert (answer.status_code, answer.json()) == (400, {"errors": {"deal_id": ["This field is required."]}})


async def test_no_product_refuses_an_order(shop: Shop) -> None:
    """Not one that nobody knows, and not a line that names none: shipping, a fee, something that was typed in."""
    await john(shop)
    lines = [
        {"product_custom_id": "never-heard-of", "value": 10, "currency": "USD", "quantity": 1},
        {"product_id": 987654, "value": 20, "currency": "USD", "quantity": 1},
        {"name": "Shipping", "value": 4.9, "currency": "USD", "quantity": 1},
        {"product_id": 0, "name": "Gift wrap", "value": "2.10", "currency": "USD", "quantity": 1},
    ]
    made = await shop.client.post("deals/update_or_create/", json=ORDER | {"order_products": lines})
    assert made.status_code == 201, made.text
    assert all(sent.items() <= kept.items() for sent, kept in zip(lines, made.json()["order_products"], strict=True))
    assert made.json()["lines_total"] == "37.00"
    again = await shop.client.post("deals/update_or_create/", json=ORDER | {"order_products": lines[::-1]})
    assert [line["id"] for line in again.json()["order_products"]] == [4, 3, 2, 1]


@pytest.mark.parametrize("status", [0, 1, 2, 3, 4])
async def test_every_status_has_its_moment(shop: Shop, status: int) -> None:
    deal = await order(shop, status=status)
    assert (deal["won_at"] is not None, deal["lost_at"] is not None) == (status == 2, status == 3)
    assert (await shop.v1.get(f"deals/{deal['id']}/")).json()["status"] == str(status)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"), ({"name": ""}, "name"), ({"name": "a", "status": 5}, "status"),
        ({"name": "a", "stage": 99}, "stage"),
        ({"name": "a", "pipeline": 99}, "pipeline"), ({"name": "a", "value": "much"}, "value"),
        ({"name": "a", "currency": "EURO"}, "currency"), ({"name": "a", "assigned_to": 99}, "assigned_to"),
        ({"name": "a", "order_products": {}}, "order_products"),
        ({"name": "a", "order_products": [{"value": 1}]}, "order_products.0.product_id"),
        ({"name": "a", "expected_close_date": "soon"}, "expected_close_date"),
        ({"name": "a", "loss_reason": 99}, "loss_reason"), ({"name": "a", "custom_id": "x" * 256}, "custom_id"),
    ],
)  # fmt: skip
async def test_bad_input_is_a_400_that_names_the_field(shop: Shop, body: dict[str, Any], field: str) -> None:
    answer = await shop.v1.post("deals/", json=body)
    assert answer.status_code == 400, answer.text
    assert [name for name in answer.json()["errors"] if name.startswith(field.rsplit(".", 1)[0])], answer.text
    assert await shop.fetch("SELECT 1 FROM deals") == []


@pytest.mark.parametrize(
    "reference",
    [{"user_id": 999}, {"user_custom_id": "x"}, {"user_key": "x"}, {"company_id": 999}, {"company_custom_id": "x"},
     {"participants": [999]}],
)  # fmt: skip
async def test_what_an_order_names_must_exist(shop: Shop, reference: dict[str, Any]) -> None:
    answer = await shop.client.post("deals/", json={"name": "Order"} | reference)
    assert (answer.status_code, list(answer.json())) == (404, ["detail"])


async def test_lists_by_user_and_company_in_every_spelling(shop: Shop) -> None:
    user = await john(shop)
    company = (await shop.client.post("companies/", json={"name": "Acme", "custom_id": "acme"})).json()
    await order(shop, custom_id="1", user_custom_id="john-doe-01")
    await order(shop, custom_id="2", company_custom_id="acme")
    await order(shop, custom_id="3", user_custom_id="john-doe-01", company_id=company["id"], products_custom_id=["a"])

    async def found(query: str, version: int = 2) -> str:
        answer = await (shop.client if version == 2 else shop.v1).get(f"deals/?ordering=id&{query}")
        assert answer.status_code == 200, answer.text
        assert list(answer.json()) == ["count", "next", "previous", "results"]
        return "".join(deal["custom_id"] for deal in answer.json()["results"])

    key, user_id = user["user_key"], user["id"]
    for query in (f"user_id={user_id}", f"person={user_id}", "user_custom_id=john-doe-01", f"userkey={key}",
                  f"user_key={key}"):  # fmt: skip
        assert await found(query) == "13", query
    assert await found("user_id=john-doe-01", version=1) == "13"
    for query in (f"company_id={company['id']}", f"company={company['id']}", "company_custom_id=acme"):
        assert await found(query) == "23", query
    assert await found("company_custom_id=acme&user_custom_id=john-doe-01") == "3"
    assert await found("company_custom_id=acme&product_custom_id=a&status=1") == "3"
    assert await found("company_custom_id=acme&product_custom_id=a") == "3"
    for query in ("user_custom_id=x", "company_custom_id=x", "company_id=999", "userkey=x", "product_custom_id=x"):
        assert await found(query) == "", query
    for wrong in ("user_id=john-doe-01", "company_id=acme", "colour=red", "status=9"):
        assert (await shop.client.get(f"deals/?{wrong}")).status_code == 400, wrong
    page = (await shop.v1.get("deals/?ordering=id&page_size=2")).json()
    assert (page["count"], len(page["results"])) == (3, 2)
    assert page["next"].startswith(f"{shop.url}deals/?") and "page=2" in page["next"]


@pytest.mark.parametrize("base", ["deals/{id}/", "deals-by-id/1/"])
async def test_tags_and_attributes_change_one_at_a_time(shop: Shop, base: str) -> None:
    deal = await order(shop, custom_id="1", tags=["gift"])
    base = base.format(id=deal["id"])
    added = await shop.v1.post(f"{base}add_tag/", json={"name": "urgent"})
    assert (added.status_code, added.json()["created"]) == (200, True)
    again = await shop.v1.post(f"{base}add_tag/", json={"name": "urgent"})
    assert again.json() == added.json() | {"created": False}
    worn = (await shop.client.get(base)).json()["tags"]
    assert [tag["name"] for tag in worn] == ["gift", "urgent"]
    assert worn[1] == added.json()["tag"]
    off = await shop.v1.request("DELETE", f"{base}remove_tag/", json={"name": "gift"})
    assert (off.status_code, off.json()) == (200, {"tag": worn[0]})
    assert (await shop.v1.post(f"{base}remove_tag/", json={"name": "never"})).status_code == 200
    await shop.v1.post(f"{base}set_attribute/", json={"attribute": "Gift wrap", "value": True})
    await shop.v1.post(f"{base}set_multiple_attributes/", json={"value": 12, "courier": "DHL"})
    await shop.v1.post(f"{base}remove_attribute/", json={"attribute": "gift_wrap"})
    now = (await shop.client.get(base)).json()
    assert ([tag["name"] for tag in now["tags"]], now["gift_wrap"], now["courier"]) == (["urgent"], None, "DHL")
    assert now["value"] == "12.00"
    history = (await shop.client.get(f"{base}history/")).json()["results"]
    assert [list(entry["changes"]) for entry in history[1:3]] == [["tags"], ["tags"]]
    for wrong in ("x" * 256, " "):
        answer = await shop.v1.post(f"{base}add_tag/", json={"name": wrong})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["name"])


async def test_participants_are_further_users(shop: Shop) -> None:
    ids = [(await shop.client.post("users/", json={"email": f"{n}@example.com"})).json()["id"] for n in range(2)]
    deal = await order(shop, custom_id="1", user_id=ids[0], participants=ids)
    assert deal["participants"] == ids
    assert (await shop.v1.patch("deals-by-id/1/", json={"participants": ids[1:]})).json()["participants"] == ids[1:]


async def test_a_token_is_needed_and_told(shop: Shop) -> None:
    for headers in ({"Authorization": "Token wrong"}, {"Authorization": "token 0"}):
        answer = await shop.v1.get("deals/", headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"detail": "Invalid token."})
        assert answer.headers["WWW-Authenticate"] == "Token"
