"""Orders sent to a server that is started for them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from bench import load
from bench.machine import cpu_seconds, descendants
from bench.orders import Orders
from bench.server import serving
from bench.shop import Shop, settle
from dealt.kernel.postgres import EmbeddedPostgres, processes

CONNECTIONS = 64


@dataclass(frozen=True)
class Posted:
    """What the client saw, and microseconds of processor time that an order cost on either side."""

    client: load.Result
    dealt_us: float
    postgres_us: float

    @property
    def rate(self) -> float:
        """Orders a second."""
        return self.client.rate


def post_orders(postgres: EmbeddedPostgres, shop: Shop, seconds: float, **settings: object) -> Posted:
    """Start the server with ``settings`` and send it orders. Raises RuntimeError where one is refused."""
    orders = Orders(shop.contacts, shop.products, time.time_ns(), shop.token)
    return post(postgres, shop, orders, seconds, **settings)


def post(postgres: EmbeddedPostgres, shop: Shop, work: load.Work, seconds: float, **settings: object) -> Posted:
    """Start the server with ``settings`` and send it ``work``. Raises RuntimeError where a request is refused."""
    asyncio.run(settle(shop.dsn))
    with serving(database_url=shop.dsn, **settings) as server:
        job = load.Job(server.port, work, CONNECTIONS, seconds)
        ours, theirs = cpu_seconds(descendants(server.pid)), postgres_seconds(postgres)
        result = load.run(job)
        ours, theirs = cpu_seconds(descendants(server.pid)) - ours, postgres_seconds(postgres) - theirs
    if not result.all_good:
        raise RuntimeError(f"Not everything was stored ({result.statuses}): {result.complaint}")
    stored = result.rate * (job.seconds + job.warm_up)
    return Posted(result, 1e6 * ours / stored, 1e6 * theirs / stored)


def postgres_seconds(postgres: EmbeddedPostgres) -> float:
    """Processor time of every process of the database so far."""
    return cpu_seconds(processes.named(postgres.place.name))
