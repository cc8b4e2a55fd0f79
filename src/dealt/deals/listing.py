"""Deals in pages: by what an index or a directory finds, and by whatever else a request narrows the list to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from dealt.deals import queries
from dealt.deals.images import fetch_images
from dealt.deals.model import DealImage
from dealt.deals.reading import home_of
from dealt.kernel.db import Connection
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import Sql, sql

COMPARISONS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}
NEWEST_FIRST = Order("d.ordered_at", descending=True, id_column="d.id")
_IN_LINKS = {"d.ordered_at": "p.ordered_at", "d.id": "p.deal_id"}


@dataclass
class DealFilter:
    """What a list of deals is narrowed by; ``ordered`` holds (comparison, moment) of when the orders happened.

    ``several`` names the arguments that gave more than one status or stage: no index has them in one order.
    """

    contact_id: int | None = None
    statuses: Sequence[int] = ()
    stage_ids: Sequence[int] | None = None
    product_id: int | None = None
    company_id: int | None = None
    custom_id: str | None = None
    ordered: list[tuple[str, datetime]] = field(default_factory=list)
    several: tuple[str, ...] = ()

    @property
    def is_about_deals(self) -> bool:
        """Whether it asks for more than contact, product and time, which the links to products know, too."""
        others = (self.stage_ids, self.company_id, self.custom_id)
        return bool(self.statuses) or any(other is not None for other in others)


async def list_deals(
    connection: Connection, workspace_id: int, wanted: DealFilter, request: PageRequest
) -> tuple[Page, dict[int, DealImage]]:
    """A page of deals, newest order first unless told otherwise: rows with their ``id``, and images by id to show.

    What the request narrows the list to, and its order, are about ``d``, the deals.
    """
    narrowed = request.narrowed
    order = narrowed.order or NEWEST_FIRST
    source, table, key = "deals AS d", "d", "id"
    if wanted.product_id is not None:
        source, table, key = "deal_products AS p", "p", "deal_id"
        order = replace(order, column=_IN_LINKS.get(order.column, order.column), id_column="p.deal_id")
    elif order.column == "d.id" and wanted == DealFilter() and not narrowed.conditions:
        # No index of deals has them by id, for the directory has.
        source, table, key = "deal_ids AS i", "i", "deal_id"
        order = replace(order, column="i.deal_id", id_column="i.deal_id")
    conditions = await _conditions(connection, workspace_id, wanted, table)
    if table == "p" and (wanted.is_about_deals or narrowed.conditions or not order.column.startswith("p.")):
        source += " JOIN deals AS d ON d.contact_id = p.contact_id AND d.id = p.deal_id"
        conditions.append(sql("d.workspace_id = {}", workspace_id))
    by_value = order if order.value is not None else None
    asked = replace(request, narrowed=replace(narrowed, order=by_value, unserved=_unserved(wanted, request, order)))
    columns = f"{table}.contact_id, {table}.{key} AS id, {table}.{key}"
    columns += "" if by_value else f", {order.column}"
    page = await fetch_page(connection, columns, source, conditions, order, asked)
    keys = [(row["contact_id"], row["id"]) for row in page.rows]
    return page, await fetch_images(connection, workspace_id, keys, to_show=True)


def _unserved(wanted: DealFilter, request: PageRequest, order: Order) -> tuple[str, ...]:
    """The arguments that no index serves. One contact's deals are few enough to look at."""
    if wanted.contact_id is not None or wanted.custom_id is not None:
        return ()
    unserved = request.narrowed.unserved + wanted.several
    is_narrowed = wanted != DealFilter() or request.narrowed.conditions
    if is_narrowed and order.column in ("d.id", "d.updated_at"):
        return (*unserved, "ordering")
    return unserved


async def _conditions(connection: Connection, workspace_id: int, wanted: DealFilter, table: str) -> list[Sql]:
    """The filter on ``d``, the deals, or where a product is asked for on ``p``, its links, in their index's order."""
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
        home = await home_of(connection, workspace_id, deal_id)
        conditions.append(sql("d.id = {} AND d.contact_id = {}", deal_id, home))
    for comparison, moment in wanted.ordered:
        conditions.append(sql(f"{table}.ordered_at {COMPARISONS[comparison]} {{}}", moment))
    return conditions


def _one_of(column: str, values: list[int], kind: str) -> Sql:
    """One value keeps the index's order usable; several need a sort."""
    if len(values) == 1:
        return sql(f"{column} = {{}}", values[0])
    return sql(f"{column} = ANY({{}}::{kind}[])", values)
