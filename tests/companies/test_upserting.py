"""Many companies written as one set."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dealt.attributes import create_attribute
from dealt.companies import UpsertedCompanies, WrittenCompany, parse_company, upsert_companies
from dealt.kernel.errors import InvalidInput
from tests.companies.test_writing import create, joined, stale
from tests.house import LATER, NOW, House


async def upsert(house: House, *bodies: dict[str, Any]) -> UpsertedCompanies:
    patches = [parse_company(body) for body in bodies]
    done = await house.run(
        lambda connection, snapshot: upsert_companies(connection, house.actor, patches, snapshot=snapshot, now=LATER)
    )
    house.definitions.forget(house.workspace_id)
    return done


def kinds(done: UpsertedCompanies) -> list[bool | list[str]]:
    """Whether each patch made its company, or which fields it is refused for."""
    return [one.created if isinstance(one, WrittenCompany) else list(one.fields) for one in done.outcomes]


async def test_a_set_makes_and_changes_companies_with_one_entry_of_history_each(house: House) -> None:
    acme = await create(house, custom_id="acme", name="Acme", city="Kraków", tags=["b2b"])
    member = await joined(house, acme.id)
    await stale(house)
    done = await upsert(
        house,
        {"custom_id": "globex", "name": "Globex", "phone_numbers": ["+1", "+2"], "industry": "Power", "tags": ["new"]},
        {"custom_id": "acme", "city": "Łódź", "tags": ["b2b", "new"]},
        {"custom_id": "globex", "approx_employees": 7},
        {"custom_id": "acme"},
    )
    assert kinds(done) == [True, False, False, False]
    rows = await house.fetch(
        "SELECT custom_id, name, city, approx_employees, phone_numbers, version, created_at, updated_at "
        "FROM companies ORDER BY custom_id"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("acme", "Acme", "Łódź", None, [], 2, NOW, LATER),
        ("globex", "Globex", None, 7, ["+1", "+2"], 1, LATER, LATER),
    ]
    told = await house.journal("company")
    assert [kind for kind, _ in told] == [
        "company.created", "company.member_added", "company.updated", "company.created",
    ]  # fmt: skip
    assert told[2][1]["city"] == ["Kraków", "Łódź"] and told[3][1]["approx_employees"] == [None, 7]
    assert [mark["contact_id"] for mark in await stale(house)] == [member]


async def test_what_is_refused_stops_no_other_and_leaves_nothing(house: House) -> None:
    async with house.transaction() as connection:
        await create_attribute(
            connection, house.workspace_id, domain="company", name="size", value_type="integer", now=NOW
        )
    house.definitions.forget(house.workspace_id)
    done = await upsert(
        house,
        {"name": "Nobody's"},
        {"custom_id": "nameless", "mood": "bad", "tags": ["never"]},
        {"custom_id": "typed", "name": "Typed", "size": "huge"},
        {"custom_id": "typed", "size": 3},
        {"custom_id": "good", "name": "Good", "size": 3},
        {"company_id": ""},
    )
    assert kinds(done) == [["custom_id"], ["name"], ["size"], ["name"], True, ["company_id"]]
    assert [row["custom_id"] for row in await house.fetch("SELECT custom_id FROM companies")] == ["good"]
    assert await house.fetch("SELECT name FROM tags") == []
    assert [row["name"] for row in await house.fetch("SELECT name FROM attributes WHERE domain = 'company'")] == [
        "size"
    ]


async def test_a_tag_that_cannot_be_made_refuses_the_set(house: House) -> None:
    with pytest.raises(InvalidInput):
        await upsert(house, {"custom_id": "a", "name": "A"}, {"custom_id": "b", "name": "B", "tags": [" "]})
    assert await house.fetch("SELECT id FROM companies") == []


async def test_the_same_again_writes_nothing(house: House) -> None:
    body = {"custom_id": "acme", "name": "Acme", "industry": "Tools", "tags": ["b2b"], "phone_numbers": ["+1"]}
    await upsert(house, body)
    again = await upsert(house, body)
    assert kinds(again) == [False]
    assert [kind for kind, _ in await house.journal("company")] == ["company.created"]


async def test_sets_of_the_same_companies_at_once_make_each_once(house: House) -> None:
    names = [f"c{number:02}" for number in range(20)]
    sets = [names, names[::-1], names[10:] + names[:10], names[::2] + names[1::2]]
    done = await asyncio.gather(
        *(
            upsert(house, *({"custom_id": name, "name": name, "city": str(n)} for name in one))
            for n, one in enumerate(sets)
        )
    )
    assert sum(kinds(one).count(True) for one in done) == 20
    assert (await house.fetch("SELECT count(*) AS n FROM companies"))[0]["n"] == 20
