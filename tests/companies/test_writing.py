from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dealt.accounts import Actor
from dealt.companies import (
    Company,
    WrittenCompany,
    add_member,
    create_company,
    delete_company,
    parse_company,
    read_company,
    update_company,
    upsert_company,
)
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.journal import Cause, Lane
from tests.house import LATER, NOW, House

ACME: dict[str, Any] = {
    "custom_id": "acme",
    "name": "Acme",
    "email": "info@acme.example",
    "phone_numbers": ["+48 1", "+48 2"],
    "approx_employees": "120",
    "postal_code": 12345,
    "industry": "Tools",
    "tags": ["b2b"],
}


async def create(house: House, actor: Actor | None = None, **body: Any) -> Company:
    by = actor or house.actor
    written = await house.run(
        lambda connection, snapshot: create_company(connection, by, parse_company(body), snapshot=snapshot, now=NOW),
        actor=by,
    )
    assert written.created
    return written.company


async def update(house: House, company_id: int, actor: Actor | None = None, **body: Any) -> Company:
    by = actor or house.actor
    written = await house.run(
        lambda connection, snapshot: update_company(
            connection, by, company_id, parse_company(body), snapshot=snapshot, now=LATER
        ),
        actor=by,
    )
    assert not written.created
    return written.company


async def upsert(house: House, **body: Any) -> WrittenCompany:
    return await house.run(
        lambda connection, snapshot: upsert_company(
            connection, house.actor, parse_company(body), snapshot=snapshot, now=LATER
        )
    )


async def delete(house: House, company_id: int, actor: Actor | None = None) -> None:
    async with house.transaction() as connection:
        await delete_company(connection, actor or house.actor, company_id, now=LATER)


async def stale(house: House) -> list[dict[str, Any]]:
    """The marks made so far, which are then gone."""
    return await house.fetch("DELETE FROM stale RETURNING contact_id, lane, cause, hop")


async def joined(house: House, company_id: int) -> int:
    """The id of a contact that belongs to the company."""
    contact_id = await house.contact()

    async def join(connection: Connection, _: Any) -> None:
        assert await add_member(connection, house.actor, company_id, contact_id, now=NOW)

    await house.run(join)
    return contact_id


async def test_a_company_is_stored_with_typed_attributes_and_tags(house: House) -> None:
    company = await create(house, **ACME)
    async with house.pool.acquire() as connection:
        assert await read_company(connection, house.workspace_id, company.id) == company
    assert (company.name, company.approx_employees, company.postal_code) == ("Acme", 120, "12345")
    assert (company.phone_numbers, company.attributes) == (["+48 1", "+48 2"], {"industry": "Tools"})
    assert (company.version, company.created_at) == (1, NOW)
    kind, changes = (await house.journal("company"))[0]
    assert kind == "company.created"
    assert changes["industry"] == [None, "Tools"]
    assert changes["tags"] == [None, company.tag_ids]
    row = (await house.fetch("SELECT contact_id, object_id FROM journal WHERE object_type = 'company'"))[0]
    assert row == {"contact_id": 0, "object_id": company.id}


async def test_a_change_is_journalled_field_by_field_and_raises_the_version(house: House) -> None:
    company = await create(house, **ACME)
    changed = await update(house, company.id, city="Kraków", industry=None, phone_numbers="+48 3")
    assert (changed.version, changed.updated_at, changed.phone_numbers) == (2, LATER, ["+48 3"])
    assert (await house.journal("company"))[1:] == [
        ("company.updated", {
            "city": [None, "Kraków"], "industry": ["Tools", None], "phone_numbers": [["+48 1", "+48 2"], ["+48 3"]],
        }),
    ]  # fmt: skip


@pytest.mark.parametrize("body", [{}, ACME, {"approx_employees": 120}, {"description": None, "unknown": ""}])
async def test_a_change_that_changes_nothing_writes_and_marks_nothing(house: House, body: dict[str, Any]) -> None:
    company = await create(house, **ACME)
    await joined(house, company.id)
    await stale(house)
    assert await update(house, company.id, **body) == company
    assert await stale(house) == []
    assert [kind for kind, _ in await house.journal("company")] == ["company.created", "company.member_added"]


