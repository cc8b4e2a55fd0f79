from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from dealt.kernel.clock import FixedClock
from dealt.kernel.db import Pool, transaction
from dealt.kernel.journal import Entry, record
from dealt.kernel.partitions import ensure_partitions


async def _ensure(pool: Pool, now: datetime) -> list[str]:
    async with pool.acquire() as connection:
        return await ensure_partitions(connection, now)


async def _write(pool: Pool, at: datetime) -> None:
    async with transaction(pool) as connection:
        await record(connection, 1, [Entry(5, "deal.created", "deal", 1, "system", {"value": (None, 1)})], at)


async def _places(pool: Pool) -> list[str]:
    """The partition of each journal entry, by time."""
    return [row[0] for row in await pool.fetch("SELECT tableoid::regclass::text FROM journal ORDER BY at")]


async def test_this_month_and_the_next_two_are_made(pool: Pool) -> None:
    made = await _ensure(pool, datetime(2026, 11, 15, tzinfo=UTC))
    assert made == ["journal_y2026m11", "journal_y2026m12", "journal_y2027m01"]


async def test_what_exists_is_not_made_again(pool: Pool) -> None:
    await _ensure(pool, datetime(2026, 11, 15, tzinfo=UTC))
    assert await _ensure(pool, datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)) == []
    assert await _ensure(pool, datetime(2026, 12, 1, tzinfo=UTC)) == ["journal_y2027m02"]


async def test_entries_go_to_the_month_of_their_moment_in_utc(pool: Pool) -> None:
    await _ensure(pool, datetime(2026, 11, 15, tzinfo=UTC))
    for at in (
        datetime(2026, 10, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 11, 1, tzinfo=UTC),
        datetime(2026, 11, 30, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 12, 1, tzinfo=UTC),
    ):
        await _write(pool, at)
    assert await _places(pool) == ["journal_default", "journal_y2026m11", "journal_y2026m11", "journal_y2026m12"]


async def test_processes_that_make_them_at_once_do_not_disturb_each_other(pool: Pool) -> None:
    made = await asyncio.gather(*(_ensure(pool, datetime(2026, 11, 15, tzinfo=UTC)) for _ in range(4)))
    assert sorted(name for names in made for name in names) == [
        "journal_y2026m11", "journal_y2026m12", "journal_y2027m01",
    ]  # fmt: skip


async def test_a_month_that_the_default_partition_already_has_stays_there(pool: Pool) -> None:
    now = datetime(2026, 11, 15, tzinfo=UTC)
    await _write(pool, now)
    assert await _ensure(pool, now) == ["journal_y2026m12", "journal_y2027m01"]
    assert await _ensure(pool, now) == []
    await _write(pool, datetime(2026, 11, 16, tzinfo=UTC))
    await _write(pool, datetime(2026, 12, 16, tzinfo=UTC))
    assert await _places(pool) == ["journal_default", "journal_default", "journal_y2026m12"]


async def test_a_busy_journal_is_left_for_the_next_call(pool: Pool, clock: FixedClock) -> None:
    async with transaction(pool) as reader:
        await reader.fetch("SELECT * FROM journal")
        assert await _ensure(pool, clock.now()) == []
    assert len(await _ensure(pool, clock.now())) == 3


async def test_writing_goes_on_while_partitions_are_made(pool: Pool) -> None:
    now = datetime(2026, 11, 15, tzinfo=UTC)
    await _ensure(pool, now)
    async with transaction(pool) as writer:
        await record(writer, 1, [Entry(5, "deal.created", "deal", 1, "system", {})], now)
        assert await _ensure(pool, datetime(2026, 12, 15, tzinfo=UTC)) == ["journal_y2027m02"]


async def test_partitions_have_the_indexes_of_the_journal(pool: Pool) -> None:
    await _ensure(pool, datetime(2026, 11, 15, tzinfo=UTC))
    columns = "SELECT indexdef FROM pg_indexes WHERE tablename = $1"
    made = [row[0].split("USING")[1] for row in await pool.fetch(columns, "journal_y2026m11")]
    given = [row[0].split("USING")[1] for row in await pool.fetch(columns, "journal_default")]
    assert sorted(made) == sorted(given)


async def test_an_entry_that_is_on_its_way_while_its_month_is_made_is_not_refused(pool: Pool) -> None:
    now = datetime(2026, 11, 15, tzinfo=UTC)
    async with pool.acquire() as writer:
        pid = writer.get_server_pid()
        slow = asyncio.create_task(
            writer.execute(
                "INSERT INTO journal (contact_id, at, workspace_id, kind, object_type, object_id, actor, changes) "
                "SELECT 5, $1::timestamptz, 1, 'deal.created', 'deal', 1, 'system', '{}' "
                "FROM (SELECT pg_sleep(0.5) OFFSET 0) AS dawdling",
                now,
            )
        )
        while await pool.fetchval("SELECT wait_event FROM pg_stat_activity WHERE pid = $1", pid) != "PgSleep":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert await _ensure(pool, now) == ["journal_y2026m12", "journal_y2027m01"]
        assert await slow == "INSERT 0 1"
