"""What one edit costs when few deals are stored, and when millions are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from statistics import median

from bench.claims import Claim, compared, progress
from bench.freshness.settled import edit_cost
from bench.freshness.shop import Derivation, define, filled
from bench.plan import Plan
from bench.shop import Shop, database, temporary_folder
from dealt.kernel.db import open_pool

SIZES, QUICK_SIZES = (10_000, 3_000_000), (10_000, 300_000)
DEALS_A_CONTACT = 10
MOST = 1.5


def measure(plan: Plan) -> Iterator[Claim]:
    """The claim about growth: single edits over either number of stored deals, measured in turn."""
    few, many = QUICK_SIZES if plan.quick else SIZES
    with temporary_folder() as folder:
        with database(folder, fast_unsafe=True) as postgres:
            shops = {
                size: asyncio.run(filled(postgres, f"with_{size}", size // DEALS_A_CONTACT, size))
                for size in (few, many)
            }
        with database(folder):
            costs = {size: asyncio.run(measured(shop, plan.rounds)) for size, shop in shops.items()}
    yield compared(
        f"One edit is settled in about the same time over {many:,} stored deals as over {few:,}",
        figure=costs[many], limit=costs[few], limit_is=f"over {few:,}", ratio=costs[many] / costs[few],
        at_most=MOST, unit="ms",
    )  # fmt: skip


async def measured(shop: Shop, rounds: int) -> float:
    """Milliseconds, with everything defined; nobody waits until all contacts are computed."""
    async with await open_pool(shop.dsn, size=2, name="bench") as pool:
        found = Derivation.of(shop, pool)
        await define(found)
        costs = [await edit_cost(found) for _ in range(rounds + 1)][1:]
    progress(f"{shop.contacts * DEALS_A_CONTACT:,} stored deals: {median(costs):.2f} ms an edit")
    return median(costs)
