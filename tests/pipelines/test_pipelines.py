"""Making, changing and removing pipelines."""

from __future__ import annotations

import asyncio

import pytest

from dealt.attributes import create_attribute
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.pipelines import PIPELINES, Pipelines, create_pipeline, delete_pipeline, update_pipeline
from tests.house import NOW, House


async def loaded(house: House) -> Pipelines:
    return await PIPELINES.load(house.pool, house.workspace_id)


async def make(house: House, name: str, **values: object) -> int:
    async with house.transaction() as connection:
        made = await create_pipeline(connection, house.workspace_id, name=name, now=NOW, actor="member:1", **values)  # type: ignore[arg-type]
    return made.id


async def test_a_new_workspace_has_the_pipeline_orders_with_stages_1_to_6(house: House) -> None:
    known = await loaded(house)
    assert [(p.id, p.name, p.position, p.date_attribute) for p in known.pipelines.values()] == [
        (1, "Orders", 1, "order_date")
    ]
    assert {stage.id: stage.name for stage in known.stages.values()} == {
        1: "Add to cart", 2: "Order placed", 3: "Paid", 4: "Shipped", 5: "Delivered", 6: "Returned",
    }  # fmt: skip
    assert known.loss_reasons == {}
    assert known.default_pipeline().id == 1
    assert known.first_stage(1).name == "Add to cart"


async def test_a_pipeline_is_placed_where_it_is_asked_to_be(house: House) -> None:
    last, first = await make(house, "last"), await make(house, "first", position=1)
    third = await make(house, "third", position=3)
    known = await loaded(house)
    assert list(known.pipelines) == [first, 1, third, last]
    assert [p.position for p in known.pipelines.values()] == [1, 2, 3, 4]
    assert known.default_pipeline().id == first


async def test_a_place_beyond_the_end_is_the_end(house: House) -> None:
    made = await make(house, "far", position=1_000_000)
    assert list((await loaded(house)).pipelines) == [1, made]


async def test_a_pipeline_without_named_stages_starts_with_one(house: House) -> None:
    made = await make(house, "plain")
    assert [stage.name for stage in (await loaded(house)).stages_of(made)] == ["New"]


async def test_a_pipeline_needs_a_stage(house: House) -> None:
    with pytest.raises(InvalidInput) as raised:
        await make(house, "none", stages=())
    assert raised.value.fields == {"stages": ["A pipeline needs at least one stage."]}


async def test_a_change_names_only_what_differs_and_raises_the_version(house: House) -> None:
    before = await house.version()
    async with house.transaction() as connection:
        after = await update_pipeline(connection, house.workspace_id, 1, name="Shop orders", now=NOW, actor="member:1")
    assert after.name == "Shop orders"
    assert await house.journal("pipeline") == [("pipeline.updated", {"name": ["Orders", "Shop orders"]})]
    assert await house.version() > before


async def test_pipelines_make_room_for_one_that_moves(house: House) -> None:
    second, third = await make(house, "second"), await make(house, "third")
    async with house.transaction() as connection:
        await update_pipeline(connection, house.workspace_id, third, position=1, now=NOW)
    assert list((await loaded(house)).pipelines) == [third, 1, second]
    async with house.transaction() as connection:
        await update_pipeline(connection, house.workspace_id, third, position=2, now=NOW)
    assert list((await loaded(house)).pipelines) == [1, third, second]


@pytest.mark.parametrize(("value_type", "is_taken"), [("datetime", True), ("date", True), ("string", False)])
async def test_the_date_attribute_must_be_a_date(house: House, value_type: str, is_taken: bool) -> None:
    async with house.transaction() as connection:
        await create_attribute(
            connection, house.workspace_id, domain="deal", name="Paid on", value_type=value_type, now=NOW
        )
    async with house.transaction() as connection:
        change = update_pipeline(connection, house.workspace_id, 1, date_attribute="Paid on", now=NOW)
        if is_taken:
            assert (await change).date_attribute == "paid_on"
        else:
            with pytest.raises(InvalidInput, match="Deals have no date or date-time attribute"):
                await change


async def test_an_unknown_date_attribute_is_refused_for_a_new_pipeline_too(house: House) -> None:
    with pytest.raises(InvalidInput, match="date_attribute"):
        await make(house, "x", date_attribute="nowhere")


async def test_a_deleted_pipeline_takes_its_stages_and_closes_the_gap(house: House) -> None:
    gone, stays = await make(house, "gone", stages=("a", "b")), await make(house, "stays")
    async with house.transaction() as connection:
        await delete_pipeline(connection, house.workspace_id, gone, now=NOW, actor="member:1")
    known = await loaded(house)
    assert [(p.id, p.position) for p in known.pipelines.values()] == [(1, 1), (stays, 2)]
    assert known.stages_of(gone) == []
    kinds = [kind for kind, _ in await house.journal("pipeline")]
    assert kinds == ["pipeline.created", "pipeline.created", "pipeline.deleted"]


async def test_a_deleted_id_is_never_given_out_again(house: House) -> None:
    gone = await make(house, "gone")
    async with house.transaction() as connection:
        await delete_pipeline(connection, house.workspace_id, gone, now=NOW)
    assert await make(house, "next") == gone + 1


async def test_the_last_pipeline_stays(house: House) -> None:
    async with house.transaction() as connection:
        with pytest.raises(Conflict, match="the only pipeline"):
            await delete_pipeline(connection, house.workspace_id, 1, now=NOW)


async def test_a_pipeline_with_deals_stays(house: House) -> None:
    await make(house, "other")
    await house.deal(await house.contact(), stage_id=3)
    async with house.transaction() as connection:
        with pytest.raises(Conflict, match='Deals stand in the stage "Paid"'):
            await delete_pipeline(connection, house.workspace_id, 1, now=NOW)


async def test_of_two_deletions_at_once_one_finds_itself_at_the_last_pipeline(house: House) -> None:
    second = await make(house, "second")

    async def delete(pipeline_id: int) -> None:
        async with house.transaction() as connection:
            await delete_pipeline(connection, house.workspace_id, pipeline_id, now=NOW)

    outcomes = await asyncio.gather(delete(1), delete(second), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(Conflict) == 1
    assert len((await loaded(house)).pipelines) == 1


async def test_a_stranger_finds_nothing(house: House) -> None:
    made = await make(house, "ours")
    async with house.transaction() as connection:
        with pytest.raises(NotFound):
            await update_pipeline(connection, house.stranger.workspace_id, made, name="theirs", now=NOW)
        with pytest.raises(NotFound):
            await delete_pipeline(connection, house.stranger.workspace_id, made, now=NOW)
