"""Creating, updating, completing and deleting tasks."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from dealt.accounts import Actor
from dealt.kernel.errors import DealtError, InvalidInput, NotFound
from dealt.tasks import TaskPatch, complete_task, delete_task, find_task_id, reopen_task, update_task
from tests.house import LATER, NOW, House
from tests.tasks.conftest import Desk


async def test_a_task_without_anybody_lives_with_nobody(desk: Desk) -> None:
    made = await desk.create(custom_id="t-1", description="About the mug", duration_minutes=15)
    task = await desk.read(made.id)
    assert (task["contact_id"], task["deal_id"], task["custom_id"]) == (None, None, "t-1")
    assert (task["name"], task["description"], task["duration_minutes"]) == ("Call", "About the mug", 15)
    assert (task["activity_type"], task["done"], task["done_at"], task["version"]) == (1, False, None, 1)
    assert (task["created_at"], task["updated_at"], task["created_by"]) == (NOW, NOW, None)
    assert await desk.lives_with(made.id) == 0
    assert await desk.stale() == set()


async def test_a_task_of_a_contact_lives_with_it_and_marks_it_stale(desk: Desk) -> None:
    made = await desk.create(contact_id=desk.jane, company_id=desk.company)
    assert (await desk.read(made.id))["contact_id"] == desk.jane
    assert await desk.lives_with(made.id) == desk.jane
    assert await desk.stale() == {desk.jane}
    [entry] = await desk.house.fetch("SELECT contact_id, kind, object_id FROM journal WHERE object_type = 'task'")
    assert entry == {"contact_id": desk.jane, "kind": "task.created", "object_id": made.id}


async def test_a_task_of_a_deal_lives_with_the_deals_contact(desk: Desk) -> None:
    deal_id = await desk.deal(desk.jane)
    made = await desk.create(deal_id=deal_id)
    assert await desk.lives_with(made.id) == desk.jane
    assert (await desk.read(made.id))["contact_id"] == desk.jane
    assert await desk.open_tasks(deal_id) == 1


async def test_a_task_of_a_guests_deal_shows_no_contact(desk: Desk) -> None:
    made = await desk.create(deal_id=await desk.deal(desk.guest))
    assert await desk.lives_with(made.id) == desk.guest
    assert (await desk.read(made.id))["contact_id"] is None


async def test_a_member_who_makes_a_task_is_its_creator(desk: Desk) -> None:
    made = await desk.create(actor=Actor(desk.house.workspace_id, "member:1"))
    assert (await desk.read(made.id))["created_by"] == 1


async def test_attributes_are_typed_merged_and_cleared(desk: Desk) -> None:
    made = await desk.create({"Priority": 3, "channel": "phone"})
    assert made.defined
    await desk.update(made.id, {"priority": "4", "channel": None})
    assert msgspec.json.decode((await desk.read(made.id))["attributes"]) == {"priority": 4.0}
    assert (await desk.house.journal("task"))[-1] == (
        "task.updated", {"priority": [3, 4.0], "channel": ["phone", None]},
    )  # fmt: skip


async def test_completing_and_reopening_keep_the_deals_count_right(desk: Desk) -> None:
    deal_id = await desk.deal(desk.jane)
    first, _ = await desk.create(deal_id=deal_id), await desk.create(deal_id=deal_id)
    async with desk.house.transaction() as connection:
        await complete_task(connection, desk.house.actor, first.id, desk.house.definitions, now=LATER)
    assert await desk.open_tasks(deal_id) == 1
    task = await desk.read(first.id)
    assert (task["done"], task["done_at"], task["updated_at"], task["version"]) == (True, LATER, LATER, 2)
    async with desk.house.transaction() as connection:
        again = await complete_task(connection, desk.house.actor, first.id, desk.house.definitions, now=NOW)
        assert not again.changed
        await reopen_task(connection, desk.house.actor, first.id, desk.house.definitions, now=LATER)
    assert await desk.open_tasks(deal_id) == 2
    assert (await desk.read(first.id))["done_at"] is None
    kinds = [kind for kind, _ in await desk.house.journal("task")]
    assert kinds == ["task.created", "task.created", "task.completed", "task.updated"]


async def test_a_task_that_was_done_before_it_was_sent_is_not_open(desk: Desk) -> None:
    deal_id = await desk.deal(desk.jane)
    made = await desk.create(deal_id=deal_id, done=True)
    assert (await desk.read(made.id))["done_at"] == NOW
    assert await desk.open_tasks(deal_id) == 0


async def test_a_task_moves_between_deals_contacts_and_nobody(desk: Desk) -> None:
    janes, johns = await desk.deal(desk.jane), await desk.deal(desk.john)
    made = await desk.create(deal_id=janes)
    await desk.stale()
    await desk.update(made.id, deal_id=johns)
    assert (await desk.lives_with(made.id), await desk.open_tasks(janes), await desk.open_tasks(johns)) == (
        desk.john, 0, 1,
    )  # fmt: skip
    assert await desk.stale() == {desk.jane, desk.john}
    await desk.update(made.id, deal_id=None)
    assert (await desk.lives_with(made.id), await desk.open_tasks(johns)) == (desk.john, 0)
    await desk.update(made.id, contact_id=None)
    assert await desk.lives_with(made.id) == 0
    rows = await desk.house.fetch("SELECT DISTINCT contact_id FROM journal WHERE object_type = 'task'")
    assert rows == [{"contact_id": 0}], "the history follows the task"
    assert (await desk.read(made.id))["version"] == 4


async def test_what_changes_nothing_writes_nothing(desk: Desk) -> None:
    made = await desk.create({"priority": 3}, contact_id=desk.jane)
    await desk.stale()
    assert not (await desk.update(made.id, {"priority": 3}, name="Call", contact_id=desk.jane)).changed
    assert (await desk.read(made.id))["version"] == 1
    assert len(await desk.house.journal("task")) == 1
    assert await desk.stale() == set()


async def test_a_custom_id_belongs_to_one_task_and_can_move_on(desk: Desk) -> None:
    first = await desk.create(custom_id="t-1")
    with pytest.raises(InvalidInput, match='A task with the custom_id "t-1" exists'):
        await desk.create(custom_id="t-1")
    second = await desk.create(custom_id="t-2")
    with pytest.raises(InvalidInput, match="t-1"):
        await desk.update(second.id, custom_id="t-1")
    await desk.update(first.id, custom_id="t-3")
    await desk.update(second.id, custom_id="t-1")
    assert await find_task_id(desk.house.pool, desk.house.workspace_id, "t-1") == second.id
    async with desk.house.transaction() as connection:
        await delete_task(connection, desk.house.actor, second.id, now=NOW)
    assert (await desk.create(custom_id="t-1")).id > second.id


async def test_a_deleted_task_is_gone_from_everywhere_and_stays_in_the_journal(desk: Desk) -> None:
    deal_id = await desk.deal(desk.jane)
    made = await desk.create({"priority": 3}, deal_id=deal_id)
    async with desk.house.transaction() as connection:
        await delete_task(connection, desk.house.actor, made.id, now=NOW)
    assert await desk.open_tasks(deal_id) == 0
    with pytest.raises(NotFound):
        await desk.read(made.id)
    for table in ("tasks", "task_ids", "task_custom_ids"):
        assert await desk.house.fetch(f"SELECT * FROM {table}") == []
    kind, changes = (await desk.house.journal("task"))[-1]
    assert (kind, changes["name"], changes["priority"]) == ("task.deleted", ["Call", None], [3, None])


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": None}, ["name"]),
        ({"due_at": None}, ["due_date"]),
        ({"name": None, "due_at": None}, ["name", "due_date"]),
        ({"assigned_to": 99}, ["assigned_to"]),
    ],
)
async def test_a_bad_task_is_refused_by_field(desk: Desk, fields: dict[str, Any], named: list[str]) -> None:
    with pytest.raises(InvalidInput) as raised:
        await desk.create(**fields)
    assert list(raised.value.fields) == named
    assert await desk.house.fetch("SELECT * FROM task_ids") == []


async def test_a_due_date_cannot_be_cleared(desk: Desk) -> None:
    made = await desk.create()
    with pytest.raises(InvalidInput, match="A task needs its due date"):
        await desk.update(made.id, due_at=None)
    assert (await desk.update(made.id, due_at=NOW + timedelta(days=1))).changed


@pytest.mark.parametrize("field", ["contact_id", "company_id", "deal_id"])
async def test_what_does_not_exist_cannot_be_named(desk: Desk, field: str) -> None:
    made = await desk.create()
    for unknown in (987_654, 2**63 - 1):
        fields: dict[str, Any] = {field: unknown}
        with pytest.raises(NotFound, match=f"with the id {unknown}"):
            await desk.create(**fields)
        with pytest.raises(NotFound, match=f"with the id {unknown}"):
            await desk.update(made.id, **fields)


async def test_a_placeholder_and_a_stranger_cannot_be_named(desk: Desk) -> None:
    [stranger] = await desk.house.fetch(
        "INSERT INTO contacts (workspace_id, created_at, updated_at) VALUES ($1, $2, $2) RETURNING id",
        desk.house.stranger.workspace_id, NOW,
    )  # fmt: skip
    for contact_id in (desk.guest, stranger["id"]):
        with pytest.raises(NotFound):
            await desk.create(contact_id=contact_id)


async def test_a_task_cannot_be_torn_from_its_deals_contact(desk: Desk) -> None:
    deal_id = await desk.deal(desk.jane)
    made = await desk.create(deal_id=deal_id, contact_id=desk.jane)
    for write in (desk.create(deal_id=deal_id, contact_id=desk.john), desk.update(made.id, contact_id=desk.john)):
        with pytest.raises(InvalidInput) as raised:
            await write
        assert list(raised.value.fields) == ["user_id"]
    assert (await desk.update(made.id, deal_id=None, contact_id=desk.john)).changed
    assert await desk.lives_with(made.id) == desk.john


async def test_many_at_once_on_one_deal_leave_its_count_right(desk: Desk) -> None:
    deal_id = await desk.deal(desk.jane)
    made = [await desk.create(deal_id=deal_id) for _ in range(4)]

    async def delete(task_id: int) -> None:
        async with desk.house.transaction() as connection:
            await delete_task(connection, desk.house.actor, task_id, now=NOW)

    await asyncio.gather(
        *(desk.create(deal_id=deal_id) for _ in range(8)),
        *(desk.update(task.id, done=True) for task in made[:2]),
        *(delete(task.id) for task in made[2:]),
    )
    assert await desk.open_tasks(deal_id) == 8


async def test_tasks_that_change_deals_crosswise_wait_in_line(desk: Desk) -> None:
    one, two = await desk.deal(desk.jane), await desk.deal(desk.john)
    tasks = [await desk.create(deal_id=deal_id) for deal_id in (one, two) * 4]
    outcomes = await asyncio.gather(
        *(desk.update(task.id, deal_id=two if place % 2 == 0 else one) for place, task in enumerate(tasks)),
        return_exceptions=True,
    )
    assert all(not isinstance(outcome, BaseException) for outcome in outcomes)
    assert (await desk.open_tasks(one), await desk.open_tasks(two)) == (4, 4)


async def test_a_task_that_two_move_at_once_ends_with_one_of_them(desk: Desk) -> None:
    deals = [await desk.deal(contact_id) for contact_id in (desk.jane, desk.john, desk.guest)]
    made = await desk.create(deal_id=deals[0])
    outcomes = await asyncio.gather(
        desk.update(made.id, deal_id=deals[1]), desk.update(made.id, deal_id=deals[2]), return_exceptions=True
    )
    assert all(isinstance(outcome, DealtError) for outcome in outcomes if isinstance(outcome, BaseException))
    counts = [await desk.open_tasks(deal_id) for deal_id in deals]
    assert sorted(counts) == [0, 0, 1]
    assert (await desk.read(made.id))["deal_id"] == deals[counts.index(1)]


async def test_a_stranger_finds_no_task(desk: Desk, house: House) -> None:
    made = await desk.create(custom_id="t-1")
    async with house.transaction() as connection:
        for work in (
            update_task(connection, house.stranger, made.id, TaskPatch({"name": "x"}), house.definitions, now=NOW),
            delete_task(connection, house.stranger, made.id, now=NOW),
            find_task_id(connection, house.stranger.workspace_id, "t-1"),
        ):
            with pytest.raises(NotFound):
                await work
    assert (await desk.read(made.id))["name"] == "Call"
