"""What page views leave on contacts, against a count from nothing; and the directory of what clients call things."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.events import queries
from dealt.events.model import Kind
from dealt.events.moving import TABLES
from dealt.freshness import Drift, Found, Unit
from dealt.kernel.db import Connection

PAGE_VIEWS, DIRECTORY = "page_views", "event_custom_ids"


async def check_visits(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Found:
    """Count the page views of these contacts, store the numbers, and say what differed before."""
    rows = await connection.fetch(queries.CHECK_PAGE_VIEWS, workspace_id, contact_ids)
    return Found(
        [
            Drift(Unit(row["id"], "contact", row["id"], PAGE_VIEWS, PAGE_VIEWS), row["page_views"], row["counted"])
            for row in rows
        ]
    )


async def check_occurrences(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Found:
    """List what these contacts' occurrences are called where it is not listed, and say of which that was so."""
    drift = list[Drift]()
    for kind in Kind:
        statement = queries.CHECK_CUSTOM_IDS.format(table=TABLES[kind], kind=int(kind))
        drift += [
            Drift(
                Unit(row["contact_id"], kind.name.lower(), row["id"], DIRECTORY, DIRECTORY), row["listed_id"], row["id"]
            )
            for row in await connection.fetch(statement, workspace_id, contact_ids)
        ]
    return Found(drift)
