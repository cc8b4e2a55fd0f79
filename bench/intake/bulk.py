"""Orders in bulk, against a raw COPY of the rows that they become."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from statistics import median

import asyncpg

from bench.claims import Claim, compared, progress
from bench.orders import Orders
from bench.plan import Plan
from bench.server import serving
from bench.shop import Shop, database, open_shop, settle, temporary_folder
from dealt.kernel.postgres import EmbeddedPostgres

ORDERS = 50_000
QUICK_ORDERS = 10_000
LEAST = 0.4
CHUNK = 1 << 18
# Every row that the orders above id $1 became. What waits for a worker may be gone: it follows from the journal.
# No definition of a new workspace looks at orders, so they mark nobody.
ROWS = {
    "deal_custom_ids": "SELECT * FROM deal_custom_ids WHERE deal_id > $1",
    "deal_ids": "SELECT * FROM deal_ids WHERE deal_id > $1",
    "deals": "SELECT * FROM deals WHERE id > $1",
    "deal_lines": "SELECT * FROM deal_lines WHERE deal_id > $1",
    "deal_products": "SELECT * FROM deal_products WHERE deal_id > $1",
    "journal": "SELECT * FROM journal WHERE object_type = 'deal' AND object_id > $1",
    "follows": """
        SELECT (contact_id % 64)::smallint, id, workspace_id, 1::smallint, contact_id, at, id, kind, object_id
        FROM journal WHERE object_type = 'deal' AND object_id > $1""",
}


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about bulk input."""
    orders = QUICK_ORDERS if plan.quick else ORDERS
    sent: list[float] = []
    copied: list[float] = []
    with temporary_folder() as folder, database(folder) as postgres:
        shop, copy = (asyncio.run(open_shop(postgres, name)) for name in ("bulk", "copied"))
        for _ in range(plan.rounds):
            newest = _newest(postgres, shop)
            asyncio.run(settle(shop.dsn))
            with serving(database_url=shop.dsn) as server:
                sent.append(asyncio.run(_send(server.port, shop, orders)))
            copied.append(asyncio.run(_copy(shop, copy, newest)))
            progress(f"bulk {sent[-1]:,.0f} orders/s, COPY {copied[-1]:,.0f} orders/s")
    yield compared(
        "POST /deals/bulk/ against a raw COPY of the same rows into the same tables",
        figure=median(sent), limit=median(copied), limit_is="COPY",
        ratio=median(ours / theirs for ours, theirs in zip(sent, copied, strict=True)), at_least=LEAST, unit="orders/s",
    )  # fmt: skip


def _newest(postgres: EmbeddedPostgres, shop: Shop) -> int:
    return asyncio.run(_ask(shop.dsn, "SELECT coalesce(max(deal_id), 0) FROM deal_ids"))


async def _ask(dsn: str, query: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval(query))
    finally:
        await connection.close()


async def _send(port: int, shop: Shop, count: int) -> float:
    """Orders a second of one bulk request. Raises RuntimeError where not all of them are created."""
    orders = Orders(shop.contacts, shop.products, time.time_ns())
    body = b"\n".join(islice(orders.bodies(), count))
    head = (
        "POST /api/public/deals/bulk/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Authorization: Token {shop.token}\r\n"
        f"Content-Type: application/x-ndjson\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answering = asyncio.create_task(reader.read())
    writer.write(head.encode())
    for place in range(0, len(body), CHUNK):
        writer.write(body[place : place + CHUNK])
        await writer.drain()
    answer = await answering
    seconds = time.perf_counter() - started
    writer.close()
    if (created := answer.count(b'"created":true')) != count:
        raise RuntimeError(f"{created} of {count} orders were created: {answer[-1000:].decode(errors='replace')}")
    return count / seconds


async def _copy(shop: Shop, into: Shop, newest: int) -> float:
    """Orders a second when the rows of all orders above id ``newest`` are copied, one table after the other."""
    source, target = await asyncpg.connect(shop.dsn), await asyncpg.connect(into.dsn)
    with tempfile.TemporaryDirectory(prefix="dealt-bench-") as folder:
        files = {table: f"{folder}/{table}" for table in ROWS}
        for table, query in ROWS.items():
            await source.copy_from_query(query, newest, output=files[table], format="binary")
        await settle(into.dsn)
        started = time.perf_counter()
        async with target.transaction():
            for table, file in files.items():
                await target.copy_to_table(table, source=file, format="binary")
        seconds = time.perf_counter() - started
    orders = await source.fetchval("SELECT count(*) FROM deal_ids WHERE deal_id > $1", newest)
    await source.close()
    await target.close()
    return int(orders) / seconds
