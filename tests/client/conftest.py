"""A shop on a running server, and both clients of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from dealt.client import AsyncClient, Client, Retries
from tests.publicapi.conftest import Shop, application, other_shop, shop

__all__ = ["application", "other_shop", "shop"]
QUICK = Retries(first_s=0.01, longest_s=0.02)


@pytest.fixture
def client(shop: Shop) -> Iterator[Client]:
    with Client(shop.url, shop.token, retries=QUICK) as client:
        yield client


@pytest_asyncio.fixture
async def awaited(shop: Shop) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(shop.url, shop.token, retries=QUICK) as client:
        yield client


async def waiting(call: Any, *args: Any, **kwargs: Any) -> Any:
    """A call that waits, made in a thread, because the server runs in this one."""
    return await asyncio.to_thread(call, *args, **kwargs)


def answering(status: int, body: Any, headers: dict[str, str] | None = None) -> httpx.Client:
    """An HTTP client that gets this answer to everything: for what a server would have to be broken to say."""

    def answer(_: httpx.Request) -> httpx.Response:
        if isinstance(body, str):
            return httpx.Response(status, text=body, headers=headers)
        return httpx.Response(status, json=body, headers=headers)

    return httpx.Client(transport=httpx.MockTransport(answer))
