"""Holding a task and its deals before either is written, always in one order: deals by id, then the task."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import msgspec

from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import NotFound
from dealt.tasks import queries
from dealt.tasks.model import ReferenceNotFound, TaskMoved


@dataclass(frozen=True, slots=True)
class Held:
    """A task as it stands, and where each of the held deals lives: deal id -> contact id."""

    row: dict[str, Any]
    deals: dict[int, int]


async def hold_deals(connection: Connection, workspace_id: int, deal_ids: Collection[int]) -> dict[int, int]:
    """The contact with whom each of these deals lives, until the transaction ends; unknown deals are left out."""
    if not deal_ids:
        return {}
    rows = await connection.fetch(queries.HOLD_DEALS, workspace_id, sorted(deal_ids))
    return {row["deal_id"]: row["contact_id"] for row in rows}


async def hold_deal(connection: Connection, workspace_id: int, deal_id: int) -> int:
    """The contact with whom a deal lives, until the transaction ends. Raises ReferenceNotFound."""
    held = await hold_deals(connection, workspace_id, [deal_id])
    if deal_id not in held:
        raise ReferenceNotFound("deal", deal_id)
    return held[deal_id]


async def hold_task(connection: Connection, workspace_id: int, task_id: int, joining: int | None = None) -> Held:
    """A task, held with its deal and the deal that it is to join. Raises NotFound, ReferenceNotFound, TaskMoved."""
    seen = await _look(connection, workspace_id, task_id)
    deals = await hold_deals(connection, workspace_id, {d for d in (seen["deal_id"], joining) if d is not None})
    if joining is not None and joining not in deals:
        raise ReferenceNotFound("deal", joining)
    if await connection.fetchval(queries.HOLD, workspace_id, task_id) is None:
        raise NotFound
    row = await _look(connection, workspace_id, task_id)
    if row["deal_id"] != seen["deal_id"]:
        raise TaskMoved
    return Held(dict(row, attributes=msgspec.json.decode(row["attributes"])), deals)


async def _look(connection: Connection, workspace_id: int, task_id: int) -> Record:
    contact_id = await connection.fetchval(queries.WHERE_IS, workspace_id, task_id)
    if contact_id is None:
        raise NotFound
    row = await connection.fetchrow(queries.ROW, workspace_id, contact_id, task_id)
    if row is None:
        raise TaskMoved
    return row
