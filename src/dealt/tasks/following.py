"""What must follow every change of a task."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from dealt.accounts import Actor
from dealt.freshness import facets
from dealt.kernel.db import Connection
from dealt.kernel.journal import Entry, difference, mark_stale, record
from dealt.tasks import queries
from dealt.tasks.model import BLANK, NOBODY


async def count_open(connection: Connection, deals: Mapping[int, int]) -> None:
    """Count the open tasks of held deals (deal id -> contact id) anew."""
    for deal_id, contact_id in deals.items():
        await connection.execute(queries.COUNT_OPEN, contact_id, deal_id)


async def follow(
    connection: Connection,
    actor: Actor,
    task_id: int,
    kind: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    now: datetime,
    *,
    restored: bool = False,
) -> None:
    """Journal a change of a task and have what is derived for its contacts computed anew; None is no task."""
    contacts = [row["contact_id"] for row in (before, after) if row is not None]
    changes = difference(_told(before), _told(after) | ({"restored": True} if restored else {}))
    entry = Entry(contacts[-1], kind, "task", task_id, actor.name, changes, int(actor.cause), actor.hop)
    await record(connection, actor.workspace_id, [entry], now)
    await mark_contacts(connection, actor, contacts, now)


async def mark_contacts(connection: Connection, actor: Actor, contacts: Collection[int], now: datetime) -> None:
    """Mark the contacts of tasks stale; a task without one derives nothing. Deals count their open tasks."""
    known = sorted({contact_id for contact_id in contacts if contact_id != NOBODY})
    await mark_stale(
        connection, actor.workspace_id, known, now, lane=actor.lane, cause=actor.cause, hop=actor.hop,
        facets=facets.TASKS | facets.DEALS,
    )  # fmt: skip


def _told(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the journal tells of a task: field -> value, attributes by name; what says nothing is left out."""
    if row is None:
        return {}
    fields = {name: row[name] for name in BLANK if name != "attributes"} | {"user_id": row["contact_id"] or None}
    return {name: value for name, value in {**fields, **row["attributes"]}.items() if value not in (None, "")}
