"""Making, changing and removing the stages of a pipeline."""

from __future__ import annotations

import asyncio

import pytest

from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.pipelines import PIPELINES, create_pipeline, create_stage, delete_stage, update_stage
from dealt.pipelines.model import MOST_STAGES
from tests.house import NOW, House


async def order(house: House, pipeline_id: int = 1) -> list[int]:
    known = await PIPELINES.load(house.pool, house.workspace_id)
    stages = known.stages_of(pipeline_id)
    assert [stage.position for stage in stages] == list(range(1, len(stages) + 1))
    return [stage.id for stage in stages]


async def test_a_stage_goes_last_or_where_it_is_asked_to(house: House) -> None:
    async with house.transaction() as connection:
        await create_stage(connection, house.workspace_id, 1, name="Archived", now=NOW)
        made = await create_stage(connection, house.workspace_id, 1, name="Packed", position=4, now=NOW)
    assert (made.id, made.position, made.pipeline_id) == (8, 4, 1)
    assert await order(house) == [1, 2, 3, 8, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("moving", "position", "expected"),
    [
        (6, 1, [6, 1, 2, 3, 4, 5]),
        (1, 6, [2, 3, 4, 5, 6, 1]),
        (3, 3, [1, 2, 3, 4, 5, 6]),
        (2, 99, [1, 3, 4, 5, 6, 2]),
    ],
)
async def test_a_stage_moves_and_the_others_make_room(
    house: House, moving: int, position: int, expected: list[int]
) -> None:
    async with house.transaction() as connection:
        await update_stage(connection, house.workspace_id, moving, position=position, now=NOW)
    assert await order(house) == expected


async def test_a_new_name_is_journalled_and_nothing_is_where_nothing_changes(house: House) -> None:
    for _ in range(2):
        async with house.transaction() as connection:
            await update_stage(connection, house.workspace_id, 3, name="Settled", now=NOW, actor="member:1")
    assert await house.journal("stage") == [("stage.updated", {"name": ["Paid", "Settled"]})]


async def test_a_deleted_stage_closes_the_gap(house: House) -> None:
    async with house.transaction() as connection:
        await delete_stage(connection, house.workspace_id, 2, now=NOW, actor="member:1")
    assert await order(house) == [1, 3, 4, 5, 6]
    assert await house.journal("stage") == [
        ("stage.deleted", {"name": ["Order placed", None], "pipeline_id": [1, None]})
    ]


async def test_a_stage_in_which_a_deal_stands_stays(house: House) -> None:
    await house.deal(await house.contact(), stage_id=2)
    async with house.transaction() as connection:
        with pytest.raises(Conflict, match='Deals stand in the stage "Order placed"'):
            await delete_stage(connection, house.workspace_id, 2, now=NOW)


async def test_the_same_stage_number_of_another_workspace_keeps_nothing_here(house: House) -> None:
    await house.deal(await house.contact(), stage_id=2)
    async with house.transaction() as connection:
        await delete_stage(connection, house.stranger.workspace_id, 2, now=NOW)
    theirs = await PIPELINES.load(house.pool, house.stranger.workspace_id)
    assert [stage.id for stage in theirs.stages_of(1)] == [1, 3, 4, 5, 6]
    assert await order(house) == [1, 2, 3, 4, 5, 6]


async def test_the_last_stage_of_a_pipeline_stays(house: House) -> None:
    async with house.transaction() as connection:
        pipeline = await create_pipeline(connection, house.workspace_id, name="small", now=NOW)
    [stage_id] = await order(house, pipeline.id)
    async with house.transaction() as connection:
        with pytest.raises(Conflict, match="the only stage"):
            await delete_stage(connection, house.workspace_id, stage_id, now=NOW)


async def test_stages_made_at_once_stand_one_behind_the_other(house: House) -> None:
    async def make(name: str) -> None:
        async with house.transaction() as connection:
            await create_stage(connection, house.workspace_id, 1, name=name, now=NOW)

    await asyncio.gather(*(make(f"stage {number}") for number in range(20)))
    assert len(await order(house)) == 26


async def test_a_pipeline_holds_so_many_stages_and_no_more(house: House) -> None:
    names = [f"stage {number}" for number in range(MOST_STAGES)]
    async with house.transaction() as connection:
        full = await create_pipeline(connection, house.workspace_id, name="full", stages=names, now=NOW)
    async with house.transaction() as connection:
        with pytest.raises(InvalidInput, match=f"at most {MOST_STAGES} stages"):
            await create_stage(connection, house.workspace_id, full.id, name="one more", now=NOW)


async def test_a_stranger_finds_no_stage_and_no_pipeline(house: House) -> None:
    async with house.transaction() as connection:
        pipeline = await create_pipeline(connection, house.workspace_id, name="ours", now=NOW)
    [stage_id] = await order(house, pipeline.id)
    stranger = house.stranger.workspace_id
    async with house.transaction() as connection:
        with pytest.raises(NotFound):
            await create_stage(connection, stranger, pipeline.id, name="theirs", now=NOW)
        with pytest.raises(NotFound):
            await update_stage(connection, stranger, stage_id, name="theirs", now=NOW)
        with pytest.raises(NotFound):
            await delete_stage(connection, stranger, stage_id, now=NOW)