async def test_members_follow_a_change_of_their_company_with_its_cause(house: House) -> None:
    company = await create(house, **ACME)
    members = {await joined(house, company.id), await joined(house, company.id)}
    await stale(house)
    await update(house, company.id, house.actor.in_bulk(silent=True), city="Rome")
    marks = await stale(house)
    assert {mark["contact_id"] for mark in marks} == members
    assert {(mark["lane"], mark["cause"], mark["hop"]) for mark in marks} == {(Lane.BULK, Cause.SILENT, 0)}


async def test_deleting_a_company_ends_its_memberships_and_keeps_its_members(house: House) -> None:
    company = await create(house, **ACME)
    contact_id = await joined(house, company.id)
    await stale(house)
    await delete(house, company.id)
    assert [mark["contact_id"] for mark in await stale(house)] == [contact_id]
    assert await house.fetch("SELECT 1 FROM company_members") == []
    assert len(await house.fetch("SELECT 1 FROM contacts")) == 1
    kind, changes = (await house.journal("company"))[-1]
    assert (kind, changes["name"]) == ("company.deleted", ["Acme", None])
    with pytest.raises(NotFound):
        await delete(house, company.id)


async def test_a_custom_id_belongs_to_one_company(house: House) -> None:
    await create(house, **ACME)
    other = await create(house, custom_id="other", name="Other")
    with pytest.raises(InvalidInput, match='A company with the custom id "acme" exists'):
        await create(house, custom_id="acme", name="Second", colour="red")
    with pytest.raises(InvalidInput, match='A company with the custom id "acme" exists'):
        await update(house, other.id, custom_id="acme")
    assert await house.fetch("SELECT 1 FROM attributes WHERE name = 'colour'") == []
    assert (await create(house, house.stranger, custom_id="acme", name="Theirs")).id != other.id
    assert (await update(house, other.id, custom_id=None)).custom_id is None


async def test_an_upsert_makes_a_company_and_then_changes_it(house: House) -> None:
    made = await upsert(house, **ACME)
    assert made.created
    changed = await upsert(house, custom_id="acme", city="Rome")
    assert (changed.created, changed.company.id, changed.company.name) == (False, made.company.id, "Acme")
    assert changed.company.city == "Rome"


async def test_twenty_upserts_at_once_make_one_company_with_every_field(house: House) -> None:
    bodies: list[dict[str, Any]] = [{"custom_id": "acme", "name": "Acme", f"field{n}": n} for n in range(20)]
    written = await asyncio.gather(*(upsert(house, **body) for body in bodies))
    assert sum(done.created for done in written) == 1
    assert len(await house.fetch("SELECT 1 FROM companies")) == 1
    async with house.pool.acquire() as connection:
        company = await read_company(connection, house.workspace_id, written[0].company.id)
    assert company.attributes == {f"field{n}": n for n in range(20)}
    assert company.version == 20


async def test_upserts_and_deletes_at_once_end_in_one_order_or_another(house: House) -> None:
    async def remove() -> None:
        for row in await house.fetch("SELECT id FROM companies"):
            await delete(house, row["id"])

    for number in range(5):
        await upsert(house, custom_id="acme", name="Acme")
        outcomes = await asyncio.gather(
            upsert(house, custom_id="acme", name=f"Acme {number}"), remove(), remove(), return_exceptions=True
        )
        assert isinstance(outcomes[0], WrittenCompany)
        assert all(outcome is None or isinstance(outcome, NotFound) for outcome in outcomes[1:])


@pytest.mark.parametrize(
    ("body", "field"),
    [({"custom_id": "a"}, "name"), ({"name": "A"}, "custom_id"), ({"custom_id": "", "name": "A"}, "custom_id")],
)
async def test_an_upsert_needs_a_custom_id_and_a_new_company_a_name(
    house: House, body: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await upsert(house, **body)
    assert refused.value.fields.keys() == {field}


async def test_a_stranger_finds_nothing_to_change(house: House) -> None:
    company = await create(house, **ACME)
    with pytest.raises(NotFound):
        await update(house, company.id, house.stranger, name="Mine")
    with pytest.raises(NotFound):
        await delete(house, company.id, house.stranger)
