"""Reading tasks: one, and pages of them by deal, contact or due date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import NotFound
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import sql
from dealt.tasks import queries


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What a list of tasks is narrowed by; ``due_from`` is within, ``due_before`` without. ``done`` None is both."""

    contact_id: int | None = None
    deal_id: int | None = None
    company_id: int | None = None
    assigned_to: int | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    done: bool | None = None


async def read_task(connection: Connection, workspace_id: int, task_id: int) -> Record:
    """One task's row; ``contact_id`` is None where it has no contact that people see. Raises NotFound."""
    while (contact_id := await connection.fetchval(queries.WHERE_IS, workspace_id, task_id)) is not None:
        row = await connection.fetchrow(queries.READ, workspace_id, contact_id, task_id)
        if row is not None:
            return row
        # It has moved to another contact between the two looks.
    raise NotFound


async def task_home(connection: Connection, workspace_id: int, task_id: int) -> int:
    """The contact with whom a task and its history live, be it an invisible one. Raises NotFound."""
    contact_id = await connection.fetchval(queries.WHERE_IS, workspace_id, task_id)
    if contact_id is None:
        raise NotFound
    return int(contact_id)


async def find_task_id(connection: Connection, workspace_id: int, custom_id: str) -> int:
    """The id of the task with this custom id. Raises NotFound."""
    task_id = await connection.fetchval(queries.WHICH_IS, workspace_id, custom_id)
    if task_id is None:
        raise NotFound
    return int(task_id)


async def list_tasks(connection: Connection, workspace_id: int, wanted: TaskFilter, request: PageRequest) -> Page:
    """One page of rows as of ``read_task``, the earliest due first. A deal is looked up with the contact it lives with.

    What the request narrows the list to, and its order, are about ``t``, the tasks.
    """
    conditions = [sql("t.workspace_id = {}", workspace_id)]
    if wanted.deal_id is not None:
        contact_id = await connection.fetchval(queries.WHERE_DEAL_IS, workspace_id, wanted.deal_id)
        conditions.append(sql("t.contact_id = {} AND t.deal_id = {}", contact_id, wanted.deal_id))
    for column, sign, value in (
        ("t.contact_id", "=", wanted.contact_id),
        ("t.company_id", "=", wanted.company_id),
        ("t.assigned_to", "=", wanted.assigned_to),
        ("t.due_at", ">=", wanted.due_from),
        ("t.due_at", "<", wanted.due_before),
    ):
        if value is not None:
            conditions.append(sql(f"{column} {sign} {{}}", value))
    if wanted.done is not None:
        conditions.append(sql("t.done" if wanted.done else "NOT t.done"))
    order = Order("t.due_at", id_column="t.id")
    return await fetch_page(connection, queries.SHOWN, queries.SOURCE, conditions, order, request, counted="tasks AS t")
