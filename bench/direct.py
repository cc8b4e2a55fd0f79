"""The server's own SQL without the server: sets are recorded once and then replayed as fast as they go."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import asyncpg

from bench.orders import Orders
from bench.shop import Shop
from dealt.accounts import Actor, Definitions
from dealt.app import PARTS
from dealt.deals import DealWork, parse_deal
from dealt.deals.writing import Supplies, write_set
from dealt.kernel.bodies import parse_json

SET = 64
Call = tuple[str, tuple[Any, ...]]


class _Recorder:
    """A connection that remembers every statement and its values."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.calls: list[Call] = []
        self._connection = connection

    def __getattr__(self, method: str) -> Any:
        async def call(query: str, *values: Any) -> Any:
            self.calls.append((query, values))
            return await getattr(self._connection, method)(query, *values)

        return call


class Rehearsal:
    """Writes sets of orders to ``shop``, a copy of the shop to be measured, for their SQL and ready-made values.

    The ids that it gives out start where nothing measured will come.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._supplies = Supplies(Definitions(PARTS))
        self._bodies = Orders(shop.contacts, shop.products, seed=time.time_ns()).bodies()

    async def record(self, sets: int) -> list[list[Call]]:
        """The statements of ``sets`` sets of 64 orders each, as the server writes them when its caches are warm."""
        async with _connected(self._shop.dsn) as connection:
            await connection.execute("SELECT setval('deal_id_seq', greatest(nextval('deal_id_seq'), 1000000000000))")
            await self._write(connection)
            return [await self._write(connection) for _ in range(sets)]

    async def _write(self, connection: asyncpg.Connection) -> list[Call]:
        shop, supplies, recorder = self._shop, self._supplies, _Recorder(connection)
        zone = (await supplies.definitions.for_reading(connection, shop.workspace_id)).time_zone
        actor = Actor(shop.workspace_id, "token:1")
        bodies = islice(self._bodies, SET)
        works = [DealWork(how="create", actor=actor, patch=parse_deal(parse_json(body), zone)) for body in bodies]
        async with connection.transaction():
            result = await write_set(recorder, supplies, shop.workspace_id, works, datetime.now(UTC))
        supplies.products.remember(shop.workspace_id, result.reserved)
        if result.definitions_changed:
            supplies.definitions.forget(shop.workspace_id)
        return recorder.calls


async def replay(dsn: str, sets: list[list[Call]], *, connections: int = 2) -> float:
    """Orders a second when ``sets`` are written over ``connections``, one transaction a set."""
    left = iter(sets[connections:])

    async def work(connection: asyncpg.Connection) -> None:
        for calls in left:
            await _play(connection, calls)

    open_ = [await asyncpg.connect(dsn) for _ in range(connections)]
    for connection, calls in zip(open_, sets[:connections], strict=True):
        await _play(connection, calls)
    gc.collect()
    gc.freeze()
    started = time.perf_counter()
    await asyncio.gather(*map(work, open_))
    seconds = time.perf_counter() - started
    gc.unfreeze()
    for connection in open_:
        await connection.close()
    return SET * (len(sets) - connections) / seconds


async def _play(connection: asyncpg.Connection, calls: list[Call]) -> None:
    async with connection.transaction():
        for query, values in calls:
            await connection.fetch(query, *values)


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()
