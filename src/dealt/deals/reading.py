"""Reading deals: one, a filtered page, and a deal's history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from dealt.deals import queries
from dealt.deals.images import fetch_images
from dealt.deals.model import DealImage
from dealt.kernel.db import Connection
from dealt.kernel.errors import NotFound
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import Sql, sql

DATES = ("ordered_at", "created_at", "updated_at", "won_at", "lost_at", "expected_close_date")
COMPARISONS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}
ORDERS = ("ordered_at", "updated_at", "id")
_LOOKS = 10
"""A deal may go to another contact between the look at its directory and the look at itself: then look again."""


@dataclass
class DealFilter:
    """What a list of deals is narrowed by; ``dates`` holds (column, comparison, moment)."""

    contact_id: int | None = None
    statuses: Sequence[int] = ()
    stage_ids: Sequence[int] | None = None
    product_id: int | None = None
    company_id: int | None = None
    custom_id: str | None = None
    dates: list[tuple[str, str, date | datetime]] = field(default_factory=list)
    order: str = "-ordered_at"


async def get_deal(connection: Connection, workspace_id: int, deal_id: int) -> DealImage:
    """The image of one deal by system id. Raises NotFound."""
    for _ in range(_LOOKS):
        contact_id = await _home(connection, workspace_id, deal_id)
        if contact_id is None:
            break
        images = await fetch_images(connection, workspace_id, [(contact_id, deal_id)], to_show=True)
        if deal_id in images:
            return images[deal_id]
    raise NotFound


async def show_deals(connection: Connection, workspace_id: int, deal_ids: Sequence[int]) -> dict[int, DealImage]:
    """The images of these deals to show, by id; those that are gone, or just going elsewhere, are left out."""
    rows = await connection.fetch(queries.FIND_BY_ID, workspace_id, deal_ids)
    keys = [(row["contact_id"], row["deal_id"]) for row in rows]
    return await fetch_images(connection, workspace_id, keys, to_show=True)


async def find_deal_id(connection: Connection, workspace_id: int, custom_id: str) -> int:
    """The system id of the deal with this custom id. Raises NotFound."""
    deal_id = await connection.fetchval(queries.FIND_ONE_BY_CUSTOM_ID, workspace_id, custom_id)
    if deal_id is None:
        raise NotFound
    return int(deal_id)


async def list_deals(
    connection: Connection, workspace_id: int, wanted: DealFilter, request: PageRequest
) -> tuple[Page, dict[int, DealImage]]:
    """A page of deals, newest order first unless told otherwise: rows with their ``id``, and images by id to show."""
    conditions = await _conditions(connection, workspace_id, wanted)
    if wanted.product_id is None:
        table, source = "d", "deals AS d"
    elif _is_about_links(wanted):
        table, source = "p", "deal_products AS p"
    else:
        table = "p"
        source = "deal_products AS p JOIN deals AS d ON d.contact_id = p.contact_id AND d.id = p.deal_id"
        conditions.append(sql("d.workspace_id = {}", workspace_id))
    key = "id" if table == "d" else "deal_id"
    column = wanted.order.removeprefix("-")
    order_column = (
        f"{table}.ordered_at" if column == "ordered_at" else f"{table}.{key}" if column == "id" else f"d.{column}"
    )
    order = Order(order_column, wanted.order.startswith("-"), id_column=f"{table}.{key}")
    columns = f"{table}.contact_id, {table}.{key} AS id, {table}.{key}, {order_column}"
    page = await fetch_page(connection, columns, source, conditions, order, request)
    keys = [(row["contact_id"], row["id"]) for row in page.rows]
    return page, await fetch_images(connection, workspace_id, keys, to_show=True)


def _is_about_links(wanted: DealFilter) -> bool:
    """Whether the links to products, which know contact and time, answer a filter by product alone."""
    if wanted.statuses or wanted.stage_ids is not None or wanted.custom_id is not None:
        return False
    if wanted.company_id is not None:
        return False
    return {column for column, _, _ in wanted.dates} <= {"ordered_at"} and wanted.order.endswith(("ordered_at", "id"))


async def _conditions(connection: Connection, workspace_id: int, wanted: DealFilter) -> list[Sql]:
    """The filter on ``d``, the deals, or where a product is asked for on ``p``, its links, in their index's order."""
    table = "d" if wanted.product_id is None else "p"
    conditions = [sql(f"{table}.workspace_id = {{}}", workspace_id)]
    if wanted.product_id is not None:
        conditions.append(sql("p.product_id = {}", wanted.product_id))
    if wanted.contact_id is not None:
        conditions.append(sql(f"{table}.contact_id = {{}}", wanted.contact_id))
    if wanted.statuses:
        conditions.append(_one_of("d.status", list(wanted.statuses), "smallint"))
    if wanted.company_id is not None:
        conditions.append(sql("d.company_id = {}", wanted.company_id))
    if wanted.stage_ids is not None:
        conditions.append(_one_of("d.stage_id", list(wanted.stage_ids), "bigint"))
    if wanted.custom_id is not None:
        deal_id = await connection.fetchval(queries.FIND_ONE_BY_CUSTOM_ID, workspace_id, wanted.custom_id)
        home = await _home(connection, workspace_id, deal_id)
        conditions.append(sql("d.id = {} AND d.contact_id = {}", deal_id, home))
    for column, comparison, moment in wanted.dates:
        owner = table if column == "ordered_at" else "d"
        conditions.append(sql(f"{owner}.{column} {COMPARISONS[comparison]} {{}}", moment))
    return conditions


async def list_history(connection: Connection, workspace_id: int, deal_id: int, page: PageRequest) -> Page:
    """A page of a deal's journal, oldest first. Raises NotFound for an unknown deal."""
    columns = "id, at, kind, actor, cause, hop, changes"
    for _ in range(_LOOKS):
        contact_id = await _home(connection, workspace_id, deal_id)
        if contact_id is None:
            break
        conditions = [
            sql("contact_id = {} AND object_type = 'deal' AND object_id = {}", contact_id, deal_id),
            sql("workspace_id = {}", workspace_id),
        ]
        found = await fetch_page(connection, columns, "journal", conditions, Order("id"), page)
        if found.rows or await _home(connection, workspace_id, deal_id) == contact_id:
            return found
    raise NotFound


async def _home(connection: Connection, workspace_id: int, deal_id: int | None) -> int | None:
    row = await connection.fetchrow(queries.FIND_ONE, workspace_id, deal_id)
    return row["contact_id"] if row else None


def _one_of(column: str, values: list[int], kind: str) -> Sql:
    """One value keeps the index's order usable; several need a sort."""
    if len(values) == 1:
        return sql(f"{column} = {{}}", values[0])
    return sql(f"{column} = ANY({{}}::{kind}[])", values)
