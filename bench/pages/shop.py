"""A shop with a million of everything that pages list: what the pages are measured on."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import msgspec

from bench.claims import progress
from bench.filling import fill
from bench.freshness.definitions import AGGREGATORS, of_attributes, of_relations
from bench.freshness.shop import CLOCK, KEPT, Derivation
from bench.pages import crowd
from bench.pages.crowd import Size
from bench.shop import Shop, database, temporary_folder
from dealt.accounts import Actor
from dealt.attributes import create_attribute
from dealt.kernel.db import Pool, in_transaction, open_pool
from dealt.kernel.migrate import migrate
from dealt.kernel.partitions import ensure_partitions
from dealt.kernel.postgres import EmbeddedPostgres
from dealt.rfm import Keeper, RefreshRfm, create_rfm
from dealt.rfm import read_new as read_rfm
from dealt.setup import set_up_workspace

NAME = "pages"
BOUGHT = 2_000
"""Products that somebody bought; the rest of the catalogue only stands there."""


FULL = Size(1_500_000, 1_000_000, 1_000_000, 100_000, 200_000, 1_000_000, 3.25)
QUICK = Size(150_000, 50_000, 50_000, 5_000, 10_000, 50_000, 2.5)


@contextmanager
def crowded_shop(*, quick: bool) -> Iterator[tuple[EmbeddedPostgres, Shop, Size]]:
    """The shop in a running database, with everything derived.

    Where the environment variable ``DEALT_BENCH_SHOP`` names a folder, the shop is kept there for the next time.
    """
    kept, size = os.environ.get(KEPT), QUICK if quick else FULL
    with temporary_folder() if kept is None else nullcontext(Path(kept)) as parent:
        folder = parent / f"{NAME}-{'quick' if quick else 'full'}"
        told = folder / "shop.json"
        if not told.exists():
            folder.mkdir(parents=True, exist_ok=True)
            told.write_bytes(msgspec.json.encode(_make(folder / "data", size)))
        shop = msgspec.json.decode(told.read_bytes(), type=Shop)
        with database(folder / "data") as postgres:
            asyncio.run(migrate(postgres.dsn(NAME)))
            yield postgres, replace(shop, dsn=postgres.dsn(NAME)), size


def _make(folder: Path, size: Size) -> Shop:
    with database(folder, fast_unsafe=True) as postgres:
        postgres.create_database(NAME)
        shop = asyncio.run(_open(postgres.dsn(NAME), size))
        asyncio.run(fill(shop, size.deals, skew=size.skew))
        asyncio.run(_derive(shop))
    return shop


async def _open(dsn: str, size: Size) -> Shop:
    await migrate(dsn)
    now = datetime.now(UTC)
    connection = await asyncpg.connect(dsn, command_timeout=3600)
    try:
        await ensure_partitions(connection, now)
        async with connection.transaction():
            first = await set_up_workspace(connection, now=now)
            for domain, name, value_type in crowd.ATTRIBUTES:
                await create_attribute(
                    connection, first.workspace_id, domain=domain, name=name, value_type=value_type, now=now
                )
            for statement in crowd.statements(size, first.workspace_id):
                await connection.execute(statement, *([now] if "$1" in statement else []))
    finally:
        await connection.close()
    progress(f"{size.contacts:,} contacts and {size.products:,} products are there")
    return Shop(dsn, first.workspace_id, first.token, size.contacts, BOUGHT)


async def _derive(shop: Shop) -> None:
    async with await open_pool(shop.dsn, size=4, name="bench", statement_timeout_s=1800) as pool:
        await pool.execute(crowd.OWNED, shop.workspace_id, timeout=1800)
        found = Derivation.of(shop, pool)
        for number, body in enumerate(AGGREGATORS[:10]):
            await found.aggregator(f"a{number}", body)
        for name, written in (*list(of_attributes().items())[:12], *list(of_relations().items())[:12]):
            await found.segment(name, written)
        await _score(found, pool)
        seconds = await found.walk()
        progress(f"everything derived for {shop.contacts:,} contacts in {seconds:.0f} s")
        await pool.execute("VACUUM ANALYZE", timeout=1800)
        await pool.execute("CHECKPOINT")


async def _score(found: Derivation, pool: Pool) -> None:
    now, actor = CLOCK.now(), Actor(found.shop.workspace_id, "bench")
    keeper, wanted = Keeper(found.derived, actor, now), read_rfm({"name": "Buyers", "key": "rfm"})
    made = await in_transaction(pool, lambda c: create_rfm(c, keeper, wanted))
    await RefreshRfm(found.derived)(pool, found.shop.workspace_id, {"rfm": made.id}, now)
