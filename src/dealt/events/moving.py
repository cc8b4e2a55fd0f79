"""What happens to a contact's occurrences when contacts are merged, and when a person is erased."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.events import queries
from dealt.kernel.db import Connection, affected


async def move_events(connection: Connection, workspace_id: int, from_ids: Sequence[int], to_id: int) -> int:
    """Give everything that the contacts ``from_ids`` did to ``to_id``, in the caller's transaction; how many rows.

    Ids and times stay. The caller marks both sides stale.
    """
    moved = 0
    for statement in queries.MOVE:
        moved += affected(await connection.execute(statement, workspace_id, list(from_ids), to_id))
    await connection.execute(queries.MOVE_CUSTOM_IDS, workspace_id, list(from_ids), to_id)
    return moved


async def erase_events(connection: Connection, workspace_id: int, contact_id: int) -> int:
    """Delete everything that a contact did, with the custom ids, in the caller's transaction; how many rows.

    The names of events stay: they are the workspace's.
    """
    erased = 0
    for statement in (*queries.ERASE, queries.ERASE_CUSTOM_IDS):
        erased += affected(await connection.execute(statement, workspace_id, contact_id))
    return erased
