"""What page views leave on contacts, against a count from nothing."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.events import queries
from dealt.freshness import Drift, Found, Unit
from dealt.kernel.db import Connection

PAGE_VIEWS = "page_views"


async def check_visits(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Found:
    """Count the page views of these contacts, store the numbers, and say what differed before."""
    rows = await connection.fetch(queries.CHECK_PAGE_VIEWS, workspace_id, contact_ids)
    return Found(
        [
            Drift(Unit(row["id"], "contact", row["id"], PAGE_VIEWS, PAGE_VIEWS), row["page_views"], row["counted"])
            for row in rows
        ]
    )
