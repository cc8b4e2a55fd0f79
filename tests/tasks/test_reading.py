"""Tasks in pages, by deal, contact, assignee and due date."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dealt.kernel.paging import PageRequest
from dealt.tasks import TaskFilter, list_tasks
from tests.house import NOW
from tests.tasks.conftest import Desk

DAY = timedelta(days=1)


async def names(desk: Desk, **wanted: Any) -> list[str]:
    page = await list_tasks(desk.house.pool, desk.house.workspace_id, TaskFilter(**wanted), PageRequest())
    return [row["name"] for row in page.rows]


async def test_tasks_are_found_by_what_they_are_about(desk: Desk) -> None:
    janes, guests = await desk.deal(desk.jane), await desk.deal(desk.guest)
    await desk.create(name="third", due_at=NOW + 2 * DAY, deal_id=janes)
    await desk.create(name="first", due_at=NOW, contact_id=desk.jane, assigned_to=1)
    await desk.create(name="second", due_at=NOW + DAY, deal_id=guests, done=True)
    assert await names(desk) == ["first", "second", "third"]
    assert await names(desk, contact_id=desk.jane) == ["first", "third"]
    assert await names(desk, deal_id=janes) == ["third"]
    assert await names(desk, deal_id=guests) == ["second"]
    assert await names(desk, deal_id=987) == []
    assert await names(desk, assigned_to=1) == ["first"]
    assert await names(desk, due_from=NOW + DAY) == ["second", "third"]
    assert await names(desk, due_before=NOW + DAY) == ["first"]
    assert await names(desk, done=False) == ["first", "third"]
    assert await names(desk, done=True, due_from=NOW, due_before=NOW + 3 * DAY) == ["second"]


@pytest.mark.parametrize("by_cursor", [True, False])
async def test_pages_hold_every_task_once_where_due_dates_repeat(desk: Desk, by_cursor: bool) -> None:
    made = [(await desk.create(name=f"task {n}", due_at=NOW + (n // 3) * DAY)).id for n in range(8)]
    seen: list[int] = []
    request = PageRequest(size=3)
    while True:
        page = await list_tasks(desk.house.pool, desk.house.workspace_id, TaskFilter(), request)
        seen += [row["id"] for row in page.rows]
        assert page.count == 8
        if not page.has_next:
            break
        cursor = PageRequest.parse({"cursor": page.next_cursor() or ""}).cursor
        request = PageRequest(3, cursor=cursor) if by_cursor else PageRequest(3, request.number + 1)
    assert seen == made


async def test_a_stranger_sees_no_task_even_of_a_deal_that_it_names(desk: Desk) -> None:
    deal_id = await desk.deal(desk.jane)
    await desk.create(deal_id=deal_id)
    stranger = desk.house.stranger.workspace_id
    for wanted in (TaskFilter(), TaskFilter(deal_id=deal_id), TaskFilter(contact_id=desk.jane)):
        assert (await list_tasks(desk.house.pool, stranger, wanted, PageRequest())).rows == []
