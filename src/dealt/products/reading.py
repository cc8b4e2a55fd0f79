"""Finding products and reading their history."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.kernel.db import Connection
from dealt.kernel.errors import NotFound
from dealt.kernel.journal import SETTINGS
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import Sql, sql
from dealt.products import queries
from dealt.products.model import Product, product_of
from dealt.products.reserving import find_product_ids

MOST_WORDS = 16


async def read_product(connection: Connection, workspace_id: int, product_id: int) -> Product:
    """One product. Raises NotFound."""
    row = await connection.fetchrow(queries.READ, workspace_id, product_id)
    if row is None:
        raise NotFound
    return product_of(row)


async def find_product_id(connection: Connection, workspace_id: int, custom_id: str) -> int:
    """The id that a custom id, present or former, stands for; the product need not exist. Raises NotFound."""
    found = await find_product_ids(connection, workspace_id, [custom_id])
    if custom_id not in found:
        raise NotFound
    return found[custom_id]


async def list_products(
    connection: Connection, workspace_id: int, conditions: Sequence[Sql], order: Order, request: PageRequest
) -> Page:
    """A page of products, rows of ``queries.COLUMNS``, that satisfy all conditions."""
    where = [sql("workspace_id = {}", workspace_id), *conditions]
    return await fetch_page(connection, queries.COLUMNS, queries.SOURCE, where, order, request)


def with_custom_id(workspace_id: int, custom_id: str) -> Sql:
    """The condition of being the product that a custom id, present or former, stands for."""
    return sql(queries.BY_CUSTOM_ID, workspace_id, custom_id)


def matching_name(text: str) -> Sql:
    """The condition of having a name in which each of the first words of ``text`` begins a word, in any case."""
    quoted = (word.replace("\\", "\\\\").replace("'", "''") for word in text.split()[:MOST_WORDS])
    return sql(queries.BY_WORDS, " & ".join(f"'{word}':*" for word in quoted))


async def product_history(connection: Connection, workspace_id: int, product_id: int, request: PageRequest) -> Page:
    """What happened to a product, oldest first: rows of ``queries.HISTORY_COLUMNS``, ``changes`` as JSON text.

    A deleted product keeps its history. Raises NotFound for one that never was.
    """
    where = [
        sql("contact_id = {}", SETTINGS),
        sql("object_type = {} AND object_id = {}", "product", product_id),
        sql("workspace_id = {}", workspace_id),
    ]
    page = await fetch_page(connection, queries.HISTORY_COLUMNS, "journal", where, Order("id"), request)
    if not page.rows:
        await read_product(connection, workspace_id, product_id)
    return page
