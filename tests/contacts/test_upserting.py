"""Contacts in sets: every work has its own outcome, and many writers of the same people lose nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from dealt.contacts import ContactWork, ContactWriter, WrittenContact, parse_contact, upsert_contacts
from dealt.contacts.upserting import UpsertedContacts
from dealt.kernel.clock import FixedClock
from dealt.kernel.errors import DealtError, InvalidInput
from tests.contacts.conftest import House
from tests.house import LATER, NOW


async def upsert(house: House, *bodies: dict[str, Any], now: datetime = LATER) -> UpsertedContacts:
    works = [ContactWork(house.actor, parse_contact(body)) for body in bodies]
    return await house.run(lambda c, s: upsert_contacts(c, s, works, now))


def written(outcome: WrittenContact | DealtError) -> WrittenContact:
    assert isinstance(outcome, WrittenContact), outcome
    return outcome


async def test_a_set_creates_changes_and_leaves_alone(house: House) -> None:
    known = await house.create(custom_id="known", first_name="Kim", tags=["old"])
    same = await house.create(custom_id="same", email="same@example.com")
    done = await upsert(
        house,
        {"custom_id": "new", "email": "new@example.com", "tags": ["vip"], "points": 5},
        {"custom_id": "known", "last_name": "Known", "tags": ["vip"]},
        {"custom_id": "same", "email": "same@example.com"},
        {"email": "nameless@example.com"},
    )
    new, changed, left, nameless = map(written, done.outcomes)
    assert [one.created for one in (new, changed, left, nameless)] == [True, False, False, True]
    assert (changed.id, left.id) == (known.id, same.id)
    assert done.defined
    assert (await house.row(new.id))["attributes"] == '{"points": 5}'
    assert len((await house.row(new.id))["key"]) == 12
    assert (await house.row(known.id))["first_name"] == "Kim"
    assert len((await house.row(known.id))["tag_ids"]) == 2
    assert [kind for kind, _ in await house.history(known.id)] == ["contact.created", "contact.updated"]
    assert [kind for kind, _ in await house.history(same.id)] == ["contact.created"]
    assert (await house.history(known.id))[1][1].keys() == {"last_name", "tags"}
    assert await house.count("stale", new.id) == 1


async def test_what_one_message_says_holds_for_the_next_about_the_same_person(house: House) -> None:
    done = await upsert(
        house,
        {"custom_id": "a", "first_name": "Ann", "score": 1},
        {"custom_id": "b", "first_name": "Bob"},
        {"custom_id": "a", "score": 2},
    )
    first, _, second = map(written, done.outcomes)
    assert (first.id, first.created, second.created) == (second.id, True, False)
    row = await house.row(first.id)
    assert (row["first_name"], row["score"], row["version"]) == ("Ann", 2, 2)


async def test_a_refused_work_stores_nothing_and_takes_no_other_with_it(house: House) -> None:
    await house.run(lambda c, _: c.execute(
        "INSERT INTO attributes (workspace_id, id, domain, name, name_std, value_type, declared, created_at) "
        "VALUES ($1, 900, 'contact', 'age', 'age', 'integer', true, $2)", house.workspace_id, NOW))  # fmt: skip
    await house.run(lambda c, _: c.execute(
        "UPDATE workspaces SET settings_version = settings_version + 1 WHERE id = $1", house.workspace_id))  # fmt: skip
    done = await upsert(
        house,
        {"custom_id": "fine"},
        {"custom_id": "lonely", "company_id": 999_999},
        {"custom_id": "young", "age": "very"},
        {"custom_id": "led", "assigned_to": 999},
        {"custom_id": "labelled", "tags": ["x" * 300]},
    )
    assert [isinstance(outcome, WrittenContact) for outcome in done.outcomes] == [True, False, False, False, False]
    named = [next(iter(outcome.fields)) for outcome in done.outcomes if isinstance(outcome, InvalidInput)]
    assert named == ["age", "assigned_to", "tags"]
    rows = await house.fetch("SELECT custom_id FROM contact_custom_ids WHERE workspace_id = $1", house.workspace_id)
    assert [row["custom_id"] for row in rows] == ["fine"]


async def test_a_company_is_joined_once(house: House) -> None:
    company_id = await house.pool.fetchval(
        "INSERT INTO companies (workspace_id, name, custom_id, created_at, updated_at) VALUES ($1, 'A', 'a', $2, $2) "
        "RETURNING id",
        house.workspace_id,
        NOW,
    )
    body = {"custom_id": "kim", "company_custom_id": "a"}
    (first,), (second,) = (await upsert(house, body)).outcomes, (await upsert(house, body)).outcomes
    contact_id = written(first).id
    assert written(second).id == contact_id
    assert await house.count("company_members", contact_id) == 1
    history = await house.history(contact_id)
    assert len(history) == 1
    assert history[0][1]["companies"] == [[], [company_id]]


@pytest.mark.parametrize("gather", [True, False])
async def test_many_writers_of_the_same_people_create_each_once_and_lose_nothing(house: House, gather: bool) -> None:
    writers = [ContactWriter(house.pool, FixedClock(LATER), house.definitions, gather=gather) for _ in range(3)]

    async def tell(number: int) -> WrittenContact:
        body = {"custom_id": f"person-{number % 4}", f"fact_{number}": number}
        return await writers[number % 3].submit(ContactWork(house.actor, parse_contact(body)))

    done = await asyncio.gather(*map(tell, range(48)))
    assert sum(one.created for one in done) == 4
    rows = await house.fetch("SELECT id, attributes, version FROM contacts WHERE workspace_id = $1", house.workspace_id)
    assert len(rows) == 4
    assert all(row["attributes"].count("fact_") == 12 for row in rows)
    for row in rows:
        assert [kind for kind, _ in await house.history(row["id"])] == ["contact.created"] + ["contact.updated"] * (
            row["version"] - 1
        )


async def test_a_change_by_somebody_who_holds_no_directory_row_is_not_overwritten(house: House) -> None:
    known = await house.create(custom_id="known")
    async with house.transaction() as connection:
        await connection.execute("UPDATE contacts SET score = 7, version = version + 1 WHERE id = $1", known.id)
        telling = asyncio.create_task(upsert(house, {"custom_id": "known", "first_name": "Kim"}))
        await asyncio.sleep(0.2)
    await telling
    row = await house.row(known.id)
    assert (row["score"], row["first_name"], row["version"]) == (7, "Kim", 3)
    assert len(await house.history(known.id)) == 2
