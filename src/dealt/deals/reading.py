"""Reading one deal, and its history."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.deals import queries
from dealt.deals.images import fetch_images
from dealt.deals.model import DealImage
from dealt.kernel.db import Connection
from dealt.kernel.errors import NotFound
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import sql

_MANY = 200
_LOOKS = 10
"""A deal may go to another contact between the look at its directory and the look at itself: then look again."""


async def get_deal(connection: Connection, workspace_id: int, deal_id: int) -> DealImage:
    """The image of one deal by system id. Raises NotFound."""
    for _ in range(_LOOKS):
        contact_id = await home_of(connection, workspace_id, deal_id)
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


async def list_history(connection: Connection, workspace_id: int, deal_id: int, page: PageRequest) -> Page:
    """A page of a deal's journal, oldest first. Raises NotFound for an unknown deal."""
    columns = "id, at, kind, actor, cause, hop, changes"
    for _ in range(_LOOKS):
        contact_id = await home_of(connection, workspace_id, deal_id)
        if contact_id is None:
            break
        conditions = [
            sql("contact_id = {} AND object_type = 'deal' AND object_id = {}", contact_id, deal_id),
            sql("workspace_id = {}", workspace_id),
        ]
        found = await fetch_page(connection, columns, "journal", conditions, Order("id"), page)
        if found.rows or await home_of(connection, workspace_id, deal_id) == contact_id:
            return found
    raise NotFound


async def home_of(connection: Connection, workspace_id: int, deal_id: int | None) -> int | None:
    """The contact that a deal lives with, or None where there is no such deal."""
    row = await connection.fetchrow(queries.FIND_ONE, workspace_id, deal_id)
    return row["contact_id"] if row else None


async def with_many_deals(connection: Connection, contact_ids: Sequence[int], upto: int) -> dict[int, int]:
    """Those of some contacts that have more than 200 deals, with how many, counted no further than ``upto``."""
    rows = await connection.fetch(queries.WITH_MANY, contact_ids, upto, _MANY)
    return {row["contact_id"]: row["deals"] for row in rows}
