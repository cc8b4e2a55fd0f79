"""The demo shop at a few instants: an ordinary afternoon, a leap day, the silent days after Christmas."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dealt.demo import Shop, shop

INSTANTS = (
    datetime(2025, 6, 24, 14, 30, 12, 345678, tzinfo=UTC),
    datetime(2028, 2, 29, 0, 0, tzinfo=UTC),
    datetime(2026, 12, 27, 23, 59, 59, tzinfo=UTC),
)


@pytest.fixture(scope="session", params=INSTANTS, ids=lambda at: f"{at:%Y-%m-%d}")
def now(request: pytest.FixtureRequest) -> datetime:
    """One of the instants."""
    at: datetime = request.param
    return at


@pytest.fixture(scope="session")
def fernhill(now: datetime) -> Shop:
    """The shop at that instant."""
    return shop(now)
