"""What a separated contact gets back, and what the parent keeps."""

from __future__ import annotations

import pytest

from dealt.deals import DealWork
from dealt.events import EventWork, EventWriter
from dealt.kernel.clock import SystemClock
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from tests.people.conftest import NOW, People

LINES = [{"product_custom_id": "mug", "quantity": 2, "value": 5}]


async def test_moved_rows_go_back_with_their_later_edits(people: People) -> None:
    parent, other = await people.person(custom_id="a"), await people.person(custom_id="b")
    theirs = await people.order("o1", user_custom_id="b", order_products=LINES, value=10)
    own = await people.order("o2", user_custom_id="a", value=1)
    task = await people.task(name="Write", user_id=other)
    await people.merge(parent, other)
    await people.order("o1", value=12, user_id=parent)
    assert await people.unmerge(other) == [other]
    assert [await people.home(theirs), await people.home(own)] == [other, parent]
    assert await people.pool.fetchval("SELECT value FROM deals WHERE id = $1", theirs) == 12
    assert {contact for contact, _, _ in await people.history("task", task)} == {other}
    assert (await people.history("deal", theirs))[-1][2] == {"user_id": [parent, other]}
    assert [(c, k) for c, k, _ in await people.history("contact", other)] == [
        (other, "contact.created"), (other, "contact.unmerged"),
    ]  # fmt: skip
    assert await people.pool.fetchval("SELECT count(*) FROM merged_rows") == 0


async def test_new_rows_follow_the_name_that_brought_them_else_they_stay(people: People) -> None:
    parent, other = await people.person(custom_id="a"), await people.person(custom_id="b")
    await people.merge(parent, other)
    followed = await people.order("o1", user_custom_id="b")
    stays = await people.order("o2", user_custom_id="a")
    # An order that was moved away by somebody is no longer the merged contact's, even when it comes back.
    third = await people.person(custom_id="c")
    moved = await people.order("o3", user_custom_id="b")
    for user in (third, parent):
        await people.order("o3", user_id=user)
    await people.unmerge(other)
    assert [await people.home(deal) for deal in (followed, stays, moved)] == [other, parent, parent]


async def test_tasks_live_with_their_deal_whoever_made_them(people: People) -> None:
    parent, other = await people.person(custom_id="a"), await people.person(custom_id="b")
    theirs, own = await people.order("o1", user_custom_id="b"), await people.order("o2", user_custom_id="a")
    await people.merge(parent, other)
    tasks = [await people.task(name="Call", deal_id=deal) for deal in (theirs, own)]
    await people.unmerge(other)
    homes = await people.fetch("SELECT task_id, contact_id FROM task_ids ORDER BY task_id")
    assert [tuple(row.values()) for row in homes] == [(tasks[0], other), (tasks[1], parent)]
    rows = await people.fetch("SELECT id, open_tasks FROM deals ORDER BY id")
    assert [row["open_tasks"] for row in rows] == [1, 1]


async def test_attributes_are_restored_unless_they_were_edited_since(people: People) -> None:
    parent = await people.person(custom_id="a", tags=["vip"])
    other = await people.person(email="b@example.com", city="Rome", size="L", shoe="41", tags=["vip", "new"])
    await people.merge(parent, other)
    await people.edit(parent, city="Oslo", shoe="42")
    await people.unmerge(other)
    row, back = await people.row(parent), await people.row(other)
    assert (row["email"], row["city"], row["attributes"], len(row["tag_ids"])) == (None, "Oslo", {"shoe": "42"}, 1)
    assert (back["email"], back["city"], back["attributes"]) == ("b@example.com", "Rome", {"size": "L", "shoe": "41"})
    assert (back["placeholder"], back["merged_into"]) == (False, [])


async def test_what_another_merged_contact_has_too_takes_the_place(people: People) -> None:
    parent = await people.person(custom_id="a")
    second = await people.person(email="b@example.com", size="L", tags=["t"])
    third = await people.person(email="c@example.com", size="M", tags=["t"])
    shared = await people.list_of(second, third)
    await people.merge(parent, second, third)
    await people.unmerge(second)
    row = await people.row(parent)
    assert (row["email"], row["attributes"], len(row["tag_ids"])) == ("c@example.com", {"size": "M"}, 1)
    on = await people.fetch("SELECT contact_id FROM list_members WHERE list_id = $1 ORDER BY 1", shared)
    assert [member["contact_id"] for member in on] == [parent, second]
    await people.unmerge(third)
    row = await people.row(parent)
    assert (row["email"], row["attributes"], row["tag_ids"]) == (None, {}, [])
    on = await people.fetch("SELECT contact_id FROM list_members WHERE list_id = $1 ORDER BY 1", shared)
    assert [member["contact_id"] for member in on] == [second, third]


