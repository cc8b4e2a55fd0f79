"""A pool over a fresh database, and a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from dealt.kernel.clock import FixedClock
from dealt.kernel.db import Pool, open_pool

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest_asyncio.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with await open_pool(database_url, size=12) as pool:
        yield pool


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)
