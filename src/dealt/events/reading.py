"""What happened, in pages, newest first: of one contact, of one event, of one product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dealt.events import queries
from dealt.kernel.db import Connection
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import Sql, sql

NEWEST_FIRST = Order("happened_at", descending=True)


@dataclass(frozen=True, slots=True)
class Between:
    """From ``since`` on, before ``until``; None where a side is open."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def conditions(self) -> list[Sql]:
        """What holds of the occurrences within."""
        found = [] if self.since is None else [sql("happened_at >= {}", self.since)]
        return found if self.until is None else [*found, sql("happened_at < {}", self.until)]


ALWAYS = Between()


async def events_of_contact(
    connection: Connection,
    workspace_id: int,
    contact_id: int,
    request: PageRequest,
    *,
    definition_id: int | None = None,
    between: Between = ALWAYS,
) -> Page:
    """A page of one contact's events, rows of ``queries.EVENT_COLUMNS``; of one name, or of all."""
    where = [sql("contact_id = {}", contact_id), *between.conditions]
    if definition_id is not None:
        where.append(sql("definition_id = {}", definition_id))
    return await _page(connection, workspace_id, "events", queries.EVENT_COLUMNS, where, request)


async def occurrences_of_event(
    connection: Connection, workspace_id: int, definition_id: int, request: PageRequest, between: Between = ALWAYS
) -> Page:
    """A page of the occurrences of one event, of all contacts; rows of ``queries.EVENT_COLUMNS``."""
    where = [sql("definition_id = {}", definition_id), *between.conditions]
    return await _page(connection, workspace_id, "events", queries.EVENT_COLUMNS, where, request)


async def product_events_of_contact(
    connection: Connection,
    workspace_id: int,
    contact_id: int,
    request: PageRequest,
    *,
    event_type: str | None = None,
    between: Between = ALWAYS,
) -> Page:
    """A page of one contact's product events, rows of ``queries.PRODUCT_EVENT_COLUMNS``."""
    where = [sql("contact_id = {}", contact_id), *between.conditions]
    if event_type is not None:
        where.append(sql("event_type = {}", event_type))
    return await _page(connection, workspace_id, "product_events", queries.PRODUCT_EVENT_COLUMNS, where, request)


async def events_of_product(
    connection: Connection, workspace_id: int, product_id: int, request: PageRequest, between: Between = ALWAYS
) -> Page:
    """A page of what contacts did with one product, rows of ``queries.PRODUCT_EVENT_COLUMNS``."""
    where = [sql("product_id = {}", product_id), *between.conditions]
    return await _page(connection, workspace_id, "product_events", queries.PRODUCT_EVENT_COLUMNS, where, request)


async def page_views_of_contact(
    connection: Connection, workspace_id: int, contact_id: int, request: PageRequest, between: Between = ALWAYS
) -> Page:
    """A page of one contact's page views, rows of ``queries.PAGE_VIEW_COLUMNS``."""
    where = [sql("contact_id = {}", contact_id), *between.conditions]
    return await _page(connection, workspace_id, "page_views", queries.PAGE_VIEW_COLUMNS, where, request)


async def _page(
    connection: Connection, workspace_id: int, table: str, columns: str, where: Sequence[Sql], request: PageRequest
) -> Page:
    conditions = [sql("workspace_id = {}", workspace_id), *where]
    return await fetch_page(connection, columns, table, conditions, NEWEST_FIRST, request)
