"""What aggregators and segments say after each turn in the life of an order, told one after the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest_asyncio

from tests.derived.conftest import Running
from tests.derived.shop import Shop, open_shop

MUG: dict[str, Any] = {"product_custom_id": "SKU-1", "name": "Mug", "value": 10, "quantity": 3}
ORDER: dict[str, Any] = {
    "custom_id": "A", "name": "Order", "user_custom_id": "anna", "value": 30, "currency": "EUR",
    "order_products": [MUG], "order_date": "2024-02-01T10:00:00Z",
    "source_updated_at": "2024-02-02T00:00:00Z",
}  # fmt: skip
DEFINITIONS: dict[str, dict[str, Any]] = {
    "orders": {"source": "deals", "function": "count"},
    "spent": {"source": "deals", "function": "sum", "field": "value", "net_of_returns": True},
    "kept": {"source": "order_products", "function": "sum", "field": "quantity", "net_of_returns": True},
    "visits": {
        "source": "events", "function": "count", "filter": {"field": "event", "op": "in_any", "value": ["visited"]},
        "window": {"last": {"days": 30}},
    },
    "viewed": {
        "source": "product_events", "function": "count_distinct", "field": "product_id",
        "filter": {"field": "event_type", "op": "equals", "value": "view"},
    },
}  # fmt: skip
BUYERS = {"field": "spent", "op": "greater_or_equal", "value": 20}


@pytest_asyncio.fixture
async def told(app: Running) -> AsyncIterator[Shop]:
    """Anna and Ben, before anything is ordered."""
    shop = await open_shop(*app)
    for person in ("anna", "ben"):
        await shop.ask("POST", "users/", {"custom_id": person})
    for name, body in DEFINITIONS.items():
        assert await shop.ask("POST", "aggregators/", body | {"name": name})
    assert await shop.ask("POST", "segments/", {"name": "Buyers", "filter": BUYERS})
    await shop.ask("POST", "products/", {"custom_id": "SKU-1", "name": "Mug"})
    yield shop
    await shop.close()


async def _says(shop: Shop, person: str) -> tuple[Any, Any, Any, bool]:
    """Orders, what was spent, what was kept, and whether the person is a buyer: read by whoever asks, at once."""
    user = await shop.ask("GET", f"users-by-id/{person}/")
    segments = await shop.ask("GET", f"users-by-id/{person}/segments/")
    names = [segment["name"] for segment in segments["results"]]
    return user["orders"], user["spent"], user["kept"], "Buyers" in names


async def test_an_order_that_is_refunded_counts_less(told: Shop) -> None:
    assert await _says(told, "anna") == (0, 0, 0, False)
    order = await told.ask("POST", "deals/", ORDER)
    assert await _says(told, "anna") == (1, 30, 3, True)
    await told.ask("PATCH", f"deals/{order['id']}/lines/1/", {"returned_quantity": 2})
    assert await _says(told, "anna") == (1, 10, 1, False)
    await told.ask("PATCH", f"deals/{order['id']}/lines/1/", {"returned_quantity": 0, "refunded_value": 5})
    assert await _says(told, "anna") == (1, 25, 3, True)


async def test_an_order_that_comes_twice_or_late_counts_once_as_it_was_last(told: Shop) -> None:
    for message in (ORDER, ORDER, ORDER | {"value": 99, "source_updated_at": "2024-02-01T00:00:00Z"}):
        await told.ask("POST", "deals/update_or_create/", message)
        assert await _says(told, "anna") == (1, 30, 3, True)
    await told.ask("DELETE", "deals-by-id/A/")
    await told.ask("POST", "deals/update_or_create/", ORDER)
    assert await _says(told, "anna") == (0, 0, 0, False)


async def test_an_order_that_moves_counts_where_it_is(told: Shop) -> None:
    order = await told.ask("POST", "deals/", ORDER)
    await told.ask("PATCH", f"deals/{order['id']}/", {"user_custom_id": "ben"})
    assert (await _says(told, "anna"), await _says(told, "ben")) == ((0, 0, 0, False), (1, 30, 3, True))
    await told.ask("POST", f"deals/{order['id']}/undo/", {})
    assert (await _says(told, "anna"), await _says(told, "ben")) == ((1, 30, 3, True), (0, 0, 0, False))


async def test_orders_go_along_in_a_merge_and_come_back(told: Shop) -> None:
    await told.ask("POST", "deals/", ORDER)
    ids = [(await told.ask("GET", f"users-by-id/{person}/"))["id"] for person in ("anna", "ben")]
    await told.ask("POST", "users/merge/", {"parent": ids[1], "users_list": [ids[0]]})
    assert await _says(told, "ben") == (1, 30, 3, True)
    await told.ask("POST", "deals/", ORDER | {"custom_id": "B", "user_custom_id": "anna"})
    assert await _says(told, "ben") == (2, 60, 6, True)
    await told.ask("POST", f"users/{ids[0]}/unmerge/", {})
    assert (await _says(told, "anna"), await _says(told, "ben")) == ((2, 60, 6, True), (0, 0, 0, False))


async def test_events_and_what_was_done_with_products_are_counted(told: Shop) -> None:
    async def counts() -> tuple[Any, Any]:
        user = await told.ask("GET", "users-by-id/anna/")
        return user["visits"], user["viewed"]

    for day in ("2024-01-30T00:00:00Z", "2024-02-27T00:00:00Z"):
        await told.ask("POST", "events/", {"user_custom_id": "anna", "name": "visited", "timestamp": day})
    await told.ask("POST", "events/", {"user_custom_id": "anna", "name": "asked"})
    for kind in ("view", "view", "purchase"):
        body = {"user_custom_id": "anna", "event_type": kind}
        assert await told.ask("POST", "products-by-id/SKU-1/product_event/", body)
    assert await counts() == (2, 1)
    told.clock.advance(60 * 60)  # 30 January is over by 2024-02-29T00:00Z, in an hour and a half
    assert await counts() == (2, 1)
    told.clock.advance(30 * 60 - 1)
    assert await counts() == (2, 1)
    told.clock.advance(1)
    assert await counts() == (1, 1)


SPENT = {"name": "Spent", "subject": "company", "source": "deals", "function": "sum", "field": "value"}
RECENT = {
    "name": "Recent", "subject": "company", "source": "deals", "function": "count", "window": {"last": {"days": 30}},
}  # fmt: skip
SEEN = {
    "name": "Seen", "subject": "company", "source": "events", "function": "count",
    "filter": {"field": "event", "op": "in_any", "value": ["visited"]},
}  # fmt: skip


async def _company(shop: Shop, custom_id: str) -> tuple[Any, Any, Any]:
    await shop.settle()
    found = await shop.ask("GET", f"companies-by-id/{custom_id}/")
    return found["spent"], found["recent"], found["seen"]


async def _in(shop: Shop, segment: dict[str, Any]) -> list[str]:
    await shop.settle()
    members = (await shop.ask("GET", f"segments/{segment['id']}/members/"))["results"]
    return sorted(member["custom_id"] for member in members)


async def test_companies_roll_up_the_orders_that_name_them_and_the_events_of_their_people(told: Shop) -> None:
    made = [await told.ask("POST", "aggregators/", body) for body in (SPENT, RECENT, SEEN)]
    rich = {"field": "spent", "op": "greater_or_equal", "value": 30}
    firms = await told.ask("POST", "segments/", {"name": "Rich", "subject": "company", "filter": rich})
    people = await told.ask(
        "POST", "segments/", {"name": "Of the rich", "filter": {"relation": "companies", "where": rich}}
    )
    await told.ask("POST", "companies-by-id/f1/add_member/", {"user_custom_id": "anna"})
    await told.ask("POST", "companies-by-id/f2/add_member/", {"user_custom_id": "ben"})
    firm = (await told.ask("GET", "companies-by-id/f1/"))["id"]
    order = await told.ask("POST", "deals/", ORDER | {"company_id": firm, "order_date": "2024-02-01T10:00:00Z"})
    guest = await told.ask("POST", "deals/", {"name": "Guest", "value": 5, "currency": "EUR", "company_id": firm})
    await told.ask("POST", "events/", {"user_custom_id": "anna", "name": "visited"})
    assert (await _company(told, "f1"), await _company(told, "f2")) == ((35, 2, 1), (0, 0, 0))
    assert (await _in(told, firms), await _in(told, people)) == (["f1"], ["anna"])
    # The window closes at its second.
    told.clock.set(datetime(2024, 3, 2, 10, tzinfo=UTC) - timedelta(seconds=1))
    assert (await _company(told, "f1"))[1] == 2
    told.clock.advance(1)
    assert (await _company(told, "f1"))[1] == 1
    # What leaves a company leaves its values: the order, the member, the order's whole contact.
    other = (await told.ask("GET", "companies-by-id/f2/"))["id"]
    await told.ask("PATCH", f"deals/{order['id']}/", {"company_id": other})
    await told.ask("POST", "companies-by-id/f1/remove_member/", {"user_custom_id": "anna"})
    assert (await _company(told, "f1"), await _company(told, "f2")) == ((5, 1, 0), (30, 0, 0))
    assert (await _in(told, firms), await _in(told, people)) == (["f2"], ["ben"])
    await told.ask("DELETE", "users-by-id/anna/")
    await told.ask("DELETE", f"deals/{guest['id']}/")
    assert (await _company(told, "f1"), await _company(told, "f2")) == ((0, 0, 0), (30, 0, 0))
    # How old it is, what is behind it, and that nobody writes it.
    value = await told.ask("GET", f"aggregators/{made[0]['id']}/values/?company_id={other}")
    assert (value["value"], value["rows"], value["lag_seconds"], value["behind"][0]["id"]) == (30, 1, 0, order["id"])
    assert (await told.ask("GET", f"aggregators/{made[0]['id']}/"))["progress"]["state"] == "done"
    previewed = await told.ask("POST", "aggregators/preview/", SPENT | {"company_ids": [firm, other]})
    assert previewed is None, "a preview has no name"
    asked = {key: value for key, value in SPENT.items() if key != "name"} | {"company_ids": [firm, other]}
    assert [one["value"] for one in (await told.ask("POST", "aggregators/preview/", asked))["results"]] == [0, 30]
    assert await told.ask("PATCH", f"companies/{firm}/", {"spent": 1}) is None
    whole = await told.ask("GET", f"companies/{other}/")
    assert (await told.ask("PUT", f"companies/{other}/", whole))["spent"] == 30
    listed = await told.ask("GET", "companies/?spent__gt=10")
    assert [one["custom_id"] for one in listed["results"]] == ["f2"]
    assert await told.audit() == []
    # A company that comes has its values at the next look, and one that goes leaves none, before all are looked at.
    await told.ask("POST", "companies/update_or_create/", {"custom_id": "f9", "name": "Firm"})
    await told.ask("DELETE", "companies-by-id/f3/")
    assert (await _company(told, "f9"))[1:] == (0, 0)
    kept = "SELECT count(*) FROM company_derived WHERE workspace_id = $1"
    assert await told.pool.fetchval(kept, told.workspace_id) == 3
    # With the definition go the attribute and its values.
    assert await told.ask("DELETE", f"aggregators/{made[0]['id']}/") is None, "segments read it"
    for segment in (people, firms):
        await told.ask("DELETE", f"segments/{segment['id']}/")
    assert await told.ask("DELETE", f"aggregators/{made[0]['id']}/") is not None
    await told.settle()
    assert "spent" not in await told.ask("GET", f"companies/{other}/")


async def test_what_others_did_is_asked_of_companies_and_products_alone(told: Shop) -> None:
    for subject, relation in (("contact", "companies"), ("deal", "company"), ("contact", "products")):
        inner = {"relation": "deals", "quantifier": "at_least", "count": 2}
        body = {"name": f"{subject} {relation}", "subject": subject, "filter": {"relation": relation, "where": inner}}
        assert await told.ask("POST", "segments/", body) is None
        assert "filter.where.relation" in told.told[-1]
    inner = {"relation": "contacts", "where": {"relation": "companies"}}
    assert await told.ask("POST", "segments/", {"name": "Firms", "subject": "company", "filter": inner})


async def test_views_that_came_by_the_name_of_a_merged_contact_go_back_with_it(told: Shop) -> None:
    ids = {}
    for person in ("anna", "ben"):
        user = await told.ask("GET", f"users-by-id/{person}/")
        ids[person] = user["id"]
        await told.ask("POST", "site-views/", {"client_user": user["user_key"], "url": "https://shop.example/"})
        ids[f"{person}'s key"] = user["user_key"]
    await told.ask("POST", "users/merge/", {"parent": ids["ben"], "users_list": [ids["anna"]]})
    await told.ask("POST", "site-views/", {"client_user": ids["anna's key"], "url": "https://shop.example/mugs"})
    await told.ask("POST", f"users/{ids['anna']}/unmerge/", {})
    await told.settle()
    assert await told.audit() == []
    counts = [(await told.ask("GET", f"users-by-id/{person}/"))["page_views"] for person in ("anna", "ben")]
    assert counts == [2, 1]
