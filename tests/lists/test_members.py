"""Contacts on lists."""

from __future__ import annotations

import asyncio

import pytest

from dealt.accounts import Actor
from dealt.kernel.errors import NotFound
from dealt.kernel.journal import Cause
from dealt.kernel.paging import PageRequest
from dealt.lists import add_to_list, create_list, lists_of, page_of_members, remove_from_list
from tests.house import NOW, House


async def make(house: House, name: str = "Newsletter") -> int:
    async with house.transaction() as connection:
        return (await create_list(connection, house.workspace_id, name=name, now=NOW)).id


async def add(house: House, list_id: int, *contacts: int, actor: Actor | None = None) -> list[int]:
    async with house.transaction() as connection:
        return await add_to_list(connection, actor or house.actor, list_id, contacts, now=NOW)


async def test_contacts_join_once_and_leave_once(house: House) -> None:
    list_id = await make(house)
    first, second = await house.contact(), await house.contact()
    assert await add(house, list_id, second, first, first) == [first, second]
    assert await add(house, list_id, first, second) == []
    async with house.transaction() as connection:
        assert await remove_from_list(connection, house.actor, list_id, [first, 999], now=NOW) == [first]
        assert await remove_from_list(connection, house.actor, list_id, [first], now=NOW) == []
    assert await house.journal("list") == [
        ("list.joined", {"list": [None, list_id]}),
        ("list.joined", {"list": [None, list_id]}),
        ("list.left", {"list": [list_id, None]}),
    ]


async def test_joining_is_journalled_with_the_contact_and_its_cause(house: House) -> None:
    list_id, contact_id = await make(house), await house.contact()
    await add(house, list_id, contact_id, actor=house.actor.in_bulk(silent=True))
    [entry] = await house.fetch("SELECT contact_id, cause FROM journal WHERE kind = 'list.joined'")
    assert entry == {"contact_id": contact_id, "cause": Cause.SILENT}
    [mark] = await house.fetch("SELECT contact_id, lane, cause FROM stale")
    assert mark == {"contact_id": contact_id, "lane": 1, "cause": Cause.SILENT}


async def test_strangers_placeholders_and_nobody_are_passed_over(house: House) -> None:
    list_id, ours = await make(house), await house.contact()
    rows = await house.fetch(
        "INSERT INTO contacts (workspace_id, placeholder, created_at, updated_at) "
        "VALUES ($1, true, $3, $3), ($2, false, $3, $3) RETURNING id",
        house.workspace_id, house.stranger.workspace_id, NOW,
    )  # fmt: skip
    assert await add(house, list_id, ours, *(row["id"] for row in rows), 0, -1, 2**62) == [ours]


async def test_members_come_in_pages_by_contact(house: House) -> None:
    list_id, other = await make(house), await make(house, "Other")
    contacts = [await house.contact() for _ in range(5)]
    await add(house, list_id, *contacts)
    await add(house, other, contacts[0])
    page = await page_of_members(house.pool, house.workspace_id, list_id, PageRequest(size=3))
    assert [row["contact_id"] for row in page.rows] == contacts[:3]
    cursor = PageRequest.parse({"cursor": page.next_cursor() or ""}).cursor
    rest = await page_of_members(house.pool, house.workspace_id, list_id, PageRequest(size=3, cursor=cursor))
    assert [row["contact_id"] for row in rest.rows] == contacts[3:]


async def test_the_lists_of_contacts_are_found_for_all_of_them_at_once(house: House) -> None:
    first, second = await make(house), await make(house, "VIP")
    both, one, none = await house.contact(), await house.contact(), await house.contact()
    await add(house, first, both, one)
    await add(house, second, both)
    newsletter = {"id": first, "name": "Newsletter", "description": ""}
    vip = {"id": second, "name": "VIP", "description": ""}
    assert await lists_of(house.pool, house.workspace_id, [both, one, none]) == {
        both: [newsletter, vip], one: [newsletter],
    }  # fmt: skip
    assert await lists_of(house.pool, house.stranger.workspace_id, [both]) == {}


async def test_a_contact_that_is_added_by_many_at_once_joins_once(house: House) -> None:
    list_id, contact_id = await make(house), await house.contact()
    outcomes = await asyncio.gather(*(add(house, list_id, contact_id) for _ in range(8)))
    assert sorted(outcomes) == [[]] * 7 + [[contact_id]]
    assert len(await house.journal("list")) == 1


async def test_a_stranger_cannot_reach_a_list(house: House) -> None:
    list_id, contact_id = await make(house), await house.contact()
    with pytest.raises(NotFound):
        await add(house, list_id, contact_id, actor=house.stranger)
    async with house.transaction() as connection:
        with pytest.raises(NotFound):
            await remove_from_list(connection, house.stranger, list_id, [contact_id], now=NOW)
    with pytest.raises(NotFound):
        await page_of_members(house.pool, house.stranger.workspace_id, list_id, PageRequest())
