"""Making, changing and removing lists."""

from __future__ import annotations

import pytest

from dealt.kernel.errors import NotFound
from dealt.kernel.paging import PageRequest
from dealt.lists import add_to_list, create_list, delete_list, page_of_lists, read_list, update_list
from tests.house import NOW, House


async def make(house: House, name: str = "Newsletter", description: str = "") -> int:
    async with house.transaction() as connection:
        made = await create_list(
            connection, house.workspace_id, name=name, description=description, now=NOW, actor="token:1"
        )
    return made.id


async def test_a_list_is_made_changed_and_read(house: House) -> None:
    list_id = await make(house, description="Monthly")
    async with house.transaction() as connection:
        for _ in range(2):
            await update_list(
                connection, house.workspace_id, list_id, name="Letters", description="", now=NOW, actor="token:1"
            )
    found = await read_list(house.pool, house.workspace_id, list_id)
    assert (found.id, found.name, found.description) == (1, "Letters", "")
    assert await house.journal("list") == [
        ("list.created", {"name": [None, "Newsletter"], "description": [None, "Monthly"]}),
        ("list.updated", {"name": ["Newsletter", "Letters"], "description": ["Monthly", ""]}),
    ]


async def test_what_is_not_named_stays(house: House) -> None:
    list_id = await make(house, description="Monthly")
    async with house.transaction() as connection:
        await update_list(connection, house.workspace_id, list_id, name="Letters", now=NOW)
        await update_list(connection, house.workspace_id, list_id, description="Weekly", now=NOW)
    found = await read_list(house.pool, house.workspace_id, list_id)
    assert (found.name, found.description) == ("Letters", "Weekly")


async def test_lists_come_in_pages(house: House) -> None:
    for number in range(3):
        await make(house, f"list {number}")
    page = await page_of_lists(house.pool, house.workspace_id, PageRequest(size=2))
    assert [row["id"] for row in page.rows] == [1, 2]
    assert (page.count, page.has_next) == (3, True)
    last = await page_of_lists(house.pool, house.workspace_id, PageRequest(size=2, number=2))
    assert [row["id"] for row in last.rows] == [3]


async def test_a_deleted_list_lets_its_contacts_go_and_has_them_computed_anew(house: House) -> None:
    list_id = await make(house)
    contacts = [await house.contact() for _ in range(3)]
    async with house.transaction() as connection:
        await add_to_list(connection, house.actor, list_id, contacts, now=NOW)
        await connection.execute("DELETE FROM stale")
        assert await delete_list(connection, house.workspace_id, list_id, now=NOW, actor="token:1") == (3, None)
    assert await house.fetch("SELECT * FROM list_members") == []
    stale = await house.fetch("SELECT contact_id, lane FROM stale ORDER BY contact_id")
    assert stale == [{"contact_id": contact_id, "lane": 1} for contact_id in contacts]
    assert (await house.journal("list"))[-1] == (
        "list.deleted", {"name": ["Newsletter", None], "members": [3, None]},
    )  # fmt: skip


async def test_a_stranger_finds_no_list(house: House) -> None:
    list_id, stranger = await make(house), house.stranger.workspace_id
    async with house.transaction() as connection:
        for work in (
            read_list(connection, stranger, list_id),
            update_list(connection, stranger, list_id, name="theirs", now=NOW),
            delete_list(connection, stranger, list_id, now=NOW),
        ):
            with pytest.raises(NotFound):
                await work
    assert (await page_of_lists(house.pool, stranger, PageRequest())).count == 0
