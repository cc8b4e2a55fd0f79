"""What happens to the tasks about a company that was deleted."""

from __future__ import annotations

from datetime import datetime

from dealt.accounts import Actor
from dealt.kernel.db import Connection
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
    changes = {"company_id": (company_id, None)}
    entries = [
        Entry(row["contact_id"], "task.updated", "task", row["id"], actor.name, changes, int(actor.cause), actor.hop)
        for row in rows
    ]
    await record(connection, actor.workspace_id, entries, now)
    await mark_contacts(connection, actor, {row["contact_id"] for row in rows}, now)
    return len(found)
