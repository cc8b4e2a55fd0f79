"""What follows for contacts when a tag is deleted."""

from __future__ import annotations

from datetime import datetime

from dealt.accounts import Actor
from dealt.contacts import queries
from dealt.freshness import facets
from dealt.kernel.db import Connection
from dealt.kernel.journal import mark_stale


async def follow_deleted_tag(connection: Connection, actor: Actor, tag_id: int, *, now: datetime) -> None:
    """Have what is derived for the contacts with this tag computed anew, now that there is no such tag."""
    rows = await connection.fetch(queries.TAGGED, actor.workspace_id, tag_id)
    bulk = actor.in_bulk()
    await mark_stale(
        connection, actor.workspace_id, [row["id"] for row in rows], now, lane=bulk.lane, cause=bulk.cause,
        hop=bulk.hop, facets=facets.TAGS,
    )  # fmt: skip
