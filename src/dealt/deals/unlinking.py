"""The job that follows the deletion of a company: the orders and tasks that name it let go of it.

Answers show no link to a company that is not there, so nobody sees how far the job has come. A write that was under
way when the company went may store the link after the walk has passed; so the walk is done once more when every such
write has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dealt.accounts import Actor
from dealt.companies import UNLINK
from dealt.deals import queries
from dealt.deals.deriving import SECOND_WALK_AFTER
from dealt.freshness import facets
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import Cause, Entry, Lane, mark_stale, record
from dealt.tasks import leave_company

LINKS_A_BATCH = 500


async def unlink_company(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Take the company ``company_id`` out of every deal and task, journalled as the act of who deleted it."""
    actor = Actor(workspace_id, payload["actor"], Cause(payload["cause"]), Lane.BULK, payload["hop"])
    company_id = payload["company_id"]

    async def deals(connection: Connection) -> int:
        return await _unlink(connection, actor, company_id, now)

    async def tasks(connection: Connection) -> int:
        return await leave_company(connection, actor, company_id, most=LINKS_A_BATCH, now=now)

    for part in (deals, tasks):
        while await in_transaction(pool, part):
            pass
    if not payload.get("again"):
        again = {**payload, "again": True}
        async with pool.acquire() as connection:
            await enqueue(connection, workspace_id, UNLINK, again, now=now, run_at=now + SECOND_WALK_AFTER)


async def _unlink(connection: Connection, actor: Actor, company_id: int, now: datetime) -> int:
    """One batch of deals; how many were found to name the company."""
    workspace_id = actor.workspace_id
    found = await connection.fetch(queries.OF_COMPANY, workspace_id, company_id, LINKS_A_BATCH)
    held = await connection.fetch(queries.LOCK_IDS, workspace_id, [row["id"] for row in found])
    columns = ([row["contact_id"] for row in held], [row["deal_id"] for row in held])
    rows = await connection.fetch(queries.UNLINK_COMPANY, workspace_id, *columns, company_id, now)
    changes = {"company_id": (company_id, None)}
    entries = [
        Entry(row["contact_id"], "deal.updated", "deal", row["id"], actor.name, changes, int(actor.cause), actor.hop)
        for row in rows
    ]
    await record(connection, workspace_id, entries, now)
    contacts = {row["contact_id"] for row in rows}
    await mark_stale(
        connection, workspace_id, contacts, now, lane=actor.lane, cause=actor.cause, hop=actor.hop, facets=facets.DEALS
    )
    return len(found)
