"""How many belong to segments, exactly and roughly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from dealt.segments import counting, known_as_of, reading
from dealt.segments.model import Segment
from tests.conftest import Dsn, fresh_database

_MEMBERS = """
INSERT INTO segment_members (contact_id, segment_id, workspace_id, entered_at)
SELECT n, segment, 1, $1 FROM (VALUES (1, 3), (2, 700), (4, 2)) AS of (segment, number),
    generate_series(1, number) AS n"""

_MARK = "INSERT INTO stale (contact_id, workspace_id, lane, marked_at) VALUES (1, $1, $2, $3)"


async def test_many_members_are_counted_roughly_and_few_exactly(
    postgres: Dsn, template_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "EXACT_COUNT", 100)
    with fresh_database(postgres, template_database) as dsn:
        connection = await asyncpg.connect(dsn)
        await connection.execute(_MEMBERS, datetime(2026, 1, 1, tzinfo=UTC))
        await connection.execute("ANALYZE segment_members")
        first = Segment(1, "One", "", "contact", "dynamic", {}, 1)
        segments = [replace(first, id=number) for number in (1, 2, 3, 4)] + [replace(first, id=5, subject="deal")]
        counts, rough = await counting.count_roughly(connection, 1, segments)
        assert (counts[1], counts[3], counts[4], counts[5], rough) == (3, 0, 2, 0, {2})
        assert 600 <= counts[2] <= 800
        assert await counting.count_members(connection, 1, [1, 2, 3]) == {1: 3, 2: 700}
        await connection.close()


async def test_what_waits_for_others_makes_nothing_older(
    postgres: Dsn, template_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_LOOKED_THROUGH", 3)
    now, second = datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=1)
    with fresh_database(postgres, template_database) as dsn:
        connection = await asyncpg.connect(dsn)

        async def mark(workspace_id: int, lane: int, seconds: int) -> None:
            await connection.execute(_MARK, workspace_id, lane, now - seconds * second)

        await mark(2, 0, 9)
        await mark(2, 0, 8)
        assert (await known_as_of(connection, 1, now), await known_as_of(connection, 2, now)) == (now, now - 9 * second)
        await mark(1, 0, 7)
        assert await known_as_of(connection, 1, now) == now - 7 * second
        for age in (12, 11, 10):
            await mark(2, 1, age)
        # So many of others are in front that no more is looked at: ours is no older than the last of them.
        assert await known_as_of(connection, 1, now) == now - 10 * second
        await connection.close()
