"""From the answer to an order to the segment that its contact enters: alone, beside an import, and at midnight."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.claims import Claim, bounded, observed, progress
from bench.freshness.definitions import RECENT
from bench.freshness.shop import derived_shop
from bench.freshness.steady import Seen, Steady
from bench.orders import order_body
from bench.plan import Plan
from bench.server import serving
from bench.shop import Shop, settle
from dealt.kernel.db import Pool, open_pool

RATE = 300
IMPORTED, QUICK_IMPORTED = 100_000, 10_000
P50_MS, P99_MS = 100.0, 1000.0
_SEGMENT = "SELECT id FROM segments WHERE workspace_id = $1 AND name = $2 AND deleted_at IS NULL"
_WAITING = "SELECT count(*) FROM stale WHERE lane = 1"
# Nothing changes at it, but everybody is looked at: the same work as at a midnight at which all windows end.
_MIDNIGHT = "UPDATE contact_derived SET wake_at = now() + interval '1 second'"
_NOT_YET = """
SELECT (SELECT count(*) FROM stale WHERE lane = 1) + (SELECT count(*) FROM contact_derived WHERE wake_at <= now())"""
_LAG = "SELECT extract(epoch FROM now() - min(marked_at)) FROM stale WHERE lane = 1"

_MAPPING = """
lines_in = "order_products"
[order]
custom_id = "custom_id"
user_custom_id = "user_custom_id"
name = "name"
value = "value"
currency = "currency"
stage = "stage"
status = "status"
order_date = "order_date"
order_method = "order_method"
[lines]
product_custom_id = "product_custom_id"
value = "value"
quantity = "quantity"
currency = "currency"
"""


@dataclass
class Drained:
    """How long the bulk lane took to drain, and the largest lag on the way."""

    seconds: float
    lag_s: float


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about freshness under load."""
    imported = QUICK_IMPORTED if plan.quick else IMPORTED
    with derived_shop(quick=plan.quick) as (_, shop):
        asyncio.run(settle(shop.dsn))
        with serving(database_url=shop.dsn) as server:
            seconds = 10.0 if plan.quick else 30.0
            yield from asyncio.run(_measured(shop, server.port, seconds, imported))


async def _measured(shop: Shop, port: int, seconds: float, imported: int) -> list[Claim]:
    async with await open_pool(shop.dsn, size=4, name="bench", statement_timeout_s=300) as pool:
        segment_id = await pool.fetchval(_SEGMENT, shop.workspace_id, RECENT)
        steady = Steady(shop, port, pool, segment_id, RATE)
        await steady.send_while(lambda: False, least_s=3)
        claims = _judged(await steady.send_while(lambda: False, least_s=seconds), "")
        claims += _judged(await _beside_import(shop, steady, imported), f", beside an import of {imported:,} deals")
        drained = await _bulk_drained(pool)
        claims.append(observed("... whose derived data is complete after", figure=drained.seconds, unit="s"))
        seen, drained = await _at_midnight(steady, pool)
        claims += _judged(seen, f", while all {shop.contacts:,} contacts are looked at anew (midnight)")
        claims.append(observed("... which takes", figure=drained.seconds, unit="s"))
        claims.append(observed("... with a lag, as it is shown, of at most", figure=drained.lag_s, unit="s"))
        return claims


def _judged(seen: Seen, when: str) -> list[Claim]:
    progress(f"{len(seen.waits):,} edits{when}: p50 {seen.ms(0.5):.0f} ms, p99 {seen.ms(0.99):.0f} ms")
    claim = f"From the answer to an edit to its segment, {RATE} orders/s by the API{when}"
    return [
        bounded(f"{claim}: half of all within", figure=seen.ms(0.5), unit="ms", at_most=P50_MS),
        bounded(f"{claim}: 99 of 100 within", figure=seen.ms(0.99), unit="ms", at_most=P99_MS),
    ]


async def _beside_import(shop: Shop, steady: Steady, orders: int) -> Seen:
    with tempfile.TemporaryDirectory(prefix="dealt-bench-") as folder:
        file = Path(folder) / "orders.ndjson"
        chance = random.Random(time.time_ns())
        file.write_bytes(
            b"\n".join(order_body(chance, chance.randrange(shop.contacts) + 1, shop.products) for _ in range(orders))
        )
        mapping = Path(folder) / "orders.toml"
        mapping.write_text(_MAPPING)
        command = [sys.executable, "-P", "-m", "dealt", "import", "orders", str(file), "--mapping", str(mapping)]
        environment = os.environ | {"DATABASE_URL": shop.dsn}
        with (Path(folder) / "said").open("wb") as said:
            began = time.monotonic()
            process = await asyncio.create_subprocess_exec(
                *command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
            seen = await steady.send_while(lambda: process.returncode is None, least_s=1)
            progress(f"the import was over within {time.monotonic() - began:.0f} s")
        if process.returncode:
            raise RuntimeError(f"The import failed: {(Path(folder) / 'said').read_text()[-1000:]}")
    return seen


async def _bulk_drained(pool: Pool, query: str = _WAITING, longest_s: float = 120.0) -> Drained:
    began, lag = time.monotonic(), 0.0
    while await pool.fetchval(query) and time.monotonic() < began + longest_s:
        lag = max(lag, float(await pool.fetchval(_LAG) or 0))
        await asyncio.sleep(0.25)
    return Drained(time.monotonic() - began, lag)


async def _at_midnight(steady: Steady, pool: Pool) -> tuple[Seen, Drained]:
    await pool.execute(_MIDNIGHT)
    await asyncio.sleep(1)
    draining = asyncio.create_task(_bulk_drained(pool, _NOT_YET))
    busy: Callable[[], bool] = lambda: not draining.done()  # noqa: E731
    seen = await steady.send_while(busy, least_s=1)
    return seen, await draining
