"""Contacts in pages: of a workspace, of a list, of a tag."""

from __future__ import annotations

from dealt.contacts import queries
from dealt.kernel.db import Connection
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import Sql, sql


def visible(workspace_id: int) -> Sql:
    """The condition of being a contact of this workspace, and no placeholder."""
    return sql("workspace_id = {} AND NOT placeholder", workspace_id)


async def page_of_tagged(connection: Connection, workspace_id: int, tag_id: int, request: PageRequest) -> Page:
    """One page of the contacts with a tag, oldest first."""
    # That there are any is what the index is limited to.
    where = [visible(workspace_id), sql("tag_ids <> ARRAY[]::bigint[] AND tag_ids @> ARRAY[{}::bigint]", tag_id)]
    return await fetch_page(connection, queries.COLUMNS, "contacts", where, Order("id"), request)
