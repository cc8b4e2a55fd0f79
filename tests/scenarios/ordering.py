"""A shop that goes on sending orders, whatever becomes of the server, and notes which were acknowledged."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from dealt.client import ApiError, AsyncClient, Retries, ServerError, Unreachable
from tests.processes.running import PATIENCE_S, Served

API = "/api/public/"
SENDERS = 8
CONTACTS = ("ann", "ben", "cleo", "dan")
PAUSE_S = 0.05
"""Between a failure and the next request, so that a server that is away is not hammered."""
ONCE = Retries(most=0)
PATIENT = Retries(most=3, first_s=PAUSE_S, longest_s=1, total_s=10)


def order(number: int) -> dict[str, Any]:
    """A body with two lines, both linked too."""
    products = [f"sku-{number % 7}", f"sku-{number % 7 + 1}"]
    return {
        "custom_id": f"order-{number}",
        "name": f"Order {number}",
        "user_custom_id": CONTACTS[number % len(CONTACTS)],
        "value": 30,
        "currency": "EUR",
        "products_custom_id": products,
        "order_products": [{"product_custom_id": product, "value": 15, "quantity": 1} for product in products],
    }


class Shop:
    """Sends to ``server``, which may be exchanged for another at any time."""

    def __init__(self, server: Served) -> None:
        self.server = server
        self.acknowledged: dict[str, int] = {}
        """Custom id -> id, of every order that was answered with 2xx."""
        self.failures = 0
        """Requests that got no answer, or one that says that the server is in trouble."""
        self.refused: list[str] = []
        """Answers that blame the order, of which there must be none."""
        self._numbers = itertools.count()
        self._stopping = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Shop]:
        """Order for the length of the block; at its end every order that has begun gets its answer."""
        async with httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False) as client, asyncio.TaskGroup() as senders:
            for _ in range(SENDERS):
                senders.create_task(self._send(client))
            try:
                yield self
            finally:
                self._stopping = True

    async def _send(self, client: httpx.AsyncClient) -> None:
        while not self._stopping:
            number = next(self._numbers)
            # Every other one is made by a patient client, and sent again, as it was, until it is acknowledged.
            while not await self._is_acknowledged(client, number) and number % 2 and not self._stopping:
                pass

    async def _is_acknowledged(self, http: httpx.AsyncClient, number: int) -> bool:
        body = order(number)
        try:
            self.acknowledged[body["custom_id"]] = await self._order(http, body, patient=number % 2 == 1)
        except (Unreachable, ServerError):
            self.failures += 1
            await asyncio.sleep(PAUSE_S)
            return False
        except ApiError as refused:
            self.refused.append(str(refused))
            return False
        return True

    async def _order(self, http: httpx.AsyncClient, body: dict[str, Any], *, patient: bool) -> int:
        server = self.server
        client = AsyncClient(server.address, server.token, http=http, retries=PATIENT if patient else ONCE)
        if patient:
            return (await client.deals.create(body, idempotency_key=body["custom_id"]))["id"]
        return (await client.deals.update_or_create(body))["id"]
