"""How late members leave a segment whose window has closed, when up to 2,000 do in a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bench.claims import Claim, bounded, progress
from bench.freshness.definitions import RECENT
from bench.freshness.shop import CLOCK, derived_shop
from bench.load import quantile
from bench.plan import Plan
from bench.server import serving
from bench.shop import Shop, settle
from dealt.kernel.db import Pool, in_transaction, open_pool
from dealt.kernel.journal import Lane, mark_stale

A_SECOND = 2_000
SECONDS, QUICK_SECONDS = 20, 4
WINDOW = timedelta(hours=2)
LATE_S = 1.0
LONGEST_S = 60.0
_LOOK_S = 0.05
# An order of each such contact is moved to the moment from which its window closes when it is to be seen.
_MOVE = """
UPDATE deals AS d SET ordered_at = $2::timestamptz + make_interval(secs => rank / $3::float8)
FROM (SELECT contact_id, max(id) AS id, row_number() OVER (ORDER BY contact_id) - 1 AS rank FROM deals
    WHERE contact_id = ANY($1::bigint[]) GROUP BY contact_id) AS last
WHERE d.contact_id = last.contact_id AND d.id = last.id RETURNING d.contact_id, d.ordered_at"""
_FREE = """
SELECT c.id FROM contacts AS c WHERE NOT c.placeholder AND c.id > 100
    AND EXISTS (SELECT FROM deals AS d WHERE d.contact_id = c.id)
    AND NOT EXISTS (SELECT FROM deals AS d WHERE d.contact_id = c.id AND d.ordered_at > $1::timestamptz)
ORDER BY random() LIMIT $2"""
_SEGMENT = "SELECT id FROM segments WHERE workspace_id = $1 AND name = $2 AND deleted_at IS NULL"
_STILL = "SELECT contact_id FROM segment_members WHERE contact_id = ANY($1::bigint[]) AND segment_id = $2"


def measure(plan: Plan) -> Iterator[Claim]:
    """The claim about windows."""
    seconds = QUICK_SECONDS if plan.quick else SECONDS
    with derived_shop(quick=plan.quick) as (_, shop):
        asyncio.run(settle(shop.dsn))
        with serving(database_url=shop.dsn):
            late = asyncio.run(_measured(shop, seconds))
    progress(f"{len(late):,} windows: half are seen closed within {1000 * quantile(late, 0.5):.0f} ms")
    yield bounded(
        f"A window that closes is seen closed, {A_SECOND:,} due a second: 99 of 100 within",
        figure=quantile(late, 0.99), unit="s", at_most=LATE_S,
    )  # fmt: skip


async def _measured(shop: Shop, seconds: int) -> list[float]:
    async with await open_pool(shop.dsn, size=4, name="bench", statement_timeout_s=300) as pool:
        segment_id = await pool.fetchval(_SEGMENT, shop.workspace_id, RECENT)
        due = await _prepared(shop, pool, segment_id, A_SECOND * seconds)
        return sorted(await _watched(pool, segment_id, due))


async def _prepared(shop: Shop, pool: Pool, segment_id: int, number: int) -> dict[int, datetime]:
    """When the window of each contact closes; all are members now."""
    free = await pool.fetch(_FREE, datetime.now(UTC) - WINDOW * 2, number)
    ids = [row["id"] for row in free]
    # So that all have entered before the first is due.
    first = datetime.now(UTC) + timedelta(seconds=20 + number / 1_500)
    moved = await pool.fetch(_MOVE, ids, first - WINDOW, A_SECOND)
    await in_transaction(pool, lambda c: mark_stale(c, shop.workspace_id, ids, CLOCK.now(), lane=Lane.BULK))
    for _ in range(1000):
        if datetime.now(UTC) > first or not await pool.fetchval("SELECT EXISTS (SELECT FROM stale)"):
            break
        await asyncio.sleep(0.2)
    members = await pool.fetchval(f"SELECT count(*) FROM ({_STILL}) AS still", ids, segment_id)
    progress(f"{members:,} of {number:,} entered, {(first - datetime.now(UTC)).total_seconds():.0f} s before the first")
    return {row["contact_id"]: row["ordered_at"] + WINDOW for row in moved}


async def _watched(pool: Pool, segment_id: int, due: dict[int, datetime]) -> list[float]:
    """How many seconds after its moment each was seen to have left."""
    late: list[float] = []
    ordered = sorted(due.items(), key=lambda one: one[1])
    waiting: dict[int, float] = {}
    last = ordered[-1][1].timestamp() + LONGEST_S
    while (ordered or waiting) and time.time() < last:
        asked = time.time()
        while ordered and ordered[0][1].timestamp() <= asked:
            contact_id, at = ordered.pop(0)
            waiting[contact_id] = at.timestamp()
        still = {row["contact_id"] for row in await pool.fetch(_STILL, list(waiting), segment_id)}
        seen = time.time()
        late += [seen - waiting.pop(contact_id) for contact_id in list(waiting) if contact_id not in still]
        await asyncio.sleep(_LOOK_S)
    return late + [LONGEST_S] * len(waiting)
