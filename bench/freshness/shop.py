"""A shop with skewed orders in which much is derived, and who settles its contacts."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from bench.claims import progress
from bench.filling import fill
from bench.freshness.definitions import AGGREGATORS, COUNTRIES, segments
from bench.shop import Shop, database, open_shop, temporary_folder
from dealt.accounts import Actor
from dealt.aggregators import create_aggregator, read_new
from dealt.derivation import build_derived
from dealt.freshness import Backfill, Derived, Settling
from dealt.kernel.clock import SystemClock
from dealt.kernel.db import Pool, in_transaction, open_pool
from dealt.kernel.migrate import migrate
from dealt.kernel.postgres import EmbeddedPostgres
from dealt.segments import Keeper, create_segment

CLOCK = SystemClock()
FULL, QUICK = (200_000, 1_500_000), (20_000, 150_000)
SKEW = 2.9
"""The first of 200,000 contacts gets about 22,000 of 1,500,000 deals, and half of them share a fifth."""
KEPT = "DEALT_BENCH_SHOP"

# Contacts whose fields the filters can tell apart; they came over the last two years.
_COLOUR = """
UPDATE contacts SET country = ($2::text[])[1 + id % $3], score = id % 101, city = 'city ' || id % 20,
    first_seen = $1::timestamptz - make_interval(mins => (id * 7919 % 1051200)::int),
    last_seen = $1::timestamptz - make_interval(mins => (id * 104729 % 129600)::int)
WHERE NOT placeholder"""


@dataclass(frozen=True)
class Derivation:
    """A filled shop, a pool of its database, and what derives data in it."""

    shop: Shop
    pool: Pool
    derived: Derived
    settling: Settling

    @classmethod
    def of(cls, shop: Shop, pool: Pool) -> Derivation:
        """As a worker process has it."""
        derived = build_derived()
        return cls(shop, pool, derived, Settling([derived]))

    async def aggregator(self, name: str, body: dict[str, Any]) -> None:
        """Define one more aggregator; its values come with the next ``walk``."""
        wanted, actor = read_new({"source": "deals", "name": name} | body), Actor(self.shop.workspace_id, "bench")
        await in_transaction(self.pool, lambda c: create_aggregator(c, self.derived, actor, wanted, now=CLOCK.now()))

    async def segment(self, name: str, written: Any, subject: str = "contact") -> int:
        """Define one more segment; its id."""
        keeper = Keeper(self.derived, self.shop.workspace_id, CLOCK.now())
        made = await in_transaction(
            self.pool, lambda c: create_segment(c, keeper, name=name, subject=subject, written=written)
        )
        return made.id

    async def walk(self) -> float:
        """Bring every contact up to what is defined; the seconds that it took."""
        query = "SELECT definitions_version FROM workspaces WHERE id = $1"
        version = await self.pool.fetchval(query, self.shop.workspace_id)
        await self.pool.execute("DELETE FROM jobs")
        began = time.perf_counter()
        await Backfill(self.derived, CLOCK)(self.pool, self.shop.workspace_id, {"version": version}, CLOCK.now())
        return time.perf_counter() - began


@contextmanager
def derived_shop(*, quick: bool) -> Iterator[tuple[EmbeddedPostgres, Shop]]:
    """The shop in a running database, with everything defined and computed.

    Where the environment variable ``DEALT_BENCH_SHOP`` names a folder, the shop is kept there for the next time.
    """
    with made_shop("quick" if quick else "full", lambda folder: _make(folder, quick=quick)) as made:
        yield made


@contextmanager
def made_shop(name: str, make: Callable[[Path], Shop]) -> Iterator[tuple[EmbeddedPostgres, Shop]]:
    """A shop in the database ``derived``, of which ``make`` fills a folder where none is kept under this name."""
    kept = os.environ.get(KEPT)
    with temporary_folder() if kept is None else nullcontext(Path(kept)) as parent:
        folder = parent / name
        told = folder / "shop.json"
        if not told.exists():
            folder.mkdir(parents=True, exist_ok=True)
            told.write_bytes(msgspec.json.encode(make(folder / "data")))
        shop = msgspec.json.decode(told.read_bytes(), type=Shop)
        with database(folder / "data") as postgres:
            asyncio.run(migrate(postgres.dsn("derived")))
            yield postgres, replace(shop, dsn=postgres.dsn("derived"))


def _make(folder: Path, *, quick: bool) -> Shop:
    contacts, deals = QUICK if quick else FULL
    with database(folder, fast_unsafe=True) as postgres:
        return asyncio.run(derived(postgres, "derived", contacts, deals, skew=SKEW))


async def derived(postgres: EmbeddedPostgres, name: str, contacts: int, deals: int, *, skew: float = 1.0) -> Shop:
    """A shop with deals and with contacts that can be told apart, in which everything is defined and computed."""
    shop = await filled(postgres, name, contacts, deals, skew=skew)
    async with await open_pool(shop.dsn, size=4, name="bench") as pool:
        found = Derivation.of(shop, pool)
        await _define(found)
        seconds = await found.walk()
        progress(f"everything derived for {shop.contacts:,} contacts in {seconds:.0f} s")
        await pool.execute("VACUUM ANALYZE", timeout=600)
        await pool.execute("CHECKPOINT")
    return shop


async def filled(
    postgres: EmbeddedPostgres, name: str, contacts: int, deals: int, *, skew: float = 1.0, products: int = 500
) -> Shop:
    """A shop with deals and with contacts that can be told apart, in which nothing is derived yet."""
    shop = await open_shop(postgres, name, contacts=contacts, products=products)
    async with await open_pool(shop.dsn, size=2, name="bench", statement_timeout_s=600) as pool:
        await pool.execute(_COLOUR, CLOCK.now(), list(COUNTRIES), len(COUNTRIES))
    await fill(shop, deals, skew=skew, journal=False)
    return shop


async def _define(found: Derivation) -> None:
    """The 20 aggregators and 100 segments."""
    for number, body in enumerate(AGGREGATORS):
        await found.aggregator(f"a{number}", body)
    for name, written in segments().items():
        await found.segment(name, written)
