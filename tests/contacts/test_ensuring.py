"""Contacts made in sets, where orders name people who are not here yet."""

from __future__ import annotations

import asyncio

import pytest

from dealt.contacts import ContactPatch, ensure_contacts, find_contacts, parse_contact
from dealt.kernel.db import Connection, in_transaction
from dealt.kernel.journal import Cause, Lane
from tests.contacts.conftest import LATER, NOW, House

pytestmark = pytest.mark.asyncio


async def ensure(house: House, patches: dict[str, ContactPatch]) -> int:
    actor = house.actor.in_bulk(silent=True)

    async def work(connection: Connection) -> int:
        return await ensure_contacts(connection, actor, patches, now=LATER)

    return await in_transaction(house.pool, work)


async def ids(house: House, *custom_ids: str) -> dict[str, int]:
    async with house.pool.acquire() as connection:
        found = await find_contacts(connection, house.workspace_id, custom_ids=custom_ids)
    return {custom_id: contact.id for custom_id, contact in found.by_custom_id.items()}


async def test_a_contact_made_in_a_set_is_as_one_that_was_created_alone(house: House) -> None:
    body = {"name": "Ann Mary Lee", "email": "ann@x.example", "country": "PL"}
    alone = await house.create(custom_id="alone", **body)
    assert await ensure(house, {"in a set": parse_contact(body), "bare": ContactPatch()}) == 2
    made = (await ids(house, "in a set", "bare"))["in a set"]
    apart = ("id", "key", "custom_id", "first_seen", "created_at", "updated_at")
    one, other = await house.row(alone.id), await house.row(made)
    assert {k: v for k, v in one.items() if k not in apart} == {k: v for k, v in other.items() if k not in apart}
    assert (other["custom_id"], other["created_at"], len(other["key"])) == ("in a set", LATER, 12)
    ((kind, changes),), ((same_kind, like),) = await house.history(made), await house.history(alone.id)
    assert (kind, changes.keys()) == (same_kind, like.keys())
    assert changes["first_name"] == [None, "Ann"]
    async with house.pool.acquire() as connection:
        found = await find_contacts(connection, house.workspace_id, keys=[other["key"]])
    assert found.by_key[other["key"]].id == made


async def test_what_follows_stands_in_the_lane_and_with_the_cause_of_the_actor(house: House) -> None:
    await ensure(house, {"a": ContactPatch()})
    row = await house.pool.fetchrow("SELECT lane, cause FROM stale")
    assert (row["lane"], row["cause"]) == (Lane.BULK, Cause.SILENT)
    row = await house.pool.fetchrow("SELECT actor, cause FROM journal WHERE kind = 'contact.created'")
    assert (row["actor"], row["cause"]) == (house.actor.name, Cause.SILENT)


async def test_a_contact_that_exists_stays_as_it_is(house: House) -> None:
    there = await house.create(custom_id="a", email="old@x.example")
    assert await ensure(house, {"a": parse_contact({"email": "new@x.example"})}) == 0
    row = await house.row(there.id)
    assert (row["email"], row["created_at"]) == ("old@x.example", NOW)


async def test_of_many_that_make_the_same_contacts_at_once_one_makes_each(house: House) -> None:
    names = [f"c{n}" for n in range(40)]
    made = await asyncio.gather(
        *(ensure(house, dict.fromkeys(names[start : start + 30], ContactPatch())) for start in (0, 5, 10) for _ in "12")
    )
    assert sum(made) == 40
    assert len(await ids(house, *names)) == 40
    assert await house.pool.fetchval("SELECT count(*) FROM contacts") == 40
