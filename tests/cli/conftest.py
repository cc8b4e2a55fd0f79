"""The fixtures of the processes' tests, which these need too; and a database with a first workspace."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import asyncpg
import pytest

from dealt.setup import set_up_workspace
from tests.processes.conftest import Serve, data_dir, folder, installed, serve

__all__ = ["Serve", "data_dir", "folder", "installed", "serve"]


@pytest.fixture
def workspace_url(database_url: str) -> str:
    """The address of a database with one workspace."""

    async def set_up() -> None:
        connection = await asyncpg.connect(database_url)
        try:
            async with connection.transaction():
                await set_up_workspace(connection, now=datetime(2026, 11, 1, tzinfo=UTC))
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, set_up()).result()
    return database_url
