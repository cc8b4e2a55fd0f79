"""What contacts did follows a merge, and goes with an erased person."""

from __future__ import annotations

from dealt.events import OCCURRENCES
from dealt.people import erase_person, merge
from tests.events.conftest import Shop
from tests.house import NOW

ROWS = """
SELECT 'event' AS kind, contact_id, id FROM events UNION ALL SELECT 'product', contact_id, id FROM product_events
UNION ALL SELECT 'page', contact_id, id FROM page_views UNION ALL
SELECT 'custom', contact_id, event_id FROM event_custom_ids ORDER BY kind, id"""


async def everything(shop: Shop, contact_id: int, mark: str) -> None:
    product = await shop.product(name="Mug")
    shop.contact_id = contact_id
    await shop.write(
        shop.event("a", id=mark, data={"n": 1}), shop.product_event(product, data={"custom_data": {"n": 1}}),
        shop.page_view("https://shop.example/"),
    )  # fmt: skip


async def test_a_merge_takes_everything_along(shop: Shop) -> None:
    first, second, third = shop.contact_id, await shop.house.contact(), await shop.house.contact()
    for contact in (first, second, third):
        await everything(shop, contact, f"id-{contact}")
    before = await shop.house.fetch(ROWS)
    whole = await shop.house.fetch("SELECT id, happened_at, data, actor FROM events ORDER BY id")
    async with shop.house.transaction() as connection:
        await merge(connection, OCCURRENCES, shop.house.actor, first, [second, third], now=NOW)
    assert await shop.house.fetch(ROWS) == [row | {"contact_id": first} for row in before]
    assert await shop.house.fetch("SELECT id, happened_at, data, actor FROM events ORDER BY id") == whole
    shop.contact_id = first
    [again] = await shop.write(shop.event("a", id=f"id-{second}"))
    assert not isinstance(again, Exception) and (again.repeated, again.contact_id) == (True, first)


async def test_an_erased_person_leaves_nothing(shop: Shop) -> None:
    first, second = shop.contact_id, await shop.house.contact()
    for contact in (first, second):
        await everything(shop, contact, f"id-{contact}")
    async with shop.house.transaction() as connection:
        report = await erase_person(connection, OCCURRENCES, shop.house.actor, first, now=NOW)
    assert report.deleted == {"events": 1, "product_events": 1, "page_views": 1}
    assert {row["contact_id"] for row in await shop.house.fetch(ROWS)} == {second}
    assert await shop.count("event_definitions") == 1
