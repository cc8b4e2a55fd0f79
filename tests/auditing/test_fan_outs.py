"""Whatever changes around contacts reaches what is derived for them: the auditor finds nothing afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dealt.work import HANDLERS
from tests.auditing.auditing import Audited
from tests.publicapi.conftest import Shop

CUPS: dict[str, Any] = {"field": "category", "op": "equals", "value": "cups"}
POLISH: dict[str, Any] = {"field": "country", "op": "equals", "value": "PL"}
DEAR: dict[str, Any] = {"field": "price", "op": "greater", "value": 10}


def of(relation: str, where: dict[str, Any]) -> dict[str, Any]:
    return {"relation": relation, "where": where}


def marked(name: str, kind: str = "tags") -> dict[str, Any]:
    return {"field": kind, "op": "in_any", "value": [name]}


SEGMENTS: list[dict[str, Any]] = [
    {"name": "Cup buyers", "filter": of("products", CUPS)},
    {"name": "Dear buyers", "filter": of("order_products", of("product", DEAR))},
    {"name": "Cup orders", "subject": "deal", "filter": of("products", CUPS)},
    {"name": "Firm people", "filter": of("companies", POLISH)},
    {"name": "Firm orders", "subject": "deal", "filter": of("company", POLISH)},
    {"name": "Not VIP", "filter": {"not": marked("vip")}},
    {"name": "Listed", "filter": marked("letter", "lists")},
    {"name": "Tall", "filter": {"field": "height", "op": "greater", "value": 100}},
    {"name": "Rich", "filter": {"field": "spent", "op": "greater", "value": 100}},
    {"name": "Rich firms", "subject": "company", "filter": of("contacts", {"field": "spent", "op": "greater",
                                                                           "value": 100})},
    {"name": "VIP orders", "subject": "deal", "filter": marked("vip")},
    {"name": "Today", "filter": of("deals", {"field": "ordered_at", "op": "in_current", "value": "day"})},
]  # fmt: skip
AGGREGATORS: list[dict[str, Any]] = [
    {"name": "cups", "source": "order_products", "function": "sum", "field": "quantity", "filter": of("product", CUPS)},
    {"name": "firm_orders", "source": "deals", "function": "count", "filter": of("company", POLISH)},
    {"name": "vip_orders", "source": "deals", "function": "count", "filter": marked("vip")},
    {"name": "longest", "source": "deals", "function": "max", "field": "length"},
]


@pytest.fixture
async def audited(shop: Shop) -> Audited:
    found = Audited(shop)
    await found.post("tags/", {"name": "vip"})
    await found.post("lists/", {"name": "letter"})
    await found.post("attributes/", {"name": "height", "value_type": "float", "content_type": "clientuser"})
    await found.post("attributes/", {"name": "length", "value_type": "float", "content_type": "deal"})
    await found.fill()
    await found.patch("users-by-id/anna/", {"height": 180})
    await found.patch("deals-by-id/o1/", {"length": 7})
    for body in AGGREGATORS:
        await found.post("aggregators/", body)
    for body in SEGMENTS:
        await found.post("segments/", body)
    await found.work()
    return found


async def one(audited: Audited, custom_id: str, kind: str = "users") -> int:
    """The number of an object."""
    return int((await audited.shop.client.get(f"{kind}-by-id/{custom_id}/")).json()["id"])


async def test_products(audited: Audited) -> None:
    anna, order = await one(audited, "anna"), await one(audited, "o1", "deals")
    assert await audited.members("Cup buyers") == {anna} and await audited.members("Cup orders") == {order}
    assert (await audited.values("anna"))["cups"] == 2
    await audited.patch("products-by-id/mug/", {"category": "plates", "price": 20})
    await audited.work()
    await audited.is_right()
    assert await audited.members("Cup buyers") == set() == await audited.members("Cup orders")
    assert await audited.members("Dear buyers") == {anna}
    assert (await audited.values("anna"))["cups"] == 0
    await audited.bulk("products/bulk/", [{"custom_id": "mug", "category": "cups", "price": 2}])
    await audited.work()
    await audited.is_right()
    assert await audited.members("Cup buyers") == {anna} and await audited.members("Dear buyers") == set()
    # An order that tells more of the product changes it, too.
    line = {"product_custom_id": "mug", "value": 3, "category": "bowls"}
    await audited.post("deals/", {"name": "Order", "user_custom_id": "ben", "order_products": [line]})
    await audited.work()
    await audited.is_right()
    await audited.post("products-by-id/mug/", {}, "DELETE")
    await audited.work()
    await audited.is_right()
    assert await audited.members("Cup buyers") == set()
    # A product that is known late is found by orders that named it before.
    await audited.post("products/", {"custom_id": "mug", "name": "Mug", "category": "cups"})
    await audited.work()
    await audited.is_right()
    assert anna in await audited.members("Cup buyers")


async def test_a_field_of_a_product_that_nobody_reads_computes_nothing(audited: Audited) -> None:
    assert audited.shop.app.services
    services = audited.shop.app.services

    async def marked_after(body: dict[str, Any]) -> int:
        await audited.patch("products-by-id/mug/", body)
        (job,) = await audited.shop.fetch("DELETE FROM jobs RETURNING kind, payload::text AS payload")
        payload = json.loads(str(job["payload"]))
        await HANDLERS[str(job["kind"])](
            services.pool, audited.shop.workspace_id, payload, services.clock.now()
        )  # fmt: skip
        return len(await audited.shop.fetch("DELETE FROM stale RETURNING lane"))

    assert [await marked_after(body) for body in ({"description": "Blue"}, {"category": "plates"})] == [0, 1]


async def test_companies(audited: Audited) -> None:
    anna, order = await one(audited, "anna"), await one(audited, "o1", "deals")
    assert await audited.members("Firm people") == {anna} and await audited.members("Firm orders") == {order}
    # An order of somebody who is no member reads the company all the same.
    await audited.post("deals/", {"custom_id": "o3", "name": "Order", "user_custom_id": "ben",
                                  "company_custom_id": "acme"})  # fmt: skip
    await audited.work()
    assert (await audited.values("ben"))["firm_orders"] == 1
    await audited.patch("companies-by-id/acme/", {"country": "DE"})
    await audited.work()
    await audited.is_right()
    assert await audited.members("Firm people") == set() == await audited.members("Firm orders")
    assert (await audited.values("ben"))["firm_orders"] == 0
    await audited.post("companies/update_or_create/", {"custom_id": "acme", "name": "Acme", "country": "PL"})
    await audited.work()
    assert (await audited.values("ben"))["firm_orders"] == 1
    await audited.post("companies-by-id/acme/remove_member/", {"user_custom_id": "anna"})
    await audited.work()
    await audited.is_right()
    await audited.post("companies-by-id/acme/", {}, "DELETE")
    await audited.work()
    await audited.is_right()


async def test_tags_and_lists(audited: Audited) -> None:
    ben, order = await one(audited, "ben"), await one(audited, "o1", "deals")
    await audited.post("users-by-id/anna/add_tag/", {"name": "vip"})
    await audited.post("deals-by-id/o1/add_tag/", {"name": "vip"})
    (letter,) = (await audited.shop.client.get("lists/")).json()["results"]
    await audited.post("users-by-id/ben/add_to_list/", {"list": letter["id"]})
    await audited.work()
    await audited.is_right()
    (tag,) = (await audited.shop.client.get("tags/")).json()["results"]
    await audited.patch(f"tags/{tag['id']}/", {"name": "gold"})
    await audited.patch(f"lists/{letter['id']}/", {"name": "news"})
    await audited.work()
    await audited.is_right()
    assert await audited.members("Not VIP") == {ben} == await audited.members("Listed")
    assert (await audited.members("VIP orders"), (await audited.values("anna"))["vip_orders"]) == ({order}, 1)
    await audited.post(f"tags/{tag['id']}/", {}, "DELETE")
    await audited.post(f"lists/{letter['id']}/", {}, "DELETE")
    await audited.work()
    await audited.is_right()
    assert "vip_orders" not in await audited.values("anna")
    for name, sentence in (("Not VIP", "tag"), ("Listed", "list"), ("VIP orders", "tag")):
        assert await audited.members(name) == set()
        listed = (await audited.shop.client.get("segments/", params={"page_size": 100})).json()["results"]
        (segment,) = [found for found in listed if found["name"] == name]
        assert segment["error"], (name, sentence)


async def test_attributes(audited: Audited) -> None:
    anna = await one(audited, "anna")
    assert await audited.members("Tall") == {anna} and (await audited.values("anna"))["longest"] == 7
    for found in (await audited.shop.client.get("attributes/", params={"page_size": 100})).json()["results"]:
        if found["name"] in ("height", "length"):
            await audited.post(f"attributes/{found['id']}/", {}, "DELETE")
    await audited.work()
    await audited.is_right()
    assert await audited.members("Tall") == set() and "longest" not in await audited.values("anna")
    await audited.post("attributes/", {"name": "height", "value_type": "string", "content_type": "clientuser"})
    await audited.post("attributes/", {"name": "length", "value_type": "integer", "content_type": "deal"})
    await audited.work()
    await audited.is_right()
    assert await audited.members("Tall") == set() and (await audited.values("anna"))["longest"] == 7


async def test_money_and_time(audited: Audited) -> None:
    assert (await audited.values("anna"))["spent"] == 122
    await audited.post("deals/", {"name": "Order", "user_custom_id": "anna", "value": 100, "currency": "CHF"})
    await audited.work()
    assert (await audited.values("anna"))["spent#unconverted"] == 1
    await audited.post("exchange-rates/", {"currency": "CHF", "valid_from": "2020-01-01", "rate": 2})
    await audited.work()
    await audited.is_right()
    assert (await audited.values("anna"))["spent"] == 322
    await audited.patch("workspace/", {"base_currency": "USD"})
    await audited.work()
    await audited.is_right()
    await audited.patch("workspace/", {"time_zone": "Pacific/Auckland"})
    await audited.work()
    await audited.is_right()


async def test_pipelines(audited: Audited) -> None:
    for body in (
        {"name": "Second", "subject": "deal", "filter": {"field": "stage", "op": "equals", "value": 2}},
        {"name": "Placed", "filter": of("order_products", {"field": "deal_stage", "op": "equals", "value": 1})},
    ):
        await audited.post("segments/", body)
    await audited.work()
    stages = (await audited.shop.client.get("stages/")).json()["results"]
    await audited.patch(f"stages/{stages[0]['id']}/", {"name": "Placed now", "position": 2})
    await audited.patch("pipelines/1/", {"name": "Shop"})
    await audited.patch("deals-by-id/o1/", {"stage": 2})
    await audited.work()
    await audited.is_right()
    assert await audited.members("Second") == {await one(audited, "o1", "deals")}
    await audited.patch("deals-by-id/o1/", {"paid_on": "2021-02-03"})
    await audited.patch("pipelines/1/", {"date_attribute": "paid_on"})
    await audited.work()
    await audited.is_right()
    assert (await audited.values("anna"))["recent"] == 1


async def test_orders_and_people_that_move(audited: Audited) -> None:
    anna, ben, order = await one(audited, "anna"), await one(audited, "ben"), await one(audited, "o1", "deals")
    listed = (await audited.shop.client.get("segments/", params={"page_size": 100})).json()["results"]
    (big,) = [found["id"] for found in listed if found["name"] == "Big"]
    (buyers,) = [found["id"] for found in listed if found["name"] == "Buyers"]
    await audited.post(f"segments/{big}/snapshot/", {"name": "Big then"})
    await audited.post(f"segments/{buyers}/snapshot/", {"name": "Buyers then"})
    guest = await one(audited, "guest", "deals")
    assert await audited.members("Big then") == {order, guest}
    await audited.patch("deals-by-id/o1/", {"user_custom_id": "ben"})
    await audited.work()
    await audited.is_right()
    assert await audited.members("Rich") == {ben} and await audited.members("Big then") == {order, guest}
    await audited.post("users/merge/", {"parent": anna, "users_list": [ben]})
    await audited.work()
    await audited.is_right()
    assert await audited.members("Rich") == {anna} and await audited.members("Big then") == {order, guest}
    await audited.post(f"users/{anna}/unmerge/", {"users_list": [ben]})
    await audited.work()
    await audited.is_right()
    assert await audited.members("Rich") == {ben} and await audited.members("Big then") == {order, guest}
    assert await audited.members("Buyers then") == {anna}
    orders = [{"custom_id": f"b{n}", "name": "Order", "user_custom_id": "anna", "value": 1000} for n in range(3)]
    await audited.bulk("deals/bulk/", orders)
    await audited.work()
    await audited.is_right()
    assert (await audited.values("anna"))["orders"] == 4
    await audited.post("deals-by-id/o1/", {}, "DELETE")
    await audited.post("users-by-id/anna/", {}, "DELETE")
    await audited.work()
    await audited.is_right()
    assert await audited.members("Big then") == {guest} and await audited.members("Rich") == set()
