"""Single objects read one at a time: users, deals, products and companies, by either id."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from statistics import median

import asyncpg

from bench import load
from bench.claims import Claim, bounded, observed, progress
from bench.filling import fill
from bench.intake.posting import post_orders
from bench.orders import Lists
from bench.plan import Plan
from bench.server import serving
from bench.shop import Shop, database, open_shop, temporary_folder
from dealt.kernel.journal import Cause, Lane

DEALS, CONTACTS, PRODUCTS = 100_000, 8_000, 500
CONNECTIONS = 16
SLOWEST_MS = 5


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about reads of one object."""
    with temporary_folder() as folder, database(folder) as postgres:
        shop = asyncio.run(open_shop(postgres, "reads", contacts=CONTACTS, products=PRODUCTS))
        asyncio.run(fill(shop, DEALS))
        # The attributes of what was filled in are known from an order that came in as orders do.
        post_orders(postgres, shop, 0.1)
        kinds = asyncio.run(_paths(shop))
        with serving(database_url=shop.dsn) as server:
            asyncio.run(_derive(shop))
            results: dict[str, list[load.Result]] = {kind: [] for kind in kinds}
            alone: dict[str, list[load.Result]] = {kind: [] for kind in kinds}
            for _ in range(plan.rounds):
                for kind, paths in kinds.items():
                    alone[kind].append(_ask(server.port, shop, paths, 1, plan.seconds / 2))
                    results[kind].append(_ask(server.port, shop, paths, CONNECTIONS, plan.seconds))
                    last = results[kind][-1]
                    progress(f"{kind}: {last.rate:,.0f}/s, p50 {last.p50:.1f} ms, p95 {last.p95:.1f} ms")
    for kind, measured in results.items():
        yield bounded(
            f"Reads of one {kind}, {CONNECTIONS} connections that never rest: 95 of 100 are answered within",
            figure=median(result.p95 for result in measured), unit="ms", at_most=SLOWEST_MS,
        )  # fmt: skip
        yield observed(
            f"Reads of one {kind}, one connection: 95 of 100 are answered within",
            figure=median(result.p95 for result in alone[kind]), unit="ms",
        )  # fmt: skip


def _ask(port: int, shop: Shop, paths: list[str], connections: int, seconds: float) -> load.Result:
    result = load.run(load.Job(port, Lists(paths, shop.token), connections, seconds))
    if not result.all_good:
        raise RuntimeError(f"Not every read was answered ({result.statuses}): {result.complaint}")
    return result


async def _derive(shop: Shop) -> None:
    """Have the worker derive what there is to derive for everybody, as it does after an import."""
    connection = await asyncpg.connect(shop.dsn)
    try:
        await connection.execute(
            "INSERT INTO stale (contact_id, workspace_id, lane, cause, hop, marked_at)"
            " SELECT id, workspace_id, $1, $2, 0, now() FROM contacts",
            int(Lane.BULK), int(Cause.SILENT),
        )  # fmt: skip
        while await connection.fetchval("SELECT EXISTS (SELECT FROM stale)"):  # noqa: ASYNC110 (another process empties it)
            await asyncio.sleep(0.2)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def _paths(shop: Shop) -> dict[str, list[str]]:
    connection = await asyncpg.connect(shop.dsn)
    try:
        deals = await connection.fetch("SELECT deal_id FROM deal_ids ORDER BY deal_id LIMIT 5000")
        users = await connection.fetch("SELECT id FROM contacts WHERE NOT placeholder ORDER BY id LIMIT 5000")
    finally:
        await connection.close()
    base = "/api/public"
    return {
        "user": [f"{base}/users/{row['id']}/" for row in users],
        "user by custom id": [f"{base}/users-by-id/contact-{n}/" for n in range(1, CONTACTS, 3)],
        "deal": [f"{base}/deals/{row['deal_id']}/" for row in deals],
        "product": [f"{base}/products-by-id/SKU-{n}/" for n in range(1, PRODUCTS + 1)],
    }
