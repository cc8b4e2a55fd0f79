"""A workspace with webhooks, a worker whose rounds are done by hand at a time of our own, and a receiver."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

import pytest_asyncio

from dealt.kernel.clock import FixedClock
from dealt.kernel.db import Connection, transaction
from dealt.kernel.journal import Entry, record
from dealt.kernel.secrets import SecretBox
from dealt.webhooks import Deliverer, FanOut, Webhook, create_webhook, find_delivery, find_webhook
from tests.house import NOW, House
from tests.house import house as house
from tests.kernel.outbound_servers import OK, Answer, Received, Server, saying, serving

LOOPBACK = [IPv4Network("127.0.0.0/8")]
REFUSED = b"HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\nfull"


def answering(status: int, **headers: str) -> bytes:
    """An answer without a body."""
    lines = [f"{name.replace('_', '-')}: {text}" for name, text in headers.items()]
    return "\r\n".join([f"HTTP/1.1 {status} So", *lines, "Content-Length: 0", "", ""]).encode()


async def _present(_c: Connection, _w: int, _type: str, _ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    return {}


@dataclass
class Desk:
    """``deliver`` does what a worker does until nothing is due any more."""

    house: House
    receiver: Server
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    keys: SecretBox = field(default_factory=lambda: SecretBox([b"k" * 32]))
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.fan_out = FanOut(self.house.pool, self.clock, _present, self.bell)
        self.deliverer = self.worker()

    def worker(self, timeout_s: float = 5) -> Deliverer:
        """A deliverer as another process has it."""
        return Deliverer(self.house.pool, lambda: self.keys, self.clock, self.bell, allow=LOOPBACK, timeout_s=timeout_s)

    async def webhook(
        self, *kinds: str, url: str = "", enabled: bool = True, workspace_id: int | None = None
    ) -> tuple[Webhook, str]:
        """A webhook that is told of ``kinds``, of deals unless given, and its secret."""
        async with transaction(self.house.pool) as connection:
            return await create_webhook(
                connection, self.keys, workspace_id or self.house.workspace_id,
                url=url or self.receiver.url("/hook"), kinds=kinds or ("deal.*",), now=self.clock.now(),
                enabled=enabled, actor="token:1",
            )  # fmt: skip

    async def change(
        self, deal_id: int, *, kind: str = "deal.updated", contact_id: int = 7, workspace_id: int | None = None
    ) -> None:
        """A change of a deal."""
        entry = Entry(contact_id, kind, "deal", deal_id, "token:1", {"value": (1, 2)})
        async with transaction(self.house.pool) as connection:
            await record(connection, workspace_id or self.house.workspace_id, [entry], self.clock.now())

    async def fan(self) -> None:
        """Turn everything that was journalled into deliveries."""
        while await self.fan_out.round() == 0:
            pass

    async def deliver(self) -> None:
        """Send everything that is due at this moment."""
        await self.fan()
        while await self.deliverer.round() == 0:
            pass

    async def later(self, seconds: float) -> None:
        """Move the clock and send what is due by then."""
        self.clock.advance(seconds)
        await self.deliver()

    async def found(self, webhook: Webhook) -> Webhook:
        """The webhook as it is now."""
        async with transaction(self.house.pool) as connection:
            return await find_webhook(connection, *webhook.key)

    async def log(self, webhook: Webhook) -> list[dict[str, Any]]:
        """The deliveries of a webhook, oldest first, each whole."""
        rows = await self.house.fetch("SELECT id FROM webhook_deliveries WHERE webhook_id = $1 ORDER BY id", webhook.id)
        async with transaction(self.house.pool) as connection:
            whole = [dict(await find_delivery(connection, *webhook.key, row["id"])) for row in rows]
        return [row | {name: json.loads(row[name]) for name in ("answers", "headers", "body")} for row in whole]

    async def statuses(self, webhook: Webhook) -> list[str]:
        return [row["status"] for row in await self.log(webhook)]

    @property
    def received(self) -> list[Received]:
        return self.receiver.received

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(one.body) for one in self.received]

    @property
    def deals(self) -> list[int]:
        """The deals that the receiver was told of, in order."""
        return [body["data"]["id"] for body in self.bodies]

    def answer(self, *answers: bytes) -> None:
        """Have the receiver answer so from now on, with the last one for ever."""
        self.receiver.answer = saying(*answers)

    def answer_by(self, choose: Callable[[Received], bytes]) -> None:
        """Have the receiver choose its answer."""

        async def answer(received: Received, writer: asyncio.StreamWriter) -> None:
            writer.write(choose(received))

        self.receiver.answer = answer


@pytest_asyncio.fixture
async def desk(house: House) -> AsyncIterator[Desk]:
    first: Answer = saying(OK)
    async with serving(first) as receiver:
        desk = Desk(house, receiver)
        yield desk
        await desk.deliverer.close(grace_s=0)
