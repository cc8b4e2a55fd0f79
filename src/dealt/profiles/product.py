"""The page of one product: as it is, how its price went, who bought it, and what is bought with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dealt.accounts import sees_only
from dealt.attributes import ATTRIBUTES
from dealt.contacts import called
from dealt.kernel.db import Connection, Record
from dealt.kernel.http import Response
from dealt.kernel.paging import PageRequest
from dealt.products import product_history, read_product
from dealt.profiles import queries
from dealt.profiles.telling import STATUSES
from dealt.tags import TAGS
from dealt.web import PageRoute, Visit, page

DEALS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What a product cost before and after a moment."""

    at: datetime
    before: str | None
    after: str | None


async def show(visit: Visit) -> Response:
    """A deleted product has no page any more; the receipts that name it stay."""
    async with visit.reading() as connection:
        snapshot = await visit.house.definitions.for_reading(connection, visit.workspace_id)
        product = await read_product(connection, visit.workspace_id, visit.id())
        named = (visit.workspace_id, product.id)
        changes = await product_history(connection, *named, PageRequest.parse({"page_size": "100"}))
        deals = await connection.fetch(queries.DEALS_WITH, *named, sees_only(visit.member), DEALS_SHOWN + 1)
        beside = await connection.fetch(queries.BOUGHT_WITH, *named)
        buyers = await names_of(connection, visit.workspace_id, deals)
    return await visit.page(
        "profiles/product.html", product=product, prices=_prices(changes.rows), deals=deals[:DEALS_SHOWN],
        more=len(deals) > DEALS_SHOWN, beside=beside, buyers=buyers, statuses=STATUSES, tags=snapshot.part(TAGS),
        attributes=list(snapshot.part(ATTRIBUTES).of("product").values()),
    )  # fmt: skip


async def names_of(connection: Connection, workspace_id: int, deals: Sequence[Record]) -> dict[int, str]:
    """The names of the contacts whose these deals are; a guest has none."""
    ids = sorted({row["contact_id"] for row in deals})
    rows = await connection.fetch(queries.CONTACT_NAMES, workspace_id, ids)
    return {row["id"]: called(row) for row in rows}


def _prices(rows: Sequence[Record]) -> list[PriceChange]:
    """The changes of the price, newest first."""
    found = [(row["at"], json.loads(row["changes"]).get("price")) for row in rows]
    return [PriceChange(at, *change) for at, change in reversed(found) if change]


ROUTES: list[PageRoute] = [page("/products/<int:id>/", show, "products")]
