"""What happens to a deal's tasks when the deal moves or goes; the caller holds the deal's row in its directory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dealt.accounts import Actor
from dealt.kernel.db import Connection
from dealt.kernel.journal import Entry, record
from dealt.tasks import queries
from dealt.tasks.following import count_open


async def move_tasks(
    connection: Connection, workspace_id: int, deal_id: int, from_contact: int, to_contact: int
) -> list[int]:
    """Take a deal's tasks and their history along to another contact; their ids.

    The deal's own writer journals the move and marks both contacts.
    """
    rows = await connection.fetch(queries.MOVE_OF_DEAL, workspace_id, deal_id, from_contact, to_contact)
    moved = sorted(row["id"] for row in rows)
    if moved:
        await connection.execute(queries.MOVE_IDS, workspace_id, moved, to_contact)
        await connection.execute(queries.MOVE_HISTORY, to_contact, from_contact, moved)
    return moved


async def release_tasks(
    connection: Connection, actor: Actor, deal_id: int, contact_id: int, *, now: datetime
) -> list[int]:
    """Keep a deleted deal's tasks with its contact, without the deal; their ids."""
    rows = await connection.fetch(queries.RELEASE_OF_DEAL, actor.workspace_id, deal_id, contact_id, now)
    released = sorted(row["id"] for row in rows)
    await _tell(connection, actor, released, contact_id, (deal_id, None), now)
    return released


async def rejoin_deal(
    connection: Connection, actor: Actor, deal_id: int, contact_id: int, task_ids: Sequence[int], *, now: datetime
) -> None:
    """Give a deal that was brought back to its tasks, where they are its contact's still and name no other deal."""
    values = (deal_id, contact_id, now, list(task_ids))
    rows = await connection.fetch(queries.REJOIN_DEAL, actor.workspace_id, *values)
    await _tell(connection, actor, sorted(row["id"] for row in rows), contact_id, (None, deal_id), now)
    await count_open(connection, {deal_id: contact_id})


async def _tell(
    connection: Connection, actor: Actor, task_ids: Sequence[int], contact_id: int,
    change: tuple[int | None, int | None], now: datetime,
) -> None:  # fmt: skip
    entries = [
        Entry(contact_id, "task.updated", "task", task_id, actor.name, {"deal_id": change}, int(actor.cause), actor.hop)
        for task_id in task_ids
    ]
    await record(connection, actor.workspace_id, entries, now)