async def test_merges_into_merged_contacts_are_undone_from_the_last(people: People) -> None:
    first, second, third = [await people.person(custom_id=name) for name in "abc"]
    deals = [await people.order(f"o{name}", user_custom_id=name) for name in "abc"]
    await people.merge(second, first)
    await people.merge(third, second)
    late = await people.order("late", user_custom_id="a")
    assert {await people.home(deal) for deal in (*deals, late)} == {third}
    with pytest.raises(Conflict):
        await people.unmerge(first)
    await people.unmerge(second)
    assert [await people.home(deal) for deal in (*deals, late)] == [second, second, third, second]
    assert await people.upsert(custom_id="a") == second
    await people.unmerge(first)
    assert [await people.home(deal) for deal in (*deals, late)] == [first, second, third, first]
    assert await people.upsert(custom_id="a") == first


async def test_of_several_it_must_be_said_whom(people: People) -> None:
    parent, second, third, fourth = [await people.person(custom_id=name) for name in "abcd"]
    await people.merge(parent, second, third, fourth)
    with pytest.raises(InvalidInput):
        await people.unmerge(parent)
    with pytest.raises(NotFound):
        await people.unmerge(parent, second, 99)
    assert await people.unmerge(parent, fourth, second) == [second, fourth]
    assert await people.unmerge(parent) == [third]
    for contact in (parent, third, 99):
        with pytest.raises(NotFound):
            await people.unmerge(contact)


async def test_a_deal_that_was_deleted_since_is_not_missed(people: People) -> None:
    parent, other = await people.person(custom_id="a"), await people.person(custom_id="b")
    deal = await people.order("o1", user_custom_id="b")
    await people.merge(parent, other)
    await people.write(DealWork(how="delete", actor=people.actor, deal_id=deal))
    await people.unmerge(other)
    assert await people.pool.fetchval("SELECT count(*) FROM deals") == 0


async def test_tasks_and_events_follow_the_name_that_brought_them(people: People) -> None:
    parent, other = await people.person(custom_id="a"), await people.person(custom_id="b")
    events = EventWriter(people.pool, SystemClock(), people.definitions)

    async def tell(number: int, custom_id: str) -> None:
        work = EventWork(
            actor=people.actor, contact=("custom_id", custom_id), name="Call", data={}, custom_id=f"e{number}",
            happened_at=NOW,
        )  # fmt: skip
        await events.submit(work)

    await tell(1, "b")
    early = await people.task(name="Early", user_custom_id="b")
    await people.merge(parent, other)
    await tell(2, "a")
    await tell(3, "b")
    tasks = [await people.task(name="Late", **named) for named in ({"user_custom_id": "a"}, {"user_id": other})]
    assert [await people.count(table, parent) for table in ("events", "event_custom_ids", "tasks")] == [3, 3, 3]
    followed = "SELECT DISTINCT contact_id, bucket FROM follows WHERE kind = 'event.created'"
    assert [tuple(row.values()) for row in await people.fetch(followed)] == [(parent, parent % 64)]
    await people.unmerge(other)
    found = await people.fetch("SELECT contact_id, custom_id FROM event_custom_ids ORDER BY custom_id")
    assert [tuple(row.values()) for row in found] == [(other, "e1"), (parent, "e2"), (other, "e3")]
    assert [await people.count("events", contact) for contact in (parent, other)] == [1, 2]
    homes = await people.fetch("SELECT task_id, contact_id FROM task_ids ORDER BY task_id")
    assert [tuple(row.values()) for row in homes] == [(early, other), (tasks[0], parent), (tasks[1], other)]
    await people.erase(other)
    for table in ("events", "event_custom_ids"):
        assert (await people.count(table, other), await people.count(table, parent)) == (0, 1), table
    await events.close()
