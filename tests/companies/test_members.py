from __future__ import annotations

import asyncio

import pytest

from dealt.accounts import Actor
from dealt.companies import add_member, create_company, delete_company, list_member_ids, list_members, parse_company
from dealt.companies import remove_member as remove
from dealt.kernel.errors import NotFound
from dealt.kernel.paging import PageRequest
from tests.house import LATER, NOW, House


async def make(house: House, name: str = "Acme") -> int:
    written = await house.run(
        lambda connection, snapshot: create_company(
            connection, house.actor, parse_company({"name": name}), snapshot=snapshot, now=NOW
        )
    )
    return written.company.id


async def join(house: House, company_id: int, contact_id: int, actor: Actor | None = None) -> bool:
    async with house.transaction() as connection:
        return await add_member(connection, actor or house.actor, company_id, contact_id, now=LATER)


async def leave(house: House, company_id: int, contact_id: int) -> bool:
    async with house.transaction() as connection:
        return await remove(connection, house.actor, company_id, contact_id, now=LATER)


async def test_a_member_joins_once_and_keeps_the_first_day(house: House) -> None:
    company_id, contact_id = await make(house), await house.contact()
    async with house.transaction() as connection:
        assert await add_member(connection, house.actor, company_id, contact_id, now=NOW)
    assert not await join(house, company_id, contact_id)
    async with house.pool.acquire() as connection:
        page = await list_members(connection, house.workspace_id, company_id, PageRequest())
    assert [dict(row) for row in page.rows] == [{"contact_id": contact_id, "member_since": NOW}]
    assert len(await house.fetch("SELECT 1 FROM stale WHERE contact_id = $1", contact_id)) == 1


async def test_leaving_ends_the_membership_and_is_told_once(house: House) -> None:
    company_id, contact_id = await make(house), await house.contact()
    await join(house, company_id, contact_id)
    assert await leave(house, company_id, contact_id)
    assert not await leave(house, company_id, contact_id)
    assert await list_member_ids(house.pool, house.workspace_id, company_id) == []
    assert (await house.journal("company"))[1:] == [
        ("company.member_added", {"members": [None, contact_id]}),
        ("company.member_removed", {"members": [contact_id, None]}),
    ]
    assert len(await house.fetch("SELECT 1 FROM stale WHERE contact_id = $1", contact_id)) == 2


async def test_a_contact_may_belong_to_several_companies(house: House) -> None:
    first, second, contact_id = await make(house), await make(house, "Other"), await house.contact()
    assert await join(house, first, contact_id)
    assert await join(house, second, contact_id)
    assert await list_member_ids(house.pool, house.workspace_id, second) == [contact_id]


async def test_members_come_in_pages(house: House) -> None:
    company_id = await make(house)
    contacts = [await house.contact() for _ in range(5)]
    for contact_id in contacts:
        await join(house, company_id, contact_id)
    async with house.pool.acquire() as connection:
        first = await list_members(connection, house.workspace_id, company_id, PageRequest(size=3))
        cursor = PageRequest.parse({"page_size": "3", "cursor": str(first.next_cursor())})
        second = await list_members(connection, house.workspace_id, company_id, cursor)
    assert (first.count, first.has_next, second.has_next) == (5, True, False)
    assert [row["contact_id"] for row in [*first.rows, *second.rows]] == contacts


async def test_only_what_exists_in_the_workspace_can_be_joined(house: House) -> None:
    company_id, contact_id = await make(house), await house.contact()
    with pytest.raises(NotFound):
        await join(house, company_id + 1, contact_id)
    with pytest.raises(NotFound, match=f"No contact with the id {contact_id + 1}"):
        await join(house, company_id, contact_id + 1)
    with pytest.raises(NotFound):
        await join(house, company_id, contact_id, house.stranger)
    with pytest.raises(NotFound):
        await leave(house, company_id + 1, contact_id)
    await house.fetch("UPDATE contacts SET placeholder = true")
    with pytest.raises(NotFound):
        await join(house, company_id, contact_id)


async def test_no_membership_outlives_a_company_deleted_at_the_same_moment(house: House) -> None:
    contacts = [await house.contact() for _ in range(8)]
    company_id = await make(house)

    async def delete() -> None:
        async with house.transaction() as connection:
            await delete_company(connection, house.actor, company_id, now=LATER)

    outcomes = await asyncio.gather(
        *(join(house, company_id, contact_id) for contact_id in contacts), delete(), return_exceptions=True
    )
    assert all(outcome in (True, None) or isinstance(outcome, NotFound) for outcome in outcomes)
    assert await house.fetch("SELECT 1 FROM company_members") == []
