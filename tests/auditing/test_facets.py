"""A write marks only what definitions look at, and a settling computes only what the write touches: always enough."""

from __future__ import annotations

import asyncio
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dealt.accounts import Actor, trusting
from dealt.deals import DealWork, parse_deal
from dealt.deals.writing import write_set
from dealt.derivation import build_derived
from dealt.freshness import Narrowing, Settling, SettlingRounds
from dealt.freshness.facets import DEALS
from dealt.kernel.db import transaction
from dealt.kernel.journal import ANYTHING
from dealt.segments import Keeper, create_segment
from tests.auditing.auditing import Audited
from tests.publicapi.conftest import Shop

SET, ONE = {"op": "is_set"}, {"quantifier": "at_least", "count": 1}
ORDERED = {"relation": "deals"} | ONE
# What each write to Anna makes her belong to; whoever looks at something else is not computed for its sake.
WRITES: tuple[tuple[str, dict[str, Any], str, dict[str, Any]], ...] = (
    *(
        ("PATCH users-by-id/anna/", {name: value}, f"by {name}", {"field": name, "op": op} | compared)
        for name, value, op, compared in (
            ("first_name", "Anna", "is_set", {}), ("last_name", "Q", "is_set", {}), ("email", None, "is_not_set", {}),
            ("country", "DE", "equals", {"value": "DE"}), ("city", "Bonn", "is_set", {}),
            ("phone_number", "+48600100200", "is_set", {}), ("facebook_url", "https://f.example/", "is_set", {}),
            ("status", 2, "equals", {"value": 2}), ("score", 7, "greater", {"value": 5}),
            ("gender", 2, "equals", {"value": 2}), ("unsubscribed", True, "is_true", {}),
            ("notifications", False, "is_false", {}),
        )
    ),
    ("POST users/update_or_create/", {"custom_id": "anna", "region": "West"}, "upserted", {"field": "region"} | SET),
    ("PATCH users-by-id/anna/", {"size": "large"}, "attribute", {"field": "size"} | SET),
    ("POST users/update_or_create/", {"custom_id": "anna", "colour": "red"}, "another", {"field": "colour"} | SET),
    ("POST users-by-id/anna/add_tag/", {"name": "vip"}, "tagged", {"field": "tags", "op": "in_any", "value": ["vip"]}),
    (
        "POST users-by-id/anna/add_to_list/", {"list": 1}, "listed",
        {"field": "lists", "op": "in_any", "value": ["News"]},
    ),
    ("POST events/", {"user_custom_id": "anna", "name": "asked"}, "events", {"relation": "events"} | ONE),
    (
        "POST products-by-id/mug/product_event/", {"event_type": "view", "user_custom_id": "anna"}, "product events",
        {"relation": "product_events"} | ONE,
    ),
    (
        "POST site-views/", {"user_custom_id": "anna", "url": "https://shop.example/"}, "page views",
        {"relation": "page_views"} | ONE,
    ),
    (
        "POST activities/", {"name": "Call", "user_custom_id": "anna", "due_date": "2030-01-01"}, "tasks",
        {"relation": "tasks"} | ONE,
    ),
    ("POST companies-by-id/acme/add_member/", {"user_custom_id": "anna"}, "firms", {"relation": "companies"} | ONE),
    (
        "PATCH companies-by-id/acme/", {"country": "FR"}, "French firms",
        {"relation": "companies", "where": {"field": "country", "op": "equals", "value": "FR"}} | ONE,
    ),
    (
        "POST deals/", {"custom_id": "o1", "name": "Order", "user_custom_id": "anna",
                        "order_products": [{"product_custom_id": "mug", "value": 3, "quantity": 2}]}, "orders",
        {"relation": "deals"} | ONE,
    ),
    (
        "PATCH products-by-id/mug/", {"category": "plates"}, "plates",
        {"relation": "products", "where": {"field": "category", "op": "equals", "value": "plates"}} | ONE,
    ),
    (
        "PATCH deals-by-id/o1/lines/1/", {"returned_quantity": 1}, "returned",
        {"relation": "order_products", "where": {"field": "returned_quantity", "op": "greater", "value": 0}} | ONE,
    ),
)  # fmt: skip


@pytest.fixture
async def audited(shop: Shop) -> Audited:
    found = Audited(shop)
    await found.post("attributes/", {"content_type": "clientuser", "name": "size", "value_type": "string"})
    await found.post("attributes/", {"content_type": "clientuser", "name": "colour", "value_type": "string"})
    await found.post("tags/", {"name": "vip"})
    await found.post("lists/", {"name": "News"})
    await found.post("products/", {"custom_id": "mug", "name": "Mug"})
    await found.post("companies/", {"custom_id": "acme", "name": "Acme"})
    await found.post("users/", {"custom_id": "anna", "email": "anna@example.com"})
    await found.work()
    return found


async def marks(audited: Audited) -> list[int]:
    """What waits."""
    rows = await audited.shop.fetch("SELECT facets FROM stale WHERE workspace_id = $1", audited.shop.workspace_id)
    return [int(str(row["facets"])) for row in rows]


async def reads(audited: Audited) -> int:
    """What marks contacts now."""
    (row,) = await audited.shop.fetch("SELECT reads FROM workspaces WHERE id = $1", audited.shop.workspace_id)
    return int(str(row["reads"]))


