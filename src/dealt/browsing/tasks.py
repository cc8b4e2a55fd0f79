"""The list of tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec

from dealt.accounts import MEMBERS, Snapshot, sees_only
from dealt.browsing import queries
from dealt.browsing.model import Act, Column, Done, Filter, Kind, Row
from dealt.browsing.sorting import sorted_by_all
from dealt.browsing.tagging import means
from dealt.contacts import display_name, read_contacts
from dealt.kernel.db import Connection, Record, in_transaction
from dealt.kernel.paging import Page, PageRequest
from dealt.kernel.sql import Sql, sql
from dealt.publicapi import ACTIVITIES
from dealt.tasks import TaskFilter, complete_task, list_tasks, reopen_task
from dealt.web import Undo, Visit

_ESCAPED = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


async def _read(
    visit: Visit, connection: Connection, snapshot: Snapshot, _lookups: Mapping[str, str], request: PageRequest
) -> tuple[Page, list[Row]]:
    if (own := sees_only(visit.member)) is not None and request.narrowed is not None:
        conditions = (*request.narrowed.conditions, sql(queries.ABOUT_OWN_DEALS, own))
        request = replace(request, narrowed=replace(request.narrowed, conditions=conditions))
    page = await list_tasks(connection, visit.workspace_id, TaskFilter(), request)
    people: Mapping[int, Record] = {}
    if visit.may("contacts"):
        ids = sorted({row["contact_id"] for row in page.rows if row["contact_id"] is not None})
        people = await read_contacts(connection, visit.workspace_id, ids)
    return page, [_row(row, people, snapshot) for row in page.rows]


def _row(row: Record, people: Mapping[int, Record], snapshot: Snapshot) -> Row:
    person = people.get(row["contact_id"])
    values: dict[str, Any] = msgspec.json.decode(row["attributes"]) | dict(row)
    values |= {
        "contact": (row["contact_id"], display_name(person) or person["custom_id"] or "Contact") if person else None,
        "due_date": row["due_at"],
        "assigned_to": snapshot.part(MEMBERS).get(row["assigned_to"] or 0, ""),
        "duration": row["duration_minutes"],
    }
    return Row(row["id"], row["name"] or f"Task {row['id']}", values)


async def _complete(visit: Visit, ids: list[int], _value: str) -> Done:
    return await _turn(visit, ids, done=True)


async def _reopen(visit: Visit, ids: list[int], _value: str) -> Done:
    return await _turn(visit, ids, done=False)


async def _turn(visit: Visit, ids: list[int], *, done: bool) -> Done:
    change, definitions = complete_task if done else reopen_task, visit.house.definitions

    async def work(connection: Connection) -> None:
        if (own := sees_only(visit.member)) is not None:
            seen = await connection.fetchval(queries.TASKS_SEEN, visit.workspace_id, ids, own)
            if seen < len(ids):
                raise visit.not_found("task")
        # One by one: each may be with another contact and count in another deal. In one order, so that none waits.
        for task_id in sorted(ids):
            await change(connection, visit.actor, task_id, definitions, now=visit.now)

    await in_transaction(visit.house.pool, work)
    back = {"act": "reopen" if done else "done", "ids": ",".join(map(str, ids)), "value": "yes"}
    many = f"{len(ids)} task{'' if len(ids) == 1 else 's'}"
    return Done(f"{many} {'done' if done else 'open again'}.", Undo("/tasks/do/", back))


def _presets(visit: Visit, snapshot: Snapshot) -> list[tuple[str, dict[str, str]]]:
    """Tabs: days are those of the workspace; what was due earlier today stands under Today."""
    today = visit.now.astimezone(snapshot.time_zone).date()
    return [
        ("Mine", {"assigned_to": str(visit.member.id), "done": "false"}),
        ("Overdue", {"done": "false", "due_date__lt": f"{today}"}),
        ("Today", {"done": "false", "due_date__gte": f"{today}", "due_date__lt": f"{today + timedelta(days=1)}"}),
        ("Done", {"done": "true"}),
    ]


def _named(text: str) -> Sql:
    return sql("lower(t.name) LIKE lower({}::text)", f"%{text.translate(_ESCAPED)}%")


TASKS = Kind(
    name="task",
    one="task",
    title="Tasks",
    path="/tasks/",
    area="tasks",
    domain="task",
    about="What people are to do, the earliest due first.",
    empty="You add one here, or on the page of a deal, a contact or a company; a program sends one over the API.",
    listing=sorted_by_all(ACTIVITIES),
    columns=(
        Column("name", "Name", "name"),
        Column("due_date", "Due", "when", sort="due_date"),
        Column("done", "Done", "plain"),
        Column("assigned_to", "Assigned to"),
        Column("contact", "Contact", "contact"),
        Column("deal_id", "Deal", "deal"),
        Column("duration", "Minutes", "number"),
        Column("description", "Description"),
        Column("created_at", "Added", "when", sort="id"),
        Column("updated_at", "Changed", "when", sort="updated_at"),
        Column("custom_id", "Own id"),
        Column("id", "Number", "number", sort="id"),
    ),
    default=("due_date", "done", "assigned_to", "contact", "deal_id"),
    ordering="due_date",
    filters=(
        Filter(
            "done",
            "Done",
            lambda _: (("false", "Open"), ("true", "Done")),
            lambda flag: {"field": "done", "op": f"is_{flag}"},
        ),
        Filter(
            "assigned_to",
            "Assigned to",
            lambda s: [(str(key), name) for key, name in s.part(MEMBERS).items()],
            means("assigned_to"),
        ),
        Filter("due_date__lt", "Due before", means=means("due_date", "before")),
    ),
    search=_named,
    read=_read,
    alias="t",
    steady="due_date",
    acts=(
        Act("done", "Mark as done", _complete, takes_value=False),
        Act("reopen", "Open again", _reopen, takes_value=False),
    ),
    presets=_presets,
)
