"""What one edit costs when few deals are stored, and when millions are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from statistics import median

from bench.claims import Claim, compared, progress
from bench.freshness.settled import edit_cost
from bench.freshness.shop import Derivation, derived
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
                size: asyncio.run(derived(postgres, f"with_{size}", size // DEALS_A_CONTACT, size))
                for size in (few, many)
            }
        with database(folder):
            costs = asyncio.run(_in_turn(shops, plan.rounds))
    for size in (few, many):
        progress(f"{size:,} stored deals: {', '.join(f'{cost:.2f}' for cost in costs[size])} ms an edit")
    yield compared(
        f"One edit is settled in about the same time over {many:,} stored deals as over {few:,}",
        figure=median(costs[many]), limit=median(costs[few]), limit_is=f"over {few:,}",
        ratio=median(costs[many]) / median(costs[few]), at_most=MOST, unit="ms",
    )  # fmt: skip


async def _in_turn(shops: dict[int, Shop], rounds: int) -> dict[int, list[float]]:
    """Milliseconds of an edit by the number of stored deals; the first round of each only warms up."""
    async with AsyncExitStack() as open_pools:
        found = {
            size: Derivation.of(
                shop, await open_pools.enter_async_context(await open_pool(shop.dsn, size=2, name="bench"))
            )
            for size, shop in shops.items()
        }
        costs: dict[int, list[float]] = {size: [] for size in shops}
        for _ in range(rounds + 1):
            for size, one in found.items():
                costs[size].append(await edit_cost(one))
    return {size: of_size[1:] for size, of_size in costs.items()}
