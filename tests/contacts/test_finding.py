"""Finding contacts by id, custom id and key."""

from __future__ import annotations

import pytest

from dealt.contacts import ContactRef, find_contacts, id_of, strip_contacts
from dealt.kernel.db import transaction
from dealt.kernel.errors import NotFound
from tests.contacts.conftest import LATER, House


async def test_contacts_are_found_in_all_three_ways_at_once(house: House) -> None:
    named, bare = (await house.create(custom_id="jane")).id, (await house.create()).id
    keys = [(await house.row(contact_id))["key"] for contact_id in (named, bare)]
    async with house.pool.acquire() as connection:
        found = await find_contacts(
            connection, house.workspace_id, ids=[named, bare, 99999], custom_ids=["jane", "nobody"], keys=[*keys, "no"]
        )
    jane, nobody = ContactRef(named, "jane"), ContactRef(bare, None)
    assert found.by_id == {named: jane, bare: nobody}
    assert found.by_custom_id == {"jane": jane}
    assert found.by_key == {keys[0]: jane, keys[1]: nobody}


async def test_a_hot_path_without_keys_is_one_statement(house: House) -> None:
    await house.create(custom_id="jane")
    async with house.pool.acquire() as connection:
        statements: list[object] = []
        connection.add_query_logger(statements.append)
        await find_contacts(connection, house.workspace_id, ids=[1, 2], custom_ids=["jane"])
    assert len(statements) == 1


async def test_an_id_that_no_column_could_hold_is_not_found(house: House) -> None:
    async with house.pool.acquire() as connection:
        found = await find_contacts(connection, house.workspace_id, ids=[0, -1, 2**63, 10**30])
    assert found.by_id == {}


async def test_a_placeholder_is_never_found(house: House) -> None:
    contact = (await house.create(custom_id="jane")).id
    async with transaction(house.pool) as connection:
        await strip_contacts(connection, house.workspace_id, [contact], now=LATER)
        found = await find_contacts(connection, house.workspace_id, ids=[contact])
    assert found.by_id == {}


async def test_another_workspace_finds_nothing(house: House) -> None:
    contact = (await house.create(custom_id="jane")).id
    key = (await house.row(contact))["key"]
    async with house.pool.acquire() as connection:
        found = await find_contacts(
            connection, house.stranger.workspace_id, ids=[contact], custom_ids=["jane"], keys=[key]
        )
        assert (found.by_id, found.by_custom_id, found.by_key) == ({}, {}, {})
        with pytest.raises(NotFound):
            await id_of(connection, house.stranger.workspace_id, "jane")
