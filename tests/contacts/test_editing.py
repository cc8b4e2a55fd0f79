"""Creating, updating and upserting contacts: rows, directories, journal and stale marks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dealt.accounts import Actor
from dealt.contacts import create_contact, parse_contact, update_contact
from dealt.contacts.errors import CompanyNotFound, CustomIdTaken
from dealt.kernel.db import transaction
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.journal import Cause, Lane
from tests.contacts.conftest import LATER, NOW, House


async def test_a_new_contact_is_in_both_directories_with_its_journal_and_mark(house: House) -> None:
    written = await house.create(custom_id="jane", email="jane@example.com", size="XL", tags=["vip"])
    assert written.created and written.defined
    row = await house.row(written.id)
    assert (row["version"], row["created_at"], row["updated_at"], row["placeholder"]) == (1, NOW, NOW, False)
    pool = house.pool
    assert await pool.fetchval("SELECT contact_id FROM contact_custom_ids WHERE custom_id = 'jane'") == written.id
    assert await pool.fetchval("SELECT contact_id FROM contact_keys WHERE key = $1", row["key"]) == written.id
    assert await house.history(written.id) == [
        ("contact.created", {
            "custom_id": [None, "jane"], "email": [None, "jane@example.com"], "key": [None, row["key"]],
            "size": [None, "XL"], "tags": [[], row["tag_ids"]],
        }),
    ]  # fmt: skip
    assert await house.count("stale", written.id) == 1 and await house.count("follows", written.id) == 1


async def test_an_update_journals_each_changed_field_and_raises_the_version(house: House) -> None:
    contact = (await house.create(email="a@b.example", city="Turin", size="XL")).id
    await house.update(contact, city="Rome", email="a@b.example", size=None, score=5)
    row = await house.row(contact)
    assert (row["version"], row["created_at"], row["updated_at"]) == (2, NOW, LATER)
    kind, changes = (await house.history(contact))[-1]
    assert kind == "contact.updated"
    assert changes == {"city": ["Turin", "Rome"], "score": [0, 5], "size": ["XL", None]}


async def test_an_update_that_changes_nothing_writes_nothing(house: House) -> None:
    body: dict[str, Any] = {"custom_id": "jane", "email": "a@b.example", "size": 5, "tags": ["vip"], "gender": 2}
    contact = (await house.create(**body)).id
    before = await house.row(contact)
    marks = await house.count("stale", contact)
    assert not (await house.update(contact, **body)).defined
    assert not (await house.upsert(**body)).created
    assert await house.row(contact) == before
    assert len(await house.history(contact)) == 1 and await house.count("stale", contact) == marks


async def test_the_actor_s_cause_and_lane_reach_journal_and_mark(house: House) -> None:
    importer = Actor(house.workspace_id, "import").in_bulk(silent=True)
    async with transaction(house.pool) as connection:
        snapshot = await house.definitions.for_writing(connection, house.workspace_id)
        written = await create_contact(connection, importer, parse_contact({}), snapshot=snapshot, now=NOW)
    entry = await house.pool.fetchrow("SELECT actor, cause FROM journal WHERE contact_id = $1", written.id)
    mark = await house.pool.fetchrow("SELECT lane, cause FROM stale WHERE contact_id = $1", written.id)
    assert tuple(entry) == ("import", Cause.SILENT) and tuple(mark) == (Lane.BULK, Cause.SILENT)


async def test_what_is_refused_leaves_nothing_behind(house: House) -> None:
    await house.create(custom_id="jane")
    for body, error in (
        ({"custom_id": "jane", "fresh": 1, "tags": ["new"]}, CustomIdTaken),
        ({"custom_id": "joe", "fresh": 1, "company_id": 99}, CompanyNotFound),
        ({"custom_id": "joe", "fresh": 10**19, "tags": ["new"]}, InvalidInput),
        ({"custom_id": "joe", "fresh": 1, "assigned_to": 99}, InvalidInput),
    ):
        with pytest.raises(error):
            await house.create(**body)
    for table, rows in (("contacts", 1), ("contact_custom_ids", 1), ("contact_keys", 1), ("tags", 0)):
        assert await house.pool.fetchval(f"SELECT count(*) FROM {table}") == rows, table
    assert await house.pool.fetchval("SELECT count(*) FROM attributes WHERE domain = 'contact'") == 0


async def test_a_stranger_s_contact_cannot_be_changed(house: House) -> None:
    contact = (await house.create(custom_id="jane")).id
    for body in ({"city": "Turin"}, {"custom_id": "mine"}):
        with pytest.raises(NotFound):
            async with transaction(house.pool) as connection:
                snapshot = await house.definitions.for_writing(connection, house.stranger.workspace_id)
                patch = parse_contact(body)
                await update_contact(connection, house.stranger, contact, patch, snapshot=snapshot, now=LATER)
    assert len(await house.history(contact)) == 1


async def test_a_custom_id_may_be_given_changed_and_taken_away(house: House) -> None:
    contact = (await house.create()).id
    for custom_id in ("a", "b", None, "a"):
        await house.update(contact, custom_id=custom_id)
        assert (await house.row(contact))["custom_id"] == custom_id
        directory = await house.pool.fetch("SELECT custom_id, contact_id FROM contact_custom_ids")
        assert [tuple(row) for row in directory] == ([] if custom_id is None else [(custom_id, contact)])


async def test_upserts_of_many_custom_ids_in_any_order_make_each_once(house: House) -> None:
    names = [f"c{n}" for n in range(5)] * 6
    written = await asyncio.gather(*(house.upsert(custom_id=name, **{f"by_{i}": i}) for i, name in enumerate(names)))
    assert sum(one.created for one in written) == 5
    assert len({one.id for one in written}) == 5
    assert await house.pool.fetchval("SELECT count(*) FROM contacts") == 5


async def test_parallel_writers_of_one_new_attribute_agree_on_its_type(house: House) -> None:
    await asyncio.gather(*(house.create(size=value) for value in (1, "XL", True, 2.5, "2020-01-01") * 3))
    rows = await house.pool.fetch("SELECT value_type FROM attributes WHERE domain = 'contact' AND name_std = 'size'")
    assert [row["value_type"] for row in rows] == ["string"]


async def test_twenty_new_contacts_have_twenty_keys(house: House) -> None:
    contacts = [(await house.create()).id for _ in range(20)]
    keys = {(await house.row(contact))["key"] for contact in contacts}
    assert len(keys) == 20 and all(len(key) == 12 and key.isalnum() and key == key.lower() for key in keys)
