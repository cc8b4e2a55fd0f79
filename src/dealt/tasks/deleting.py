"""Deleting a task, and bringing it back."""

from __future__ import annotations

from datetime import datetime

import msgspec

from dealt.accounts import Actor
from dealt.deletions import Deletion, begin, keep, put_back
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict
from dealt.tasks import queries
from dealt.tasks.editing import rename
from dealt.tasks.following import count_open, follow
from dealt.tasks.holding import hold_deals, hold_task

_TABLES = {"tasks": "t.id = $3", "task_ids": "t.task_id = $3", "task_custom_ids": "t.task_id = $3"}
_NEWER = "jsonb_build_object('version', (r.image ->> 'version')::bigint + 1, 'updated_at', $3::timestamptz)"


async def delete_task(connection: Connection, actor: Actor, task_id: int, *, now: datetime) -> int | None:
    """Remove a task; by which deletion it comes back. Raises NotFound, TaskMoved."""
    workspace_id = actor.workspace_id
    held = await hold_task(connection, workspace_id, task_id)
    contact_id = held.row["contact_id"]
    name = held.row["name"] or f"Task {task_id}"
    kept = await begin(connection, workspace_id, actor.name, "task", task_id, name, now, contact_id=contact_id)
    for table, which in _TABLES.items():
        await keep(connection, workspace_id, kept, table, which, task_id, whose=str(int(contact_id)))
    await rename(connection, workspace_id, task_id, held.row["custom_id"], None)
    await connection.execute(queries.DELETE, workspace_id, contact_id, task_id)
    await connection.execute(queries.DELETE_ID, workspace_id, task_id)
    await count_open(connection, held.deals)
    await follow(connection, actor, task_id, "task.deleted", held.row, None, now)
    return kept


async def restore_task(connection: Connection, actor: Actor, deletion: Deletion, *, now: datetime) -> None:
    """Bring a task back, with its contact, and with its deal where that is the contact's still.

    Raises Conflict where its own id is taken.
    """
    workspace_id, task_id = actor.workspace_id, deletion.object_id
    came, kept = await put_back(connection, workspace_id, deletion, "task_custom_ids")
    if came < kept:
        raise Conflict(f'The own id of "{deletion.name}" is another task\'s now. Change that first.')
    await put_back(connection, workspace_id, deletion, "task_ids", place="contact_id")
    await put_back(connection, workspace_id, deletion, "tasks", now, place="contact_id", changes=_NEWER)
    row = dict(await connection.fetchrow(queries.ROW, workspace_id, deletion.contact_id, task_id))
    deals = await hold_deals(connection, workspace_id, {row["deal_id"]} - {None})
    if deals.get(row["deal_id"]) != deletion.contact_id and row["deal_id"] is not None:
        await connection.execute(queries.LEAVE_DEAL, workspace_id, deletion.contact_id, task_id)
        row["deal_id"], deals = None, {}
    await count_open(connection, deals)
    after = row | {"attributes": msgspec.json.decode(row["attributes"])}
    await follow(connection, actor, task_id, "task.created", None, after, now, restored=True)
