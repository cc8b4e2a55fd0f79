"""Single events by POST, 64 at a time, against PostgreSQL alone and against the server without gathering."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.api.told import NAMES, Events
from bench.claims import Claim, bounded, compared, observed, progress
from bench.intake.posting import CONNECTIONS, Posted, post, postgres_seconds
from bench.pgbench import pgbench
from bench.pgbench import write_one as write_single
from bench.plan import Plan
from bench.shop import Shop, database, open_shop, settle, temporary_folder
from dealt.accounts import Actor, Definitions
from dealt.app import PARTS
from dealt.events import EventWork, EventWriter
from dealt.kernel.clock import SystemClock
from dealt.kernel.db import open_pool
from dealt.kernel.postgres import EmbeddedPostgres

SCRIPT = Path(__file__).with_name("event.sql")
SLOWEST_MS = 60
CLAIM = f"One event a request, {CONNECTIONS} connections"


@dataclass(frozen=True)
class Round:
    """Every contender, measured one after the other; ``pgbench`` is events a second."""

    pgbench: float
    pgbench_us: float
    server: Posted
    one_by_one: Posted


def measure(plan: Plan) -> Iterator[Claim]:
    """The claims about single events."""
    with temporary_folder() as folder, database(folder) as postgres:
        yield from _judged(list(_rounds(plan, postgres)))


async def name_events(shop: Shop) -> None:
    """Let every name of ``Events`` have occurred once: what is measured is the usual case."""
    definitions = Definitions(PARTS)
    data = {"plan": "gold", "seats": 3, "total": 19.99}
    actor = Actor(shop.workspace_id, "token:1")
    works = [
        EventWork(actor=actor, contact=("custom_id", "contact-1"), name=f"event-{number}", data=data)
        for number in range(1, NAMES + 1)
    ]
    async with await open_pool(shop.dsn, size=2) as pool:
        for outcome in await EventWriter(pool, SystemClock(), definitions).write_many(shop.workspace_id, works):
            if isinstance(outcome, Exception):
                raise outcome


def write_one(shop: Shop) -> None:
    """A single event, written by pgbench."""
    write_single(shop, script=SCRIPT, names=NAMES)


def _rounds(plan: Plan, postgres: EmbeddedPostgres) -> Iterator[Round]:
    shop = asyncio.run(open_shop(postgres, "measured"))
    asyncio.run(name_events(shop))
    for _ in range(plan.rounds):
        asyncio.run(settle(shop.dsn))
        spent = postgres_seconds(postgres)
        rows = pgbench(shop, clients=CONNECTIONS, seconds=plan.seconds, script=SCRIPT, names=NAMES)
        spent = postgres_seconds(postgres) - spent
        done = Round(
            rows,
            1e6 * spent / (rows * plan.seconds),
            post(postgres, shop, _events(shop), plan.seconds),
            post(postgres, shop, _events(shop), plan.seconds, gather="off"),
        )
        progress(
            f"pgbench {rows:,.0f}/s, server {done.server.rate:,.0f}/s, not gathered {done.one_by_one.rate:,.0f}/s, "
            f"p99 {done.server.client.p99:.0f} ms, the client used {done.server.client.client_cpu:.0%} of a core"
        )
        yield done


def _events(shop: Shop) -> Events:
    return Events(shop.contacts, time.time_ns(), shop.token)


def _judged(rounds: Sequence[Round]) -> Iterator[Claim]:
    def figure(of: Callable[[Round], float]) -> float:
        return median(map(of, rounds))

    def against(what: str, short: str, of: Callable[[Round], float]) -> Claim:
        ratio = figure(lambda r: r.server.rate / of(r))
        return compared(
            f"{CLAIM}: against {what}", figure=figure(lambda r: r.server.rate), limit=figure(of), limit_is=short,
            ratio=ratio, at_least=2, unit="events/s",
        )  # fmt: skip

    yield against("pgbench writing the same rows, one transaction each", "pgbench", lambda r: r.pgbench)
    yield against("the same server without gathering", "not gathered", lambda r: r.one_by_one.rate)
    p99 = figure(lambda r: r.server.client.p99)
    yield bounded(f"{CLAIM}: 99 of 100 are answered within", figure=p99, unit="ms", at_most=SLOWEST_MS)
    yield observed("Processor time of an event: Dealt", figure=figure(lambda r: r.server.dealt_us), unit="µs")
    for side, spent in (("by Dealt", lambda r: r.server.postgres_us), ("by pgbench", lambda r: r.pgbench_us)):
        yield observed(f"Processor time of an event: PostgreSQL, written {side}", figure=figure(spent), unit="µs")
