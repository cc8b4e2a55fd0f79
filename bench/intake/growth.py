"""What an order costs when few deals are stored, and when millions are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from statistics import median

from bench.claims import Claim, compared, progress
from bench.filling import fill
from bench.intake.posting import post_orders
from bench.plan import Plan
from bench.shop import Shop, database, open_shop, temporary_folder
from dealt.kernel.postgres import EmbeddedPostgres

SIZES = (10_000, 100_000, 3_000_000)
QUICK_SIZES = (10_000, 300_000)
DEALS_A_CONTACT = 10
MOST = 1.5


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about growth: the server's rate over each number of stored deals, measured in turn."""
    sizes = QUICK_SIZES if plan.quick else SIZES
    with temporary_folder() as folder:
        # Only while it is filled does the database go without durability.
        with database(folder, fast_unsafe=True) as postgres:
            shops = {size: asyncio.run(_filled(postgres, size)) for size in sizes}
        with database(folder) as postgres:
            rates: dict[int, list[float]] = {size: [] for size in sizes}
            for _ in range(plan.rounds):
                for size, shop in shops.items():
                    rates[size].append(post_orders(postgres, shop, plan.seconds).rate)
                    progress(f"{size:,} stored deals: {rates[size][-1]:,.0f} orders/s")
    fewest = sizes[0]
    for size in sizes[1:]:
        ratios = [few / many for few, many in zip(rates[fewest], rates[size], strict=True)]
        yield compared(
            f"An order costs about the same over {size:,} stored deals as over {fewest:,}",
            figure=median(rates[size]), limit=median(rates[fewest]), limit_is=f"over {fewest:,}",
            ratio=median(ratios), at_most=MOST, unit="orders/s",
        )  # fmt: skip


async def _filled(postgres: EmbeddedPostgres, deals: int) -> Shop:
    shop = await open_shop(postgres, f"with_{deals}", contacts=deals // DEALS_A_CONTACT)
    await fill(shop, deals)
    return shop
