"""The reasons for which deals are lost."""

from __future__ import annotations

import asyncio

import pytest

from dealt.kernel.errors import Conflict, NotFound
from dealt.pipelines import PIPELINES, create_loss_reason, delete_loss_reason, rename_loss_reason
from tests.house import NOW, House


async def make(house: House, name: str) -> int:
    async with house.transaction() as connection:
        return await create_loss_reason(connection, house.workspace_id, name, now=NOW, actor="member:1")


async def test_a_reason_is_made_renamed_and_deleted_with_its_history(house: House) -> None:
    reason = await make(house, "Too dear")
    async with house.transaction() as connection:
        await rename_loss_reason(connection, house.workspace_id, reason, "Price", now=NOW, actor="member:1")
    assert (await PIPELINES.load(house.pool, house.workspace_id)).loss_reasons == {1: "Price"}
    async with house.transaction() as connection:
        await delete_loss_reason(connection, house.workspace_id, reason, now=NOW, actor="member:1")
    assert await house.journal("loss_reason") == [
        ("loss_reason.created", {"name": [None, "Too dear"]}),
        ("loss_reason.updated", {"name": ["Too dear", "Price"]}),
        ("loss_reason.deleted", {"name": ["Price", None]}),
    ]


async def test_a_name_is_given_once(house: House) -> None:
    await make(house, "Price")
    other = await make(house, "Delivery")
    with pytest.raises(Conflict, match='already a loss reason "Price"'):
        await make(house, "Price")
    async with house.transaction() as connection:
        with pytest.raises(Conflict):
            await rename_loss_reason(connection, house.workspace_id, other, "Price", now=NOW)
        await rename_loss_reason(connection, house.workspace_id, other, "Delivery", now=NOW)


async def test_of_many_that_make_one_name_at_once_one_does(house: House) -> None:
    outcomes = await asyncio.gather(*(make(house, "Price") for _ in range(8)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict"] * 7 + ["int"]


async def test_a_reason_that_lost_deals_give_stays(house: House) -> None:
    reason = await make(house, "Price")
    await house.deal(await house.contact(), status=3, loss_reason=reason)
    async with house.transaction() as connection:
        with pytest.raises(Conflict, match='Lost deals give "Price"'):
            await delete_loss_reason(connection, house.workspace_id, reason, now=NOW)


async def test_a_stranger_finds_no_reason(house: House) -> None:
    reason = await make(house, "Price")
    async with house.transaction() as connection:
        with pytest.raises(NotFound):
            await rename_loss_reason(connection, house.stranger.workspace_id, reason, "x", now=NOW)
        with pytest.raises(NotFound):
            await delete_loss_reason(connection, house.stranger.workspace_id, reason, now=NOW)
