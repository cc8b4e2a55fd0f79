"""Writes that run beside merges and un-merges: each lands where its names lead, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections import Counter

from dealt.accounts import Snapshot
from dealt.deals import DealWork, DealWritten, parse_deal, upsert
from dealt.kernel.errors import DealtError
from dealt.lists import add_to_list
from tests.people.conftest import LATER, People

WRITERS, ORDERS = 6, 20


async def test_orders_that_come_while_their_contact_is_merged_all_land_on_the_parent(people: People) -> None:
    parent, *others = [await people.person(custom_id=name) for name in ("a", "b", "c", "d")]
    names = ("b", "c", "d", "a")

    async def write(writer: int) -> None:
        for number in range(ORDERS):
            await people.order(f"{writer}-{number}", user_custom_id=names[(writer + number) % 4], value=1)
            if number % 3 == 0:
                await people.order(f"{writer}-{number}", name="Again", value=2)
            if number % 5 == 0:
                await people.upsert(custom_id=names[(writer + number) % 4], score=number)

    async def join() -> None:
        for other in others:
            await asyncio.sleep(0.05)
            await people.merge(parent, other)

    await asyncio.gather(*(write(writer) for writer in range(WRITERS)), join())
    homes = await people.fetch("SELECT DISTINCT contact_id FROM deals")
    assert [row["contact_id"] for row in homes] == [parent]
    stored = await people.fetch(
        "SELECT d.custom_id FROM deals AS d JOIN deal_ids AS i ON i.contact_id = d.contact_id AND i.deal_id = d.id"
    )
    assert Counter(row["custom_id"] for row in stored) == Counter(
        f"{writer}-{number}" for writer in range(WRITERS) for number in range(ORDERS)
    )
    alive = await people.fetch(
        "SELECT id FROM contacts WHERE NOT placeholder AND workspace_id = $1", people.workspace_id
    )
    assert [row["id"] for row in alive] == [parent]


async def test_merges_and_unmerges_beside_moving_orders_lose_none(people: People) -> None:
    ids = [await people.person(custom_id=name) for name in ("a", "b", "c")]
    orders = [await people.order(f"o{number}", user_id=ids[number % 3], value=number) for number in range(12)]
    list_id = await people.list_of()

    async def move() -> None:
        for number in range(40):
            patch = parse_deal(
                {"user_id": ids[number % 3]}, (await _snapshot(people)).time_zone, user_id_is_custom=False
            )
            await people.write(DealWork(how="update", actor=people.actor, patch=patch, deal_id=orders[number % 12]))

    async def join() -> None:
        for number in range(8):
            parent, other = ids[number % 3], ids[(number + 1) % 3]
            await people.merge(parent, other)
            async with people.transaction() as connection:
                await add_to_list(connection, people.actor, list_id, ids, now=LATER)
            await people.unmerge(other)

    await asyncio.gather(move(), move(), join())
    rows = await people.fetch("SELECT id, value FROM deals ORDER BY id")
    assert [(row["id"], row["value"]) for row in rows] == [(deal, place) for place, deal in enumerate(orders)]
    for deal in orders:
        assert await people.home(deal) in ids
    hidden = "SELECT count(*) FROM list_members AS m JOIN contacts AS c ON c.id = m.contact_id WHERE c.placeholder"
    assert await people.pool.fetchval(hidden) == 0
    assert await people.pool.fetchval("SELECT count(*) FROM merged_rows") == 0


async def test_two_merges_of_the_same_contact_are_one_and_a_refusal(people: People) -> None:
    first, second, other = [await people.person(custom_id=name) for name in ("a", "b", "c")]
    deal = await people.order("o1", user_id=other)
    results = await asyncio.gather(
        people.merge(first, other), people.merge(second, other), people.merge(first, other), return_exceptions=True
    )
    assert all(isinstance(result, DealtError) for result in results if not isinstance(result, list))
    assert await people.home(deal) in (first, second)
    assert await people.pool.fetchval("SELECT count(*) FROM merges") == 1


async def test_contacts_with_thousands_of_deals_are_merged_and_separated_in_sets(people: People) -> None:
    parent, other = await people.person(custom_id="a"), await people.person(custom_id="b")
    zone = (await _snapshot(people)).time_zone
    line = {"product_custom_id": "mug", "quantity": 2, "value": 5}
    bodies = [
        {"custom_id": f"o{n}", "name": "Order", "value": n, "user_id": other, "order_products": [line, line]}
        for n in range(4_500)
    ]
    works = [upsert(parse_deal(body, zone, user_id_is_custom=False), people.actor) for body in bodies]
    written = await people.write(*works)
    assert all(isinstance(outcome, DealWritten) for outcome in written)
    for step, home in ((people.merge(parent, other), parent), (people.unmerge(other), other)):
        await step
        for table, number in (("deals", 4_500), ("deal_lines", 9_000), ("deal_ids", 4_500), ("journal", 9_000)):
            assert await people.count(table, home) >= number, table
    assert await people.pool.fetchval("SELECT count(*) FROM merged_rows") == 0


async def _snapshot(people: People) -> Snapshot:
    async with people.pool.acquire() as connection:
        return await people.definitions.for_reading(connection, people.workspace_id)
