"""One server for each module of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.conftest import Dsn
from tests.web.visiting import Site, site_on


@pytest_asyncio.fixture(scope="module")
async def site(postgres: Dsn, template_database: str) -> AsyncIterator[Site]:
    """Its tests leave what others need as they found it."""
    async with site_on(postgres, template_database) as site:
        yield site
