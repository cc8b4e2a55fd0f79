"""Exchange rates in pages."""

from __future__ import annotations

from dealt.kernel.db import Connection
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import sql
from dealt.rates import queries


async def page_of_rates(
    connection: Connection, workspace_id: int, request: PageRequest, currency: str | None = None
) -> Page:
    """One page of the rates, of one currency or of all, by currency and day."""
    conditions = [sql("workspace_id = {}", workspace_id)]
    if currency is not None:
        conditions.append(sql("currency = {}", currency))
    order = Order("place", id_column="place")
    return await fetch_page(connection, queries.COLUMNS, queries.NUMBERED, conditions, order, request)
