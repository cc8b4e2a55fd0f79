"""A real server on a real port, a workspace with tokens, and a client for it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
import uvicorn

from dealt.app import Application
from dealt.kernel.clock import Clock
from dealt.kernel.db import transaction
from dealt.settings import Settings
from dealt.setup import set_up_workspace

V2 = {"Accept": "*/*; version=2"}


@dataclass
class Shop:
    """One workspace on a running server; ``client`` speaks version 2, ``v1`` version 1."""

    app: Application
    url: str
    workspace_id: int
    token: str
    client: httpx.AsyncClient
    v1: httpx.AsyncClient

    async def fetch(self, query: str, *values: object) -> list[dict[str, object]]:
        """Rows straight from the database."""
        assert self.app.services
        return [dict(row) for row in await self.app.services.pool.fetch(query, *values)]


@pytest_asyncio.fixture
async def application(database_url: str) -> AsyncIterator[tuple[Application, str]]:
    async with serving(database_url) as served:
        yield served


def settings_of(database_url: str, **settings: Any) -> Settings:
    """The settings of a process of the tests: all of them share one secret key."""
    return Settings(database_url=database_url, data_dir=Path(os.environ["DEALT_TEST_RUN"]) / "data", **settings)


@asynccontextmanager
async def serving(
    database_url: str, clock: Clock | None = None, **settings: Any
) -> AsyncIterator[tuple[Application, str]]:
    """The application on a free port of this machine, and the address of its public API."""
    app = Application(settings_of(database_url, **settings), clock)
    # A client that reuses a connection must not find it just closed.
    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False, timeout_keep_alive=75)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    assert server.started, "the server did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    yield app, f"http://127.0.0.1:{port}/api/public/"
    await stop(server)


async def stop(server: uvicorn.Server) -> None:
    """End a server that runs in this loop: what uvicorn does, which sleeps before it looks whether all is done."""
    for listener in server.servers:
        listener.close()
    for connection in list(server.server_state.connections):
        connection.shutdown()
    while server.server_state.connections or server.server_state.tasks:  # noqa: ASYNC110 - they tell it in no other way
        await asyncio.sleep(0.001)
    await server.lifespan.shutdown()


async def open_shop(app: Application, url: str) -> Shop:
    """A fresh workspace with a full token and clients that use it."""
    assert app.services
    async with transaction(app.services.pool) as connection:
        first = await set_up_workspace(connection, now=app.services.clock.now())
    headers = {"Authorization": f"Token {first.token}"}
    return Shop(
        app, url, first.workspace_id, first.token,
        httpx.AsyncClient(base_url=url, headers=headers | V2, timeout=30),
        httpx.AsyncClient(base_url=url, headers=headers, timeout=30),
    )  # fmt: skip


@pytest_asyncio.fixture
async def shop(application: tuple[Application, str]) -> AsyncIterator[Shop]:
    shop = await open_shop(*application)
    yield shop
    await shop.client.aclose()
    await shop.v1.aclose()


@pytest_asyncio.fixture
async def other_shop(application: tuple[Application, str]) -> AsyncIterator[Shop]:
    """A second workspace on the same server, which must see nothing of the first."""
    shop = await open_shop(*application)
    yield shop
    await shop.client.aclose()
    await shop.v1.aclose()
