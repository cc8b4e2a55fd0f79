"""What happened, in pages, newest first unless asked otherwise: of one contact, of one event, of one product."""

from __future__ import annotations

from dealt.events import queries
from dealt.kernel.db import Connection
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import Sql, sql

NEWEST_FIRST = Order("happened_at", descending=True)


async def events_of_contact(connection: Connection, workspace_id: int, contact_id: int, request: PageRequest) -> Page:
    """A page of one contact's events, rows of ``queries.EVENT_COLUMNS``."""
    where = sql("contact_id = {}", contact_id)
    return await _page(connection, workspace_id, "events", queries.EVENT_COLUMNS, where, request)


async def occurrences_of_event(
    connection: Connection, workspace_id: int, definition_id: int, request: PageRequest
) -> Page:
    """A page of the occurrences of one event, of all contacts; rows of ``queries.EVENT_COLUMNS``."""
    where = sql("definition_id = {}", definition_id)
    return await _page(connection, workspace_id, "events", queries.EVENT_COLUMNS, where, request)


async def product_events_of_contact(
    connection: Connection, workspace_id: int, contact_id: int, request: PageRequest
) -> Page:
    """A page of one contact's product events, rows of ``queries.PRODUCT_EVENT_COLUMNS``."""
    where = sql("contact_id = {}", contact_id)
    return await _page(connection, workspace_id, "product_events", queries.PRODUCT_EVENT_COLUMNS, where, request)


async def events_of_product(connection: Connection, workspace_id: int, product_id: int, request: PageRequest) -> Page:
    """A page of what contacts did with one product, rows of ``queries.PRODUCT_EVENT_COLUMNS``."""
    where = sql("product_id = {}", product_id)
    return await _page(connection, workspace_id, "product_events", queries.PRODUCT_EVENT_COLUMNS, where, request)


async def page_views_of_contact(
    connection: Connection, workspace_id: int, contact_id: int, request: PageRequest
) -> Page:
    """A page of one contact's page views, rows of ``queries.PAGE_VIEW_COLUMNS``."""
    where = sql("contact_id = {}", contact_id)
    return await _page(connection, workspace_id, "page_views", queries.PAGE_VIEW_COLUMNS, where, request)


async def _page(
    connection: Connection, workspace_id: int, table: str, columns: str, where: Sql, request: PageRequest
) -> Page:
    return await fetch_page(
        connection, columns, table, [sql("workspace_id = {}", workspace_id), where], NEWEST_FIRST, request
    )
