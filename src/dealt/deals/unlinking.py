"""The job that follows the deletion of a company: the orders and tasks that name it let go of it.

Answers show no link to a company that is not there, so nobody sees how far the job has come. A write that was under
way when the company went may store the link after the walk has passed; so the walk is done once more when every such
write has ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dealt.accounts import Actor
from dealt.companies import UNLINK
from dealt.deals import queries
from dealt.deals.deriving import SECOND_WALK_AFTER
from dealt.deletions import end_rows, images, is_open
from dealt.freshness import facets
from dealt.kernel.db import Connection, Pool, Record, in_transaction
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import Cause, Entry, Lane, mark_stale, record
from dealt.tasks import join_company, leave_company

LINKS_A_BATCH = 500


async def unlink_company(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Take the company ``company_id`` out of every deal and task, journalled as the act of who deleted it."""
    actor = Actor(workspace_id, payload["actor"], Cause(payload["cause"]), Lane.BULK, payload["hop"])
    company_id = payload["company_id"]

    async def deals(connection: Connection) -> int:
        if not await is_open(connection, workspace_id, payload.get("deletion_id")):
            return 0
        return await _unlink(connection, actor, company_id, now)

    async def tasks(connection: Connection) -> int:
        if not await is_open(connection, workspace_id, payload.get("deletion_id")):
            return 0
        return await leave_company(connection, actor, company_id, most=LINKS_A_BATCH, now=now)

    for part in (deals, tasks):
        while await in_transaction(pool, part):
            pass
    if not payload.get("again"):
        again = {**payload, "again": True}
        async with pool.acquire() as connection:
            await enqueue(connection, workspace_id, UNLINK, again, now=now, run_at=now + SECOND_WALK_AFTER)


async def relink_company(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Give a company that was brought back to the deals and tasks that named it and name none since."""
    actor = Actor(workspace_id, payload["actor"], lane=Lane.BULK)

    async def work(connection: Connection) -> None:
        for kind, link in (("deals_of", _relink), ("tasks_of", join_company)):
            async for batch in images(connection, workspace_id, payload["deletion_id"], kind):
                await link(connection, actor, payload["company_id"], [int(image) for _, image in batch], now=now)
        await end_rows(connection, workspace_id, payload["deletion_id"])

    await in_transaction(pool, work)


async def _relink(
    connection: Connection, actor: Actor, company_id: int, deal_ids: Sequence[int], *, now: datetime
) -> None:
    held = await connection.fetch(queries.LOCK_IDS, actor.workspace_id, deal_ids)
    columns = ([row["contact_id"] for row in held], [row["deal_id"] for row in held])
    rows = await connection.fetch(queries.RELINK_COMPANY, actor.workspace_id, *columns, company_id, now)
    await _follow(connection, actor, rows, (None, company_id), now)


async def _unlink(connection: Connection, actor: Actor, company_id: int, now: datetime) -> int:
    """One batch of deals; how many were found to name the company."""
    workspace_id = actor.workspace_id
    found = await connection.fetch(queries.OF_COMPANY, workspace_id, company_id, LINKS_A_BATCH)
    held = await connection.fetch(queries.LOCK_IDS, workspace_id, [row["id"] for row in found])
    columns = ([row["contact_id"] for row in held], [row["deal_id"] for row in held])
    rows = await connection.fetch(queries.UNLINK_COMPANY, workspace_id, *columns, company_id, now)
    await _follow(connection, actor, rows, (company_id, None), now)
    return len(found)


async def _follow(
    connection: Connection, actor: Actor, rows: Sequence[Record], change: tuple[int | None, int | None], now: datetime
) -> None:
    """Journal another company of deals, and have what is derived from it computed anew."""
    changes = {"company_id": change}
    entries = [
        Entry(row["contact_id"], "deal.updated", "deal", row["id"], actor.name, changes, int(actor.cause), actor.hop)
        for row in rows
    ]
    await record(connection, actor.workspace_id, entries, now)
    await mark_stale(
        connection, actor.workspace_id, {row["contact_id"] for row in rows}, now,
        lane=actor.lane, cause=actor.cause, hop=actor.hop, facets=facets.DEALS,
    )  # fmt: skip
