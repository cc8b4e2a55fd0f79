"""What stays of a deleted contact, and what does not."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from dealt.contacts import delete_contact
from dealt.contacts.model import BLANK
from dealt.kernel.db import transaction
from dealt.kernel.errors import NotFound
from tests.contacts.conftest import LATER, NOW, House

PERSON = {
    "custom_id": "jane-77", "email": "jane@example.com", "first_name": "Janet", "last_name": "Doering",
    "phone_number": "600100200", "gender": 3, "status": 2, "score": 7, "unsubscribed": True, "notifications": False,
    "country": "Italy", "region": "Piedmont", "city": "Turin", "timezone": "Europe/Rome", "last_ip": "192.0.2.7",
    "browser": "Lynx", "browser_language": "it", "os_type": "BeOS", "resolution": "1x1",
    "facebook_url": "fb.example/j", "linkedin_url": "li.example/j", "twitter_url": "tw.example/j",
    "google_url": "g.example/j", "gravatar_url": "gr.example/j", "assigned_to": 1, "tags": ["vip"], "size": "XL",
}  # fmt: skip


async def delete(house: House, contact_id: int) -> None:
    async with transaction(house.pool) as connection:
        await delete_contact(connection, house.actor, contact_id, now=LATER)


async def test_a_deleted_contact_is_a_placeholder_about_whom_nothing_is_known(house: House) -> None:
    contact = (await house.create(**PERSON)).id
    await house.pool.execute("UPDATE contacts SET page_views = 3, last_seen = $2 WHERE id = $1", contact, NOW)
    before = await house.row(contact)
    assert all(before[column] != value for column, value in BLANK.items() if column != "attributes")
    await delete(house, contact)
    row = await house.row(contact)
    kept = {"id", "workspace_id", "created_at"}
    blank = BLANK | {"key": None, "page_views": 0, "attributes": "{}"}
    blank |= dict.fromkeys(("first_seen", "last_seen", "last_contacted"))
    expected = blank | {name: before[name] for name in kept} | {"placeholder": True, "updated_at": LATER, "version": 2}
    assert row == expected


async def test_the_journal_entry_of_a_deletion_holds_no_personal_data(house: House) -> None:
    contact = (await house.create(**PERSON)).id
    await delete(house, contact)
    assert (await house.history(contact))[-1] == ("contact.deleted", {})
    assert await house.count("stale", contact) == 2


async def test_a_deleted_contact_leaves_every_directory_and_group(house: House) -> None:
    contact = (await house.create(custom_id="jane")).id
    pool, workspace_id = house.pool, house.workspace_id
    await pool.execute("INSERT INTO list_members VALUES ($1, 1, $2, $3)", contact, workspace_id, NOW)
    await pool.execute("INSERT INTO company_members VALUES ($1, 1, $2, $3)", contact, workspace_id, NOW)
    await pool.execute(
        "INSERT INTO contact_derived (contact_id, workspace_id, aggregates, computed_at, definitions_version) "
        "VALUES ($1, $2, $3::jsonb, $4, 1)",
        contact, workspace_id, msgspec.json.encode({"orders": 3}).decode(), NOW,
    )  # fmt: skip
    await delete(house, contact)
    for table in ("contact_custom_ids", "contact_keys", "list_members", "company_members", "contact_derived"):
        assert await house.count(table, contact) == 0, table


async def test_the_orders_of_a_deleted_contact_stay_where_they_are(house: House) -> None:
    contact = (await house.create()).id
    await house.pool.execute(
        "INSERT INTO deals (contact_id, id, workspace_id, name, pipeline_id, stage_id, stage_entered_at, status, "
        "ordered_at, created_at, updated_at) VALUES ($1, 1, $2, 'Order', 1, 1, $3, 1, $3, $3, $3)",
        contact, house.workspace_id, NOW,
    )  # fmt: skip
    await delete(house, contact)
    assert await house.count("deals", contact) == 1


async def test_a_contact_is_deleted_once_and_by_its_own_workspace(house: House) -> None:
    contact = (await house.create(custom_id="jane")).id
    with pytest.raises(NotFound):
        async with transaction(house.pool) as connection:
            await delete_contact(connection, house.stranger, contact, now=LATER)
    results = await asyncio.gather(*(delete(house, contact) for _ in range(5)), return_exceptions=True)
    assert results.count(None) == 1
    assert all(isinstance(result, NotFound) for result in results if result is not None)
    assert [kind for kind, _ in await house.history(contact)] == ["contact.created", "contact.deleted"]


async def test_an_upsert_beside_a_deletion_leaves_a_whole_contact_or_none(house: House) -> None:
    for _ in range(10):
        contact = (await house.upsert(custom_id="jane")).id
        results = await asyncio.gather(
            delete(house, contact), house.upsert(custom_id="jane", score=1), return_exceptions=True
        )
        assert not any(isinstance(result, Exception) for result in results)
        held = await house.pool.fetch("SELECT contact_id FROM contact_custom_ids")
        alive = await house.pool.fetch("SELECT id FROM contacts WHERE NOT placeholder AND custom_id = 'jane'")
        assert [row["contact_id"] for row in held] == [row["id"] for row in alive]
