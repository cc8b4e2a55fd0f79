"""Sets of occurrences: what is stored, what is told of it, and what one refusal leaves of the others."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from dealt.events import Occurred, model
from dealt.kernel.errors import InvalidInput, NotFound, TooLarge
from tests.events.conftest import Shop
from tests.house import NOW


def stored(outcome: Occurred | Exception) -> Occurred:
    assert isinstance(outcome, Occurred), outcome
    return outcome


async def test_of_a_hundred_at_once_one_is_the_first_of_its_name(shop: Shop) -> None:
    done = await asyncio.gather(*(shop.writer.submit(shop.event("viewed", data={"n": n})) for n in range(100)))
    assert sum(one.first for one in done) == 1
    assert len({one.id for one in done}) == 100
    assert (await shop.count("events"), await shop.count("event_definitions")) == (100, 1)
    again = await shop.writer.submit(shop.event("viewed"))
    assert not again.first


async def test_of_two_processes_that_see_a_name_first_one_is_told_so(shop: Shop) -> None:
    other = type(shop.writer)(shop.house.pool, shop.clock, type(shop.house.definitions)(shop.house.definitions._parts))
    works = [shop.event("viewed", data={"n": n}) for n in range(40)]
    writers = [shop.writer, other] * 20
    done = await asyncio.gather(*(writer.submit(work) for writer, work in zip(writers, works, strict=True)))
    await other.close()
    assert sum(one.first for one in done) == 1


async def test_a_declared_name_is_first_told_of_when_it_occurs(shop: Shop) -> None:
    from dealt.events import declare_event

    async with shop.house.transaction() as connection:
        await declare_event(connection, shop.house.workspace_id, "viewed", actor="member:1", now=NOW)
    shop.house.definitions.forget(shop.house.workspace_id)
    first, second = await shop.write(shop.event("viewed"), shop.event("viewed"))
    assert (stored(first).first, stored(second).first) == (True, False)


async def test_a_refused_work_stores_nothing_and_hinders_no_other(shop: Shop) -> None:
    outcomes = await shop.write(
        shop.event("a"),
        shop.event("b", user_id=999),
        shop.event("c", data={"!": 1}),
        shop.product_event(99),
        shop.event("a"),
    )
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds[0] is Occurred and kinds[4] is Occurred
    assert isinstance(outcomes[1], NotFound) and isinstance(outcomes[2], InvalidInput)
    assert isinstance(outcomes[3], NotFound)
    assert [row["name"] for row in await shop.house.fetch("SELECT name FROM event_definitions")] == ["a"]
    assert await shop.count("events") == 2


async def test_data_is_typed_by_its_event(shop: Shop) -> None:
    await shop.write(shop.event("bought", data={"Total": 12.5, "at": "2025-06-24", "gift": True, "note": ""}))
    await shop.write(shop.event("sold", data={"total": "cheap"}))
    rows = await shop.house.fetch("SELECT domain, name_std, value_type FROM attributes WHERE domain LIKE 'event:%'")
    assert {(row["domain"], row["name_std"]): row["value_type"] for row in rows} == {
        ("event:1", "total"): "float", ("event:1", "at"): "date", ("event:1", "gift"): "boolean",
        ("event:2", "total"): "string",
    }  # fmt: skip
    [bought, _] = await shop.house.fetch("SELECT data FROM events ORDER BY id")
    assert json.loads(bought["data"]) == {"total": 12.5, "at": "2025-06-24", "gift": True}


async def test_an_inferred_type_is_widened_and_a_declared_one_refuses(shop: Shop) -> None:
    from dealt.attributes import create_attribute

    await shop.write(shop.event("bought", data={"total": 1}))
    await shop.write(shop.event("bought", data={"total": "cheap"}))
    async with shop.house.transaction() as connection:
        await create_attribute(
            connection, shop.house.workspace_id, domain="event:1", name="pieces", value_type="integer", now=NOW
        )
    shop.house.definitions.forget(shop.house.workspace_id)
    outcomes = await shop.write(shop.event("bought", data={"pieces": "many"}), shop.event("bought", data={"pieces": 2}))
    assert isinstance(outcomes[0], InvalidInput) and list(outcomes[0].fields) == ["pieces"]
    rows = await shop.house.fetch("SELECT data FROM events ORDER BY id")
    assert [json.loads(row["data"]) for row in rows] == [{"total": 1}, {"total": "cheap"}, {"pieces": 2}]


async def test_a_repetition_by_its_own_id_is_told_of_the_first(shop: Shop) -> None:
    first = stored((await shop.write(shop.event("a", id="x-1")))[0])
    again, same, other = map(
        stored, await shop.write(shop.event("a", id="x-1"), shop.event("a", custom_id="x-2"), shop.event("a", id="x-2"))
    )
    assert (again.id, again.repeated, again.first) == (first.id, True, False)
    assert (other.id, other.repeated, same.repeated) == (same.id, True, False)
    assert await shop.count("events") == 2


async def test_a_refused_work_lets_its_own_id_go(shop: Shop) -> None:
    product = await shop.product(custom_id="SKU")
    bad = shop.product_event(product, event_custom_id="x", data={"!": 1})
    [refused] = await shop.write(bad)
    assert isinstance(refused, InvalidInput)
    assert await shop.count("event_custom_ids") == 0
    [done] = await shop.write(shop.product_event(product, event_custom_id="x"))
    assert not stored(done).repeated


async def test_fifty_at_once_with_one_id_are_one_event(shop: Shop) -> None:
    done = await asyncio.gather(*(shop.writer.submit(shop.event("a", id="same")) for _ in range(50)))
    assert len({one.id for one in done}) == 1
    assert sum(not one.repeated for one in done) == 1


async def test_followers_and_freshness_learn_of_every_occurrence(shop: Shop) -> None:
    product = await shop.product(name="Mug")
    await shop.house.fetch("TRUNCATE follows, stale")
    when = (NOW - timedelta(days=3)).isoformat()
    await shop.write(
        shop.event("a", timestamp=when), shop.product_event(product), shop.page_view("https://shop.example/mug?x=1")
    )
    follows = await shop.house.fetch(
        "SELECT f.kind, coalesce(e.id, p.id, v.id) = f.object_id AS found FROM follows AS f "
        "LEFT JOIN events AS e ON f.kind = 'event.created' "
        "AND (e.contact_id, e.happened_at, e.id) = (f.contact_id, f.journal_at, f.journal_id) "
        "LEFT JOIN product_events AS p ON f.kind = 'product_event.created' "
        "AND (p.contact_id, p.happened_at, p.id) = (f.contact_id, f.journal_at, f.journal_id) "
        "LEFT JOIN page_views AS v ON f.kind = 'page_view.created' "
        "AND (v.contact_id, v.happened_at, v.id) = (f.contact_id, f.journal_at, f.journal_id) "
        "WHERE f.contact_id <> 0 ORDER BY f.kind"
    )
    assert follows == [{"kind": kind, "found": True} for kind in sorted(model.FOLLOWED_AS.values())]
    assert await shop.house.fetch("SELECT contact_id, lane, cause FROM stale") == [
        {"contact_id": shop.contact_id, "lane": 0, "cause": 0}
    ]


async def test_page_views_are_counted_with_the_contact(shop: Shop) -> None:
    early, late = NOW - timedelta(days=2), NOW - timedelta(hours=1)
    views = [shop.page_view("https://shop.example/", timestamp=at.isoformat()) for at in (late, early)]
    await shop.write(*views)
    [row] = await shop.house.fetch(
        "SELECT page_views, first_seen, last_seen, version FROM contacts WHERE id = $1", shop.contact_id
    )
    assert row == {"page_views": 2, "first_seen": early, "last_seen": late, "version": 1}


async def test_a_product_event_tells_the_catalogue_what_is_new(shop: Shop) -> None:
    product = await shop.product(custom_id="SKU", name="Mug", price=5)
    data = {"name": "Big mug", "colour": "red", "price": 5, "tags": ["x"], "Custom ID": "other", "image_url": ""}
    await shop.write(
        shop.product_event(product, data={**data, "custom_data": {"size": 2}}), shop.product_event(product, data=data)
    )
    [row] = await shop.house.fetch("SELECT name, custom_id, version, tag_ids, attributes FROM products")
    assert row == {
        "name": "Big mug", "custom_id": "SKU", "version": 2, "tag_ids": [], "attributes": '{"colour": "red"}'
    }  # fmt: skip
    history = [kind for kind, _ in await shop.house.journal("product")]
    assert history == ["product.created", "product.updated"]
    rows = await shop.house.fetch("SELECT custom_data FROM product_events ORDER BY id")
    assert [json.loads(row["custom_data"]) for row in rows] == [{"size": 2}, {}]


async def test_many_at_once_about_one_product_lose_no_value(shop: Shop) -> None:
    product = await shop.product(custom_id="SKU", name="Mug")
    works = [shop.product_event(product, data={f"key_{n}": n}) for n in range(60)]
    await asyncio.gather(*map(shop.writer.submit, works))
    [row] = await shop.house.fetch("SELECT attributes FROM products")
    assert json.loads(row["attributes"]) == {f"key_{n}": n for n in range(60)}


async def test_there_is_a_limit_to_names_and_it_refuses_only_new_ones(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dealt.events.defining.MOST_DEFINITIONS", 2)
    outcomes = await shop.write(*(shop.event(name) for name in ("a", "b", "c", "a")))
    assert [type(outcome) for outcome in outcomes] == [Occurred, Occurred, InvalidInput, Occurred]
    assert not isinstance(outcomes[2], TooLarge)


async def test_another_workspace_knows_nothing_of_a_name(shop: Shop) -> None:
    await shop.write(shop.event("a"))
    [contact] = await shop.house.fetch(
        "INSERT INTO contacts (workspace_id, created_at, updated_at) VALUES ($1, $2, $2) RETURNING id",
        shop.house.stranger.workspace_id, NOW,
    )  # fmt: skip
    work = shop.event("a", user_id=contact["id"])
    assert isinstance((await shop.write(work))[0], NotFound)
    work.actor = shop.house.stranger
    assert stored((await shop.writer.write_many(shop.house.stranger.workspace_id, [work]))[0]).first
