"""How long settling takes: all contacts by one connection, one that was edited, and the one with the most deals."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from statistics import median

from bench.freshness.shop import CLOCK, Derivation
from dealt.freshness import Settling
from dealt.freshness.queries import BEGIN_SETTLING
from dealt.kernel.db import transaction
from dealt.kernel.journal import Lane, mark_stale

EDITS, LARGEST = 300, 15
BATCH = 500
_EDIT = "UPDATE deals SET value = value + 1, base_value = base_value + 1 WHERE contact_id = $1 AND id = $2"
_SOME_DEALS = """
SELECT contact_id, min(id) AS id FROM deals
WHERE contact_id = ANY(SELECT 1 + floor(random() * $1)::bigint FROM generate_series(1, $2::int)) GROUP BY 1"""
_LARGEST = "SELECT contact_id, min(id) AS id FROM deals GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"


@dataclass(frozen=True)
class Settled:
    """Contacts a second of one connection, and the median milliseconds of one contact and of the largest."""

    recompute: float
    one_ms: float
    largest_ms: float


async def measure_settling(found: Derivation) -> Settled:
    """Settle all contacts once, then single ones."""
    await found.pool.execute("DELETE FROM stale")
    recompute = await _recompute(found)
    some = await found.pool.fetch(_SOME_DEALS, found.shop.contacts, EDITS)
    one = [await _edit(found, row["contact_id"], row["id"]) for row in some]
    row = await found.pool.fetchrow(_LARGEST)
    largest = [await _edit(found, row["contact_id"], row["id"]) for _ in range(LARGEST)]
    return Settled(recompute, median(one), median(largest))


async def edit_cost(found: Derivation) -> float:
    """The median milliseconds of settling one edited contact."""
    some = await found.pool.fetch(_SOME_DEALS, found.shop.contacts, EDITS)
    return median([await _edit(found, row["contact_id"], row["id"]) for row in some])


@asynccontextmanager
async def open_transaction(found: Derivation, seconds: float) -> AsyncIterator[None]:
    """Another transaction that has been open for ``seconds``, all through which contacts were edited and settled."""
    async with found.pool.acquire() as other:
        snapshot = other.transaction(isolation="repeatable_read")
        await snapshot.start()
        # Dealt's own connections are not left idle in a transaction for so long; those of others may be.
        await other.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        await other.fetchval("SELECT count(*) FROM stale")
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    rows = await found.pool.fetch(_SOME_DEALS, found.shop.contacts, 50)
                    for row in rows:
                        await _edit(found, row["contact_id"], row["id"])
                    # An edit in between settling: about 200 of them a second, as of a busy shop.
                    await asyncio.sleep(0.05)
        held = await other.fetchval(
            "SELECT backend_xmin IS NOT NULL FROM pg_stat_activity WHERE pid = pg_backend_pid()"
        )
        if not held:
            raise RuntimeError("The transaction holds nothing back.")
        yield
        await snapshot.rollback()


async def _recompute(found: Derivation) -> float:
    """Every contact is stale, and one connection settles one batch after the other."""
    ids = [row["id"] for row in await found.pool.fetch("SELECT id FROM contacts WHERE NOT placeholder ORDER BY id")]
    async with transaction(found.pool) as connection:
        await mark_stale(connection, found.shop.workspace_id, ids, CLOCK.now(), lane=Lane.BULK)
    began = time.perf_counter()
    while await _settle(found, found.settling, Lane.BULK):
        pass
    return len(ids) / (time.perf_counter() - began)


async def _edit(found: Derivation, contact_id: int, deal_id: int) -> float:
    """Edit a deal; the milliseconds from the look for stale contacts to the commit of what follows."""
    async with transaction(found.pool) as connection:
        await connection.execute(_EDIT, contact_id, deal_id)
        await mark_stale(connection, found.shop.workspace_id, [contact_id], CLOCK.now())
    began = time.perf_counter()
    await _settle(found, found.settling, Lane.INTERACTIVE)
    return 1000 * (time.perf_counter() - began)


async def _settle(found: Derivation, settling: Settling, lane: Lane) -> int:
    async with transaction(found.pool, BEGIN_SETTLING) as connection:
        claimed = await settling.claim(connection, lane, BATCH)
        if claimed:
            await settling.settle_claimed(connection, claimed, CLOCK)
        return len(claimed)
