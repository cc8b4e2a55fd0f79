"""Which contacts were merged into one."""

from __future__ import annotations

from dealt.kernel.db import Connection
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import sql
from dealt.people import queries


async def list_merges(connection: Connection, workspace_id: int, contact_id: int, request: PageRequest) -> Page:
    """One page of the merges into a contact, the latest first, those that were undone among them."""
    where = [sql("contact_id = {}", contact_id), sql("workspace_id = {}", workspace_id)]
    return await fetch_page(connection, queries.MERGE_COLUMNS, "merges", where, Order("id", descending=True), request)
