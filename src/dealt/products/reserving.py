"""The product id of a custom id: given once, before or after the product exists, and kept for ever."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import cast

from dealt.kernel.db import Connection
from dealt.kernel.questions import Question, ask
from dealt.kernel.sql import sql
from dealt.products import queries
from dealt.products.model import ProductFacts

MOST_REMEMBERED = 50_000


class ProductIds:
    """One process's memory of committed reservations, the latest ``size`` of them. They never change."""

    def __init__(self, size: int = MOST_REMEMBERED) -> None:
        self._size = size
        self._ids: OrderedDict[tuple[int, str], int] = OrderedDict()

    def find(self, workspace_id: int, custom_ids: Iterable[str]) -> dict[str, int]:
        """The product ids that are remembered, by custom id."""
        known = ((custom_id, self._ids.get((workspace_id, custom_id))) for custom_id in custom_ids)
        return {custom_id: product_id for custom_id, product_id in known if product_id is not None}

    def remember(self, workspace_id: int, reserved: Mapping[str, int]) -> None:
        """Keep reservations. Call it only after the commit: what is rolled back gets another id later."""
        for custom_id, product_id in reserved.items():
            self._ids[workspace_id, custom_id] = product_id
        while len(self._ids) > self._size:
            self._ids.popitem(last=False)


async def reserve_products(
    connection: Connection,
    workspace_id: int,
    custom_ids: Iterable[str],
    known: ProductIds | None = None,
    made: set[str] | None = None,
) -> dict[str, int]:
    """The product id of every custom id; one that nobody has named before is reserved in this transaction.

    No round trip when ``known`` has them all, one when the database does. Each custom id has 1 to
    ``LONGEST_CUSTOM_ID`` characters; the caller has checked. ``made`` collects those reserved just now.
    """
    wanted = set(custom_ids)
    reserved = known.find(workspace_id, wanted) if known else {}
    if missing := wanted - reserved.keys():
        reserved |= await _rows(connection, queries.FIND_IDS, workspace_id, missing)
    if missing := wanted - reserved.keys():
        fresh = await _rows(connection, queries.RESERVE, workspace_id, missing)
        reserved |= fresh
        if made is not None:
            made.update(fresh)
    if missing := wanted - reserved.keys():
        # Somebody else committed these while we waited for their keys.
        reserved |= await _rows(connection, queries.FIND_IDS, workspace_id, missing)
    return reserved


async def release_products(connection: Connection, workspace_id: int, custom_ids: Iterable[str]) -> None:
    """Take back reservations that this very transaction made and that nothing has come to name."""
    await connection.execute(queries.RELEASE, workspace_id, sorted(custom_ids))


async def find_product_ids(connection: Connection, workspace_id: int, custom_ids: Iterable[str]) -> dict[str, int]:
    """The product ids that are reserved for these custom ids; one that nothing ever named is left out."""
    return await _rows(connection, queries.FIND_IDS, workspace_id, set(custom_ids))


async def product_facts(
    connection: Connection, workspace_id: int, product_ids: Iterable[int]
) -> dict[int, ProductFacts]:
    """What the catalogue now knows of these products, by id; a product that does not exist is left out."""
    (facts,) = await ask(connection, facts_question(workspace_id, product_ids))
    return cast(dict[int, ProductFacts], facts)


def facts_question(workspace_id: int, product_ids: Iterable[int]) -> Question[dict[int, ProductFacts]]:
    """What ``product_facts`` asks, to be asked together with other questions."""
    select = sql(queries.FACTS, workspace_id, list(product_ids))
    return Question(select, lambda rows: {row["id"]: ProductFacts(**row) for row in rows})


async def _rows(connection: Connection, query: str, workspace_id: int, custom_ids: Iterable[str]) -> dict[str, int]:
    rows = await connection.fetch(query, workspace_id, sorted(custom_ids))
    return {row["custom_id"]: row["product_id"] for row in rows}
