"""What happens to the tasks about a company that was deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dealt.accounts import Actor
from dealt.kernel.db import Connection, Record
from dealt.kernel.journal import Entry, record
from dealt.tasks import queries
from dealt.tasks.following import mark_contacts


async def leave_company(connection: Connection, actor: Actor, company_id: int, *, most: int, now: datetime) -> int:
    """Take a company that is no more out of up to ``most`` tasks; of how many. Each keeps all else."""
    found = await connection.fetch(queries.OF_COMPANY, actor.workspace_id, company_id, most)
    ids = [row["id"] for row in found]
    # Whoever writes a task first holds its row in the directory, which also says where it lives now.
    held = await connection.fetch(queries.HOLD_MANY, actor.workspace_id, ids)
    contacts = [row["contact_id"] for row in held]
    columns = (contacts, [row["task_id"] for row in held])
    rows = await connection.fetch(queries.LEAVE_COMPANY, actor.workspace_id, *columns, company_id, now)
    await _follow(connection, actor, rows, (company_id, None), now)
    return len(found)


async def join_company(
    connection: Connection, actor: Actor, company_id: int, task_ids: Sequence[int], *, now: datetime
) -> None:
    """Give a company that was brought back to tasks that named it and name none since."""
    held = await connection.fetch(queries.HOLD_MANY, actor.workspace_id, task_ids)
    columns = ([row["contact_id"] for row in held], [row["task_id"] for row in held])
    rows = await connection.fetch(queries.JOIN_COMPANY, actor.workspace_id, *columns, company_id, now)
    await _follow(connection, actor, rows, (None, company_id), now)


async def _follow(
    connection: Connection, actor: Actor, rows: Sequence[Record], change: tuple[int | None, int | None], now: datetime
) -> None:
    entries = [
        Entry(
            row["contact_id"], "task.updated", "task", row["id"], actor.name, {"company_id": change},
            int(actor.cause), actor.hop,
        )
        for row in rows
    ]  # fmt: skip
    await record(connection, actor.workspace_id, entries, now)
    await mark_contacts(connection, actor, {row["contact_id"] for row in rows}, now)