async def narrow(audited: Audited) -> None:
    """As a worker does when it begins, and each hour."""
    assert audited.shop.app.services
    await Narrowing(build_derived())(audited.shop.app.services.pool, audited.shop.app.services.clock.now())


async def settled(audited: Audited) -> None:
    """Whoever is stale is settled; no job is done that would bring a whole walk."""
    assert audited.shop.app.services
    services = audited.shop.app.services
    rounds = SettlingRounds(services.pool, Settling([services.derived]), services.clock, then=asyncio.Event())
    while await rounds.round() == 0:
        pass


async def test_each_write_reaches_whatever_looks_at_it(audited: Audited) -> None:
    for _, _, name, written in WRITES:
        await audited.post("segments/", {"name": name, "filter": written})
    await audited.post("aggregators/", {"name": "orders", "source": "deals", "function": "count"})
    await audited.post("segments/", {"name": "through", "filter": {"field": "orders", "op": "equals", "value": 1}})
    await audited.work()
    assert await reads(audited) > 0, "less than anything"
    for request, body, name, _ in WRITES:
        assert await audited.members(name) == set(), name
        method, path = request.split(" ")
        await audited.post(path, body, method)
        if name in ("French firms", "plates"):
            await audited.work()
        waiting = await marks(audited)
        assert ANYTHING not in waiting
        await settled(audited)
        assert len(await audited.members(name)) == 1, (name, waiting)
    assert len(await audited.members("through")) == 1
    await audited.work()
    await audited.is_right()


async def test_what_no_definition_looks_at_marks_nobody(audited: Audited) -> None:
    await narrow(audited)
    order = {"name": "Order", "user_custom_id": "anna", "value": 3, "currency": "EUR"}
    silent: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("POST", "deals/", order | {"custom_id": "o1"}),
        ("PATCH", "deals-by-id/o1/", {"value": 4}),
        ("POST", "events/", {"user_custom_id": "anna", "name": "asked"}),
        ("POST", "users/update_or_create/", {"custom_id": "anna", "score": 9}),
        ("PATCH", "users-by-id/anna/", {"score": 8}),
    )
    for method, path, body in silent:
        await audited.post(path, body, method)
        assert await marks(audited) == [], path
    # An order without a contact brings an invisible one, a new contact is computed whole, an address is looked at.
    await audited.post("deals/", {"name": "Order", "value": 3, "currency": "EUR"})
    await audited.post("users/", {"custom_id": "ben"})
    await audited.patch("users-by-id/anna/", {"email": "a@example.com"})
    assert sorted(mark == ANYTHING for mark in await marks(audited)) == [False, True, True]
    await audited.work()
    await audited.is_right()


async def test_a_definition_waits_for_writes_that_did_not_know_of_it(audited: Audited) -> None:
    services = audited.shop.app.services
    assert services
    await narrow(audited)
    workspace_id, now = audited.shop.workspace_id, services.clock.now()
    patch = parse_deal({"name": "Order", "user_custom_id": "anna"}, ZoneInfo("UTC"))
    work = DealWork(how="create", actor=Actor(workspace_id, "token:1"), patch=patch)
    async with transaction(services.pool, trusting(workspace_id)) as connection:
        await write_set(connection, services.deals.supplies, workspace_id, [work], now)
        defining = asyncio.create_task(audited.post("segments/", {"name": "Buyers", "filter": ORDERED}))
        await somebody_waits(audited)
        assert not defining.done()
    await defining
    assert (await marks(audited), await reads(audited)) == ([], ANYTHING)
    await audited.work()
    assert len(await audited.members("Buyers")) == 1
    await audited.is_right()


async def test_writes_wait_for_a_definition_that_would_look_at_them(audited: Audited) -> None:
    services = audited.shop.app.services
    assert services
    await narrow(audited)
    keeper = Keeper(services.derived.apart(), audited.shop.workspace_id, services.clock.now())
    async with transaction(services.pool) as connection:
        await create_segment(connection, keeper, name="Buyers", subject="contact", written=ORDERED)
        order = {"name": "Order", "user_custom_id": "anna"}
        ordering = asyncio.create_task(audited.post("deals/", order))
        await somebody_waits(audited)
        assert not ordering.done()
    await ordering
    assert await marks(audited) == [DEALS]
    await audited.work()
    assert len(await audited.members("Buyers")) == 1
    await audited.is_right()


async def somebody_waits(audited: Audited) -> None:
    """For a lock that others hold."""
    waits = (
        "SELECT pid FROM pg_locks JOIN pg_database AS d ON d.oid = database "
        "WHERE d.datname = current_database() AND locktype = 'advisory' AND NOT granted"
    )
    while not await audited.shop.fetch(waits):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_the_auditor_finds_whom_a_write_should_have_marked(audited: Audited) -> None:
    await audited.post("aggregators/", {"name": "orders", "source": "deals", "function": "count"})
    await audited.work()
    # As if somebody had forgotten that the aggregator reads orders.
    await audited.shop.fetch(
        "UPDATE workspaces SET reads = 1, settings_version = settings_version + 1 WHERE id = $1",
        audited.shop.workspace_id,
    )
    await audited.post("deals/", {"name": "Order", "user_custom_id": "anna"})
    assert await marks(audited) == []
    found, drift = await audited.audit()
    told = [(one.unit.name, one.stored, one.recomputed) for one in drift if one.unit.name != "reads"]
    assert told == [("orders", 0, 1)] and len(drift) == 2, "and what marks is told, too"
    assert found.waiting == 0
