"""A deal takes what it belongs to along when it moves to another contact."""

from __future__ import annotations

from dealt.kernel.db import Connection
from dealt.segments import queries


async def move_deal_members(
    connection: Connection, workspace_id: int, deal_id: int, source_id: int, target_id: int
) -> None:
    """Move the memberships of one deal; those of dynamic segments are looked at when its contacts are settled."""
    await connection.execute(queries.MOVE_DEAL, workspace_id, deal_id, source_id, target_id)
