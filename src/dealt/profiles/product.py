"""The page of one product: as it is, how its price went, who bought it, what is bought with it, and its history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dealt.accounts import sees_only
from dealt.kernel.db import Record
from dealt.kernel.http import Response
from dealt.kernel.journal import SETTINGS
from dealt.products import Product
from dealt.profiles import queries
from dealt.profiles.history import contact_names, read_history
from dealt.profiles.keeping import PRODUCTS, controls, routes_of
from dealt.profiles.numbers import number_in
from dealt.profiles.telling import STATUSES
from dealt.tags import TAGS
from dealt.web import PageRoute, Visit

DEALS_SHOWN = 20
PRICES_SHOWN = 50
MOST_OWN = 5_000
"""Of a product's newest deals, so many are looked through for those of a member who sees no others."""


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What a product cost before and after a moment."""

    at: datetime
    before: str | None
    after: str | None


async def show(visit: Visit) -> Response:
    """A deleted product has no page any more; the receipts that name it stay."""
    before = number_in(visit.query.get("before", ""), "before", default=0) or None
    async with visit.reading() as connection:
        snapshot = await visit.house.definitions.for_reading(connection, visit.workspace_id)
        product: Product = await PRODUCTS.read(connection, visit.workspace_id, visit.id())
        named = (visit.workspace_id, product.id)
        history = await read_history(connection, snapshot, "product", SETTINGS, product.id, before)
        if visit.by_htmx:
            address = PRODUCTS.one(visit)
            return await visit.page("profiles/_changes.html", history=history, address=address, what="product")
        prices = await connection.fetch(queries.PRICES, *named, PRICES_SHOWN)
        own = sees_only(visit.member)
        among = DEALS_SHOWN + 1 if own is None else MOST_OWN
        deals = await connection.fetch(queries.DEALS_WITH, *named, own, DEALS_SHOWN + 1, among)
        beside = await connection.fetch(queries.BOUGHT_WITH, *named)
        buyers = await contact_names(connection, visit.workspace_id, sorted({row["contact_id"] for row in deals}))
    return await visit.page(
        "profiles/product.html", product=product, prices=_prices(prices), deals=deals[:DEALS_SHOWN],
        more=len(deals) > DEALS_SHOWN, beside=beside, buyers=buyers, statuses=STATUSES, tags=snapshot.part(TAGS),
        history=history, **controls(visit, snapshot, PRODUCTS, product),
    )  # fmt: skip


def _prices(rows: Sequence[Record]) -> list[PriceChange]:
    return [PriceChange(row["at"], *json.loads(row["price"])) for row in rows]


ROUTES: list[PageRoute] = routes_of(PRODUCTS, show)
