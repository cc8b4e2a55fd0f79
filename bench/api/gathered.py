"""One object a request, 64 at a time, against PostgreSQL alone and against the server without gathering."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import load
from bench.claims import Claim, bounded, compared, observed, progress
from bench.intake.posting import CONNECTIONS, Posted, post, postgres_seconds
from bench.pgbench import pgbench
from bench.plan import Plan
from bench.shop import Shop, database, open_shop, settle, temporary_folder
from dealt.kernel.postgres import EmbeddedPostgres

SLOWEST_MS = 60


@dataclass(frozen=True)
class Told:
    """What is sent: ``one`` and ``many`` name it, ``script`` writes the same rows by pgbench with ``variables``."""

    one: str
    many: str
    script: Path
    work: Callable[[Shop], load.Work]
    prepare: Callable[[Shop], Awaitable[None]]
    variables: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Round:
    """Every contender, measured one after the other; ``pgbench`` is events a second."""

    pgbench: float
    pgbench_us: float
    server: Posted
    one_by_one: Posted


def measure(plan: Plan, told: Told) -> Iterator[Claim]:
    """The claims about single objects of one kind."""
    with temporary_folder() as folder, database(folder) as postgres:
        yield from _judged(told, list(_rounds(plan, told, postgres)))


def _rounds(plan: Plan, told: Told, postgres: EmbeddedPostgres) -> Iterator[Round]:
    shop = asyncio.run(open_shop(postgres, "measured"))
    asyncio.run(_prepared(told, shop))
    for _ in range(plan.rounds):
        asyncio.run(settle(shop.dsn))
        spent = postgres_seconds(postgres)
        rows = pgbench(shop, clients=CONNECTIONS, seconds=plan.seconds, script=told.script, **told.variables)
        spent = postgres_seconds(postgres) - spent
        done = Round(
            rows,
            1e6 * spent / (rows * plan.seconds),
            post(postgres, shop, told.work(shop), plan.seconds),
            post(postgres, shop, told.work(shop), plan.seconds, gather="off"),
        )
        progress(
            f"pgbench {rows:,.0f}/s, server {done.server.rate:,.0f}/s, not gathered {done.one_by_one.rate:,.0f}/s, "
            f"p99 {done.server.client.p99:.0f} ms, the client used {done.server.client.client_cpu:.0%} of a core"
        )
        yield done


async def _prepared(told: Told, shop: Shop) -> None:
    await told.prepare(shop)


def _judged(told: Told, rounds: Sequence[Round]) -> Iterator[Claim]:
    claim = f"One {told.one} a request, {CONNECTIONS} connections"

    def figure(of: Callable[[Round], float]) -> float:
        return median(map(of, rounds))

    def against(what: str, short: str, of: Callable[[Round], float]) -> Claim:
        ratio = figure(lambda r: r.server.rate / of(r))
        return compared(
            f"{claim}: against {what}", figure=figure(lambda r: r.server.rate), limit=figure(of), limit_is=short,
            ratio=ratio, at_least=2, unit=f"{told.many}/s",
        )  # fmt: skip

    yield against("pgbench writing the same rows, one transaction each", "pgbench", lambda r: r.pgbench)
    yield against("the same server without gathering", "not gathered", lambda r: r.one_by_one.rate)
    p99 = figure(lambda r: r.server.client.p99)
    yield bounded(f"{claim}: 99 of 100 are answered within", figure=p99, unit="ms", at_most=SLOWEST_MS)
    yield observed(f"Processor time of one {told.one}: Dealt", figure=figure(lambda r: r.server.dealt_us), unit="µs")
    for side, spent in (("by Dealt", lambda r: r.server.postgres_us), ("by pgbench", lambda r: r.pgbench_us)):
        yield observed(f"Processor time of one {told.one}: PostgreSQL, written {side}", figure=figure(spent), unit="µs")
