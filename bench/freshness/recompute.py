"""How fast aggregators are computed: for all contacts of a shop, and for one contact that was edited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.claims import Claim, bounded, observed, progress
from bench.filling import fill
from bench.plan import Plan
from bench.shop import Shop, database, open_shop, temporary_folder
from dealt.accounts import Actor
from dealt.aggregators import create_aggregator, read_new
from dealt.derivation import build_derived
from dealt.freshness import Backfill, Derived, Settling
from dealt.kernel.clock import SystemClock
from dealt.kernel.db import Pool, in_transaction, open_pool, transaction
from dealt.kernel.journal import Lane, mark_stale
from dealt.kernel.postgres import EmbeddedPostgres

FULL, QUICK = (200_000, 1_500_000), (20_000, 150_000)
EDITS = 300
PAID = {"field": "status", "op": "equals", "value": 2}
BIG = {"field": "value", "op": "greater", "value": 100}
CLOCK = SystemClock()

DEFINED: list[dict[str, Any]] = [
    {"function": "count"},
    {"function": "count", "filter": PAID},
    {"function": "count", "filter": BIG},
    {"function": "count", "window": {"last": {"days": 30}}},
    {"function": "count", "window": {"current": "month"}},
    {"function": "count_distinct", "field": "stage"},
    {"function": "sum", "field": "value", "filter": PAID},
    {"function": "sum", "field": "value", "net_of_returns": True},
    {"function": "sum", "field": "value", "window": {"last": {"years": 1}}},
    {"function": "average", "field": "value"},
    {"function": "min", "field": "value"},
    {"function": "max", "field": "value", "filter": PAID},
    {"function": "min", "field": "ordered_at"},
    {"function": "days_since"},
    {"function": "median", "field": "value"},
    {"function": "last", "field": "stage"},
    {"function": "most_common", "field": "stage"},
    {"source": "order_products", "function": "sum", "field": "quantity"},
    {"source": "order_products", "function": "count_distinct", "field": "product_custom_id"},
    {"source": "order_products", "function": "sum", "field": "total", "window": {"last": {"days": 90}}},
]


@dataclass(frozen=True)
class Figures:
    """``backfill_s`` is of one new aggregator over all contacts, ``recompute`` contacts a second of all aggregators."""

    backfill_s: float
    recompute: float
    one_ms: float


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about computing."""
    contacts, deals = QUICK if plan.quick else FULL
    with temporary_folder() as folder:
        with database(folder, fast_unsafe=True) as postgres:
            shop = asyncio.run(_filled(postgres, contacts, deals))
        with database(folder):
            found = asyncio.run(_measured(shop))
    yield bounded(
        f"{len(DEFINED)} aggregators of {contacts:,} contacts are recomputed by one connection",
        figure=found.recompute, unit="contacts/s", at_least=4_000,
    )  # fmt: skip
    yield bounded("One edited contact is settled (median)", figure=found.one_ms, unit="ms", at_most=5.0)
    claim = f"A new aggregator over {deals:,} deals has all its values"
    if plan.quick:
        yield observed(claim, figure=found.backfill_s, unit="s")
    else:
        yield bounded(claim, figure=found.backfill_s, unit="s", at_most=15.0)


async def _filled(postgres: EmbeddedPostgres, contacts: int, deals: int) -> Shop:
    shop = await open_shop(postgres, "derived", contacts=contacts)
    await fill(shop, deals)
    return shop


async def _measured(shop: Shop) -> Figures:
    derived = build_derived()
    async with await open_pool(shop.dsn, size=4, name="bench") as pool:
        for number, body in enumerate(DEFINED[1:], 1):
            await _define(pool, shop, derived, {"name": f"a{number}"} | body)
        await _walk(pool, shop, derived)
        await _define(pool, shop, derived, {"name": "a0"} | DEFINED[0])
        backfill_s = await _walk(pool, shop, derived)
        progress(f"a new aggregator: {backfill_s:.1f} s")
        recompute = await _recompute(pool, shop, derived)
        progress(f"all aggregators: {recompute:,.0f} contacts/s")
        return Figures(backfill_s, recompute, await _one(pool, shop, derived))


async def _define(pool: Pool, shop: Shop, derived: Derived, body: dict[str, Any]) -> None:
    wanted, actor = read_new({"source": "deals"} | body), Actor(shop.workspace_id, "bench")
    await in_transaction(pool, lambda c: create_aggregator(c, derived, actor, wanted, now=CLOCK.now()))


async def _walk(pool: Pool, shop: Shop, derived: Derived) -> float:
    version = await pool.fetchval("SELECT definitions_version FROM workspaces WHERE id = $1", shop.workspace_id)
    began = time.perf_counter()
    await Backfill(derived, CLOCK)(pool, shop.workspace_id, {"version": version}, CLOCK.now())
    return time.perf_counter() - began


async def _recompute(pool: Pool, shop: Shop, derived: Derived) -> float:
    """Every contact is stale, and one connection settles one batch after the other."""
    await pool.execute("TRUNCATE stale, follows")
    ids = [row["id"] for row in await pool.fetch("SELECT id FROM contacts WHERE NOT placeholder ORDER BY id")]
    async with transaction(pool) as connection:
        await mark_stale(connection, shop.workspace_id, ids, CLOCK.now(), lane=Lane.BULK)
    settling, began = Settling([derived]), time.perf_counter()
    while True:
        async with transaction(pool) as connection:
            claimed = await settling.claim(connection, Lane.BULK, 500)
            if not claimed:
                return len(ids) / (time.perf_counter() - began)
            await settling.settle_claimed(connection, claimed, CLOCK)


async def _one(pool: Pool, shop: Shop, derived: Derived) -> float:
    """The median time, in ms, from the look for stale contacts to the commit of what follows."""
    settling, times = Settling([derived]), list[float]()
    for number in range(EDITS):
        deal = await pool.fetchrow(
            "SELECT contact_id, id FROM deals WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT 1 ",
            shop.workspace_id, 17 * number,
        )  # fmt: skip
        async with transaction(pool) as connection:
            await connection.execute(
                "UPDATE deals SET value = value + 1, base_value = base_value + 1 WHERE contact_id = $1 AND id = $2",
                deal["contact_id"], deal["id"],
            )  # fmt: skip
            await mark_stale(connection, shop.workspace_id, [deal["contact_id"]], CLOCK.now())
        began = time.perf_counter()
        async with transaction(pool) as connection:
            claimed = await settling.claim(connection, Lane.INTERACTIVE, 500)
            await settling.settle_claimed(connection, claimed, CLOCK)
        times.append(1000 * (time.perf_counter() - began))
    return median(times)
