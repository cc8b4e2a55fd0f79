"""Single orders by POST, 64 at a time, against PostgreSQL alone and against the server without gathering."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import uvloop

from bench.claims import Claim, bounded, compared, observed, progress
from bench.direct import Rehearsal, replay
from bench.freshness.shop import Derivation
from bench.intake.posting import CONNECTIONS, Posted, post_orders, postgres_seconds
from bench.pgbench import pgbench
from bench.plan import Plan
from bench.shop import Shop, database, open_shop, settle, temporary_folder
from dealt.kernel.db import open_pool
from dealt.kernel.postgres import EmbeddedPostgres

# Enough for a fair part of a second of measuring, on a machine that writes 15,000 orders a second.
SETS_A_SECOND = 60
SLOWEST_MS = 60
FOLLOWING = ({"function": "count"}, {"function": "sum", "field": "value"})
"""Aggregators that every order changes: what a shop defines first."""
CLAIM = f"One order a request (2 lines), {CONNECTIONS} connections"


@dataclass(frozen=True)
class Round:
    """Every contender, measured one after the other; ``pgbench`` and ``direct`` are orders a second."""

    pgbench: float
    pgbench_us: float
    direct: float
    server: Posted
    without_worker: Posted
    one_by_one: Posted
    followed: Posted


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about single orders."""
    with temporary_folder() as folder, database(folder) as postgres:
        yield from _judged(list(_rounds(plan, postgres)))


def _rounds(plan: Plan, postgres: EmbeddedPostgres) -> Iterator[Round]:
    shop = asyncio.run(open_shop(postgres, "measured"))
    rehearsal = Rehearsal(asyncio.run(open_shop(postgres, "rehearsal")))
    followed = asyncio.run(_followed(postgres))
    for _ in range(plan.rounds):
        asyncio.run(settle(shop.dsn))
        spent = postgres_seconds(postgres)
        rows = pgbench(shop, clients=CONNECTIONS, seconds=plan.seconds)
        spent = postgres_seconds(postgres) - spent
        done = Round(
            rows,
            1e6 * spent / (rows * plan.seconds),
            uvloop.run(_direct(rehearsal, shop, round(plan.seconds * SETS_A_SECOND))),
            post_orders(postgres, shop, plan.seconds),
            post_orders(postgres, shop, plan.seconds, worker_processes=0),
            post_orders(postgres, shop, plan.seconds, gather="off"),
            post_orders(postgres, followed, plan.seconds),
        )
        progress(
            f"pgbench {rows:,.0f}/s, direct SQL {done.direct:,.0f}/s, server {done.server.rate:,.0f}/s, "
            f"without worker {done.without_worker.rate:,.0f}/s, not gathered {done.one_by_one.rate:,.0f}/s, "
            f"with aggregators {done.followed.rate:,.0f}/s"
        )
        client = done.server.client
        progress(f"p99 {client.p99:.0f} ms, the client used {client.client_cpu:.0%} of a core")
        yield done


async def _followed(postgres: EmbeddedPostgres) -> Shop:
    """A shop in which every order marks its contact, which a worker then computes anew."""
    shop = await open_shop(postgres, "followed")
    async with await open_pool(shop.dsn, size=2, name="bench") as pool:
        found = Derivation.of(shop, pool)
        for number, body in enumerate(FOLLOWING):
            await found.aggregator(f"a{number}", body)
        await found.walk()
    return shop


async def _direct(rehearsal: Rehearsal, shop: Shop, sets: int) -> float:
    recorded = await rehearsal.record(sets)
    await settle(shop.dsn)
    return await replay(shop.dsn, recorded)


def _judged(rounds: Sequence[Round]) -> Iterator[Claim]:
    def figure(of: Callable[[Round], float]) -> float:
        return median(map(of, rounds))

    def against(what: str, short: str, of: Callable[[Round], float], at_least: float) -> Claim:
        ratio = figure(lambda r: r.server.rate / of(r))
        return compared(
            f"{CLAIM}: against {what}", figure=figure(lambda r: r.server.rate), limit=figure(of), limit_is=short,
            ratio=ratio, at_least=at_least, unit="orders/s",
        )  # fmt: skip

    yield against("pgbench writing the same rows, one transaction each", "pgbench", lambda r: r.pgbench, 2)
    yield against("the same server without gathering", "not gathered", lambda r: r.one_by_one.rate, 2)
    yield against("its own SQL called directly in sets of 64", "direct SQL", lambda r: r.direct, 0.35)
    p99 = figure(lambda r: r.server.client.p99)
    yield bounded(f"{CLAIM}: 99 of 100 are answered within", figure=p99, unit="ms", at_most=SLOWEST_MS)
    rate = figure(lambda r: r.without_worker.rate)
    yield observed(f"{CLAIM}: without a worker", figure=rate, unit="orders/s")
    rate = figure(lambda r: r.followed.rate)
    yield observed(f"{CLAIM}: followed by {len(FOLLOWING)} aggregators over all orders", figure=rate, unit="orders/s")
    yield observed("Processor time of an order: Dealt", figure=figure(lambda r: r.server.dealt_us), unit="µs")
    for side, of in (("by Dealt", lambda r: r.server.postgres_us), ("by pgbench", lambda r: r.pgbench_us)):
        yield observed(f"Processor time of an order: PostgreSQL, written {side}", figure=figure(of), unit="µs")
