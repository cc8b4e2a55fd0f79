"""A deal's tasks when the deal moves or goes."""

from __future__ import annotations

from dealt.tasks import move_tasks, release_tasks
from tests.house import NOW
from tests.tasks.conftest import Desk


async def test_tasks_move_with_their_deal_and_keep_everything(desk: Desk) -> None:
    deal_id = await desk.deal(desk.jane)
    with_deal = [await desk.create({"priority": 3}, deal_id=deal_id, custom_id=f"t-{n}") for n in range(2)]
    alone = await desk.create(contact_id=desk.jane)
    before = [dict(await desk.read(task.id)) for task in with_deal]
    async with desk.house.transaction() as connection:
        moved = await move_tasks(connection, desk.house.workspace_id, deal_id, desk.jane, desk.john)
    assert moved == [task.id for task in with_deal]
    for task, was in zip(with_deal, before, strict=True):
        assert await desk.lives_with(task.id) == desk.john
        assert dict(await desk.read(task.id)) == was | {"contact_id": desk.john}
    assert await desk.lives_with(alone.id) == desk.jane
    rows = await desk.house.fetch("SELECT object_id FROM journal WHERE contact_id = $1 ORDER BY object_id", desk.john)
    assert [row["object_id"] for row in rows] == moved


async def test_a_deal_without_tasks_moves_nothing(desk: Desk) -> None:
    deal_id = await desk.deal(desk.jane)
    async with desk.house.transaction() as connection:
        assert await move_tasks(connection, desk.house.workspace_id, deal_id, desk.jane, desk.john) == []


async def test_a_moved_task_can_still_be_changed_and_found(desk: Desk) -> None:
    deal_id = await desk.deal(desk.jane)
    made = await desk.create(deal_id=deal_id)
    async with desk.house.transaction() as connection:
        await connection.execute("UPDATE deal_ids SET contact_id = $1 WHERE deal_id = $2", desk.john, deal_id)
        await connection.execute("UPDATE deals SET contact_id = $1 WHERE id = $2", desk.john, deal_id)
        await move_tasks(connection, desk.house.workspace_id, deal_id, desk.jane, desk.john)
    await desk.update(made.id, done=True)
    assert await desk.open_tasks(deal_id) == 0


async def test_the_tasks_of_a_deleted_deal_stay_with_its_contact(desk: Desk) -> None:
    deal_id = await desk.deal(desk.jane)
    made = await desk.create(deal_id=deal_id)
    async with desk.house.transaction() as connection:
        released = await release_tasks(connection, desk.house.actor, deal_id, desk.jane, now=NOW)
    assert released == [made.id]
    task = await desk.read(made.id)
    assert (task["deal_id"], task["contact_id"], task["version"]) == (None, desk.jane, 2)
    assert (await desk.house.journal("task"))[-1] == ("task.updated", {"deal_id": [deal_id, None]})
