"""Shops for the tests of this folder: one that tests share, and one on a server that pages of other sites may call."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.conftest import Dsn, fresh_database
from tests.publicapi.conftest import Shop, open_shop, serving
from tests.publicapi.world import World
from tests.publicapi.world import world as world


@pytest_asyncio.fixture(scope="module")
async def open_world(postgres: Dsn, template_database: str) -> AsyncIterator[Shop]:
    """A workspace on a server that lets the pages of https://shop.example in."""
    with fresh_database(postgres, template_database) as url:
        async with serving(url, cors_origins="https://shop.example, https://other.example/") as (app, address):
            shop = await open_shop(app, address)
            yield shop
            await shop.client.aclose()
            await shop.v1.aclose()


@pytest_asyncio.fixture
async def shop(world: World) -> Shop:
    """The shop that knows nobody: what a test makes there is its own."""
    return world.stranger
