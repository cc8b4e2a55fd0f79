"""A client as public ones are: their headers, what they take for an answer, and how they follow pages."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.conformance.wire import BASE, Answer, send
from tests.publicapi.conftest import Shop


@dataclass
class Client:
    """Sends what it is told with the headers that are its own; ``sent`` are headers of requests with a body."""

    shop: Shop
    headers: dict[str, str] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    authorization: str = "Authorization"

    async def ask(self, method: str, target: str, body: Any = None, raw: bytes | None = None) -> Answer:
        payload = json.dumps(body).encode() if body is not None else raw
        headers = {self.authorization: f"Token {self.shop.token}"} | self.headers
        if payload is not None:
            headers |= self.sent
        return await send(self.shop, method, target, headers=headers, body=payload, token=False, version=1)

    async def told(self, method: str, target: str, body: Any = None) -> Any:
        """The JSON of an answer that must be fine, as most clients read it."""
        answer = await self.ask(method, target, body)
        assert 200 <= answer.status < 300, answer.body
        return answer.json()

    async def follow(self, page: dict[str, Any]) -> list[Any]:
        """The results of a page and of all that come after, by the whole address in ``next``."""
        found = list(page["results"])
        while page["next"]:
            assert page["next"].startswith(self.shop.url)
            page = await self.told("GET", page["next"].replace(self.shop.url, BASE, 1))
            found += page["results"]
        return found
