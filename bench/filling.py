"""A year of stored deals, made inside the database: the same rows as orders that came by POST, directories and all."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta

import asyncpg

from bench.claims import progress
from bench.shop import Shop
from dealt.deals import check_stages
from dealt.kernel.partitions import ensure_partitions

_CHUNK = 100_000
_WRITERS = 2

# Deals come in the order of their ids and times; whose they are and what they hold is chance.
_CHOSEN = """
CREATE TEMP TABLE chosen AS
SELECT nextval('deal_id_seq') AS id, $1::bigint AS workspace_id, contact_id, 'order-f' || n AS custom_id,
    'Order ' || n AS name, price, other_price, price + other_price AS total, first, second,
    date_trunc('second', $5::timestamptz + n * $6::interval) AS at,
    {receipt[first]} AS receipt, {receipt[second]} AS other_receipt
FROM (
    SELECT n, 1 + floor(power(random(), $8::float8) * $2)::bigint AS contact_id,
        (1 + random() * 299)::numeric(20, 2) AS price,
        (1 + random() * 299)::numeric(20, 2) AS other_price, 1 + floor(random() * $3 / 2)::bigint * 2 AS first,
        2 + floor(random() * $3 / 2)::bigint * 2 AS second
    FROM generate_series($4::bigint, $7::bigint) AS n
) AS drawn"""
_RECEIPT = """jsonb_build_object(
    'id', {line}, 'name', 'Product SKU-' || {product}, 'value', {price}, 'currency', 'EUR', 'quantity', 1,
    'image_url', 'https://shop.example/SKU-' || {product} || '.jpg',
    'product_url', 'https://shop.example/SKU-' || {product}, 'product_custom_id', 'SKU-' || {product})"""
_RECEIPTS = {
    "first": _RECEIPT.format(line=1, product="first", price="price"),
    "second": _RECEIPT.format(line=2, product="second", price="other_price"),
}

_TABLES = {
    "deal_custom_ids (workspace_id, custom_id, deal_id)": "SELECT workspace_id, custom_id, id FROM chosen",
    "deal_ids (workspace_id, deal_id, contact_id, custom_id)": """
        SELECT workspace_id, id, contact_id, custom_id FROM chosen""",
    """deals (contact_id, id, workspace_id, custom_id, name, value, currency, lines_total, net_value, base_rate,
        base_value, pipeline_id, stage_id, stage_entered_at, status, won_at, product_ids, product_custom_ids,
        attributes, ordered_at, last_line_id, created_at, updated_at)""": """
        SELECT contact_id, id, workspace_id, custom_id, name, total, 'EUR', total, total, 1, total, 1,
            1 + id % 3, at, 1 + id % 2, CASE WHEN id % 2 = 1 THEN at END, ARRAY[first, second],
            ARRAY['SKU-' || first, 'SKU-' || second],
            jsonb_build_object('order_date', to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'order_method', 'Online'),
            at, 2, at, at FROM chosen""",
    """deal_lines (contact_id, deal_id, id, workspace_id, position, product_id, quantity, value, currency, total,
        receipt)""": """
        SELECT contact_id, chosen.id, line, workspace_id, line - 1, product, 1, paid, 'EUR', paid, told
        FROM chosen CROSS JOIN LATERAL (VALUES (1, first, price, receipt), (2, second, other_price, other_receipt))
            AS of (line, product, paid, told)""",
    "deal_products (contact_id, deal_id, product_id, workspace_id, ordered_at)": """
        SELECT contact_id, id, product, workspace_id, at
        FROM chosen CROSS JOIN LATERAL (VALUES (first), (second)) AS of (product)""",
    "journal (contact_id, at, workspace_id, kind, object_type, object_id, actor, changes)": """
        SELECT contact_id, at, workspace_id, 'deal.created', 'deal', id, 'token:1', jsonb_build_object(
            'name', jsonb_build_array(NULL, name), 'value', jsonb_build_array(NULL, total::text),
            'stage', '[null, 1]'::jsonb, 'status', '[null, 1]'::jsonb, 'currency', '[null, "EUR"]'::jsonb,
            'pipeline', '[null, 1]'::jsonb, 'user_id', jsonb_build_array(NULL, contact_id),
            'custom_id', jsonb_build_array(NULL, custom_id), 'order_method', '[null, "Online"]'::jsonb,
            'products', jsonb_build_array(NULL, jsonb_build_array(first, second)),
            'products_custom_id', jsonb_build_array(NULL, jsonb_build_array('SKU-' || first, 'SKU-' || second)),
            'order_date', jsonb_build_array(NULL, to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
            'order_products.1', jsonb_build_array(NULL, receipt),
            'order_products.2', jsonb_build_array(NULL, other_receipt))
        FROM chosen""",
}


async def fill(shop: Shop, deals: int, *, skew: float = 1.0, journal: bool = True) -> None:
    """Store ``deals`` deals of the year that ends now. The server must not run.

    They are spread evenly over all contacts; a larger ``skew`` gives more of them to the first contacts. Without
    ``journal`` their history is left out, which is half of all bytes.
    """
    tables = {table: rows for table, rows in _TABLES.items() if journal or not table.startswith("journal")}
    now = datetime.now(UTC)
    open_ = [await asyncpg.connect(shop.dsn, command_timeout=3600) for _ in range(_WRITERS)]
    started = time.monotonic()
    for month in range(13):
        await ensure_partitions(open_[0], now - timedelta(days=30 * month))
    chunks = iter(range(1, deals + 1, _CHUNK))

    async def write(connection: asyncpg.Connection) -> None:
        for first in chunks:
            await _choose(connection, shop, first, min(first + _CHUNK - 1, deals), now, deals, skew)
            async with connection.transaction():
                for table, rows in tables.items():
                    await connection.execute(f"INSERT INTO {table} {rows}")
            await connection.execute("DROP TABLE chosen")

    await asyncio.gather(*map(write, open_))
    await check_stages(open_[0], shop.workspace_id)
    await open_[0].execute("VACUUM ANALYZE")
    await open_[0].execute("CHECKPOINT")
    for connection in open_:
        await connection.close()
    os.sync()
    progress(f"stored {deals:,} deals in {time.monotonic() - started:.0f} s")


async def _choose(
    connection: asyncpg.Connection, shop: Shop, first: int, last: int, now: datetime, of: int, skew: float
) -> None:
    year = timedelta(days=365)
    values = (shop.workspace_id, shop.contacts, shop.products, first, now - year, year / of, last, skew)
    await connection.execute(_CHOSEN.format(receipt=_RECEIPTS), *values)
