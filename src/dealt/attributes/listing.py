"""Attributes in pages."""

from __future__ import annotations

from dealt.attributes import queries
from dealt.attributes.model import EVENT
from dealt.kernel.db import Connection
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import sql


async def page_of_attributes(
    connection: Connection, workspace_id: int, request: PageRequest, domain: str | None = None
) -> Page:
    """One page of the attributes, of one domain, of all events (``event``), or of all, by id."""
    conditions = [sql("workspace_id = {}", workspace_id)]
    if domain == EVENT:
        conditions.append(sql("domain LIKE {}", f"{EVENT}:%"))
    elif domain is not None:
        conditions.append(sql("domain = {}", domain))
    return await fetch_page(connection, queries.COLUMNS, "attributes", conditions, Order("id"), request)
