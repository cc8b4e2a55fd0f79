"""Keeping what a deletion takes, in its transaction. What programs delete is not kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dealt.deletions import queries
from dealt.deletions.model import KEPT_FOR
from dealt.kernel.db import Connection, Pool
from dealt.kernel.journal import encode

_A_CHUNK = 100
_LONGEST_NAME = 300


async def begin(
    connection: Connection,
    workspace_id: int,
    actor: str,
    object_type: str,
    object_id: int,
    name: str,
    now: datetime,
    *,
    contact_id: int = 0,
) -> int | None:
    """The number of a deletion that can be taken back; None where ``actor`` is no member: a program's is final."""
    if not actor.startswith("member:"):
        return None
    values = (contact_id, workspace_id, object_type, object_id, name[:_LONGEST_NAME], now, actor)
    return int(await connection.fetchval(queries.BEGIN, *values))


async def keep(
    connection: Connection,
    workspace_id: int,
    deletion_id: int | None,
    table: str,
    condition: str,
    *values: Any,
    whose: str = "0",
    image: str = "to_jsonb(t)",
    kind: str = "",
) -> int:
    """Keep rows ``t`` of ``table`` as they are now, before they are deleted; how many.

    ``condition`` is SQL about ``t`` with ``values`` as $3 and on; ``whose`` is the contact to whom a row belongs, so
    that it moves and is forgotten with that contact. ``kind`` names them where they are not put back as they were.
    """
    if deletion_id is None:
        return 0
    statement = queries.keep(table, condition, whose, image, kind or table)
    return int(await connection.fetchval(statement, workspace_id, deletion_id, *values))


async def keep_images(
    connection: Connection, workspace_id: int, deletion_id: int | None, kind: str, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Keep what is about to be changed of rows, each with its ``contact_id``."""
    if deletion_id is not None and rows:
        await connection.execute(queries.KEEP_IMAGES, workspace_id, deletion_id, kind, encode(rows))


async def forget_of(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> None:
    """What was kept of these contacts until now cannot come back any more."""
    for statement in (queries.FORGET_OF_ROWS, queries.FORGET_OF):
        await connection.execute(statement, workspace_id, list(contact_ids))


async def forget_old(pool: Pool, now: datetime) -> int:
    """Delete for good what was deleted more than 30 days ago; how many deletions."""
    total = 0
    while rows := await pool.fetch(queries.OLD, now - KEPT_FOR, _A_CHUNK):
        by_workspace = defaultdict(list)
        for row in rows:
            by_workspace[row["workspace_id"]].append(row["id"])
        for workspace_id, ids in by_workspace.items():
            await pool.execute(queries.END_ROWS, workspace_id, ids)
            await pool.execute(queries.END, workspace_id, ids)
        total += len(rows)
    return total
