from __future__ import annotations

from datetime import timedelta

from dealt.kernel.clock import FixedClock
from dealt.kernel.db import Pool
from dealt.kernel.housekeeping import Housekeeping, forget_old_keys

_INSERT = """
INSERT INTO idempotency_keys (workspace_id, key, fingerprint, created_at)
SELECT 1, $1 || number, 'f', $2 FROM generate_series(1, $3::int) AS number"""


async def test_first_answers_are_forgotten_after_a_day(pool: Pool, clock: FixedClock) -> None:
    await pool.execute(_INSERT, "old", clock.now() - timedelta(hours=24, seconds=1), 2500)
    await pool.execute(_INSERT, "young", clock.now() - timedelta(hours=24), 10)
    assert await forget_old_keys(pool, clock.now()) == 2500
    assert await pool.fetchval("SELECT count(*) FROM idempotency_keys WHERE key LIKE 'young%'") == 10


async def test_a_key_that_a_request_holds_is_left_for_the_next_time(pool: Pool, clock: FixedClock) -> None:
    await pool.execute(_INSERT, "old", clock.now() - timedelta(days=2), 3)
    async with pool.acquire() as request, request.transaction():
        await request.execute("SELECT FROM idempotency_keys WHERE key = 'old1' FOR UPDATE")
        assert await forget_old_keys(pool, clock.now()) == 2
    assert await forget_old_keys(pool, clock.now()) == 1


async def test_a_round_makes_partitions_and_wants_the_next_in_about_an_hour(pool: Pool, clock: FixedClock) -> None:
    rest_s = await Housekeeping(pool, clock).round()
    assert 1800 < rest_s < 7200
    assert await pool.fetchval("SELECT to_regclass('journal_y2026m05') IS NOT NULL")
