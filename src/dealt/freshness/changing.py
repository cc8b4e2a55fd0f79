"""What every change of a definition does: a new version, and a walk over all contacts to bring them up to it."""

from __future__ import annotations

from datetime import datetime

from dealt.accounts import await_writes
from dealt.freshness import queries
from dealt.kernel.db import Connection
from dealt.kernel.jobs import enqueue

BACKFILL = "freshness.backfill"


async def definitions_changed(
    connection: Connection, workspace_id: int, now: datetime, *, reading_more: bool = True
) -> int:
    """Raise the versions of a workspace and have its contacts recomputed; the new version, for the changed row.

    Call it first in a transaction that changes definitions: it holds the workspace's row, so that two changes never
    overlook each other. Contacts that are read before the walk has come to them are settled then.

    Where they may read more than before, it waits for every write that trusts the definitions: what such a write
    leaves unmarked, nobody looks at. Until the walk begins, every change marks its contact.
    """
    if reading_more:
        await await_writes(connection, workspace_id)
    version = int(await connection.fetchval(queries.RAISE_VERSION, workspace_id))
    await enqueue(connection, workspace_id, BACKFILL, {"version": version}, now=now)
    return version


async def everything_changed(connection: Connection, workspace_id: int, now: datetime) -> None:
    """What definitions are read by changed (the type of an attribute, the time zone): all are computed anew.

    What they look at is the same, or they make no sense before or after that, and then everything counts as looked at.
    """
    await connection.execute(queries.RECOMPUTE_ALL, workspace_id)
    await definitions_changed(connection, workspace_id, now, reading_more=False)
