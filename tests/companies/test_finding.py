from __future__ import annotations

import pytest

from dealt.companies import CompanyRef, create_company, find_company_id, find_company_ids, list_companies, parse_company
from dealt.kernel.errors import NotFound
from dealt.kernel.paging import Order, PageRequest
from dealt.kernel.sql import sql
from tests.house import NOW, House


async def make(house: House, name: str, custom_id: str | None = None) -> CompanyRef:
    patch = parse_company({"name": name, "custom_id": custom_id})
    written = await house.run(
        lambda connection, snapshot: create_company(connection, house.actor, patch, snapshot=snapshot, now=NOW)
    )
    return CompanyRef(written.company.id, written.company.custom_id)


async def test_companies_are_found_by_either_id_and_only_as_asked(house: House) -> None:
    first, second, third = await make(house, "A", "a"), await make(house, "B", "b"), await make(house, "C")
    found = await find_company_ids(
        house.pool, house.workspace_id, ids=[first.id, third.id, third.id + 1, 2**70, -1], custom_ids=["b", "nothing"]
    )
    assert found.by_id == {first.id: first, third.id: third}
    assert found.by_custom_id == {"b": second}
    assert await find_company_id(house.pool, house.workspace_id, "b") == second.id
    with pytest.raises(NotFound):
        await find_company_id(house.pool, house.workspace_id, "nothing")


async def test_a_stranger_finds_none(house: House) -> None:
    company = await make(house, "A", "a")
    found = await find_company_ids(house.pool, house.stranger.workspace_id, ids=[company.id], custom_ids=["a"])
    assert (found.by_id, found.by_custom_id) == ({}, {})


async def test_lists_are_narrowed_and_ordered(house: House) -> None:
    made = [await make(house, name) for name in ("A", "B", "C")]
    async with house.pool.acquire() as connection:
        conditions = [sql("name > {}", "A")]
        order = Order("id", descending=True)
        page = await list_companies(connection, house.workspace_id, conditions, order, PageRequest())
    assert [row["id"] for row in page.rows] == [made[2].id, made[1].id]
