from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from dealt.app import Application
from dealt.kernel.clock import FixedClock
from tests.derived.shop import START, open_application
from tests.house import house

__all__ = ["house"]

Running = tuple[Application, FixedClock]


@pytest_asyncio.fixture
async def app(database_url: str) -> AsyncIterator[Running]:
    """The application in this process, and the clock that it goes by."""
    clock = FixedClock(START)
    async with open_application(database_url, clock) as app:
        yield app, clock
