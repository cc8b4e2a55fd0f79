"""Orders sent at a steady rate, and when each was answered and had its effect."""

from __future__ import annotations

import asyncio
import random
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bench.load import quantile
from bench.orders import order_body
from bench.shop import Shop
from dealt.kernel.db import Pool

SENDERS = 48
LOOK_S = 0.01
# Late is still late after this; nothing is waited for longer.
LONGEST_S = 60.0
_LARGEST_EVERY = 300
_MEMBERS = "SELECT contact_id FROM segment_members WHERE contact_id = ANY($1::bigint[]) AND segment_id = $2"


@dataclass
class Seen:
    """Seconds from the answer to an order to the membership that follows from it, and what was never seen."""

    waits: array[float] = field(default_factory=lambda: array("d"))
    missing: int = 0
    largest: array[float] = field(default_factory=lambda: array("d"))
    """Seconds from the order to the answer, for those of the contact with the most deals."""

    def ms(self, share: float) -> float:
        """Milliseconds within which ``share`` of all were seen; those that were not count as the longest wait."""
        return 1000 * quantile(sorted([*self.waits, *[LONGEST_S] * self.missing]), share)


class Steady:
    """Sends orders of contacts that are not in ``segment_id``, ``rate`` a second, and looks when each has entered it.

    One order in 300 is the largest contact's, for which nothing is timed: what it costs, the others wait for.
    """

    def __init__(self, shop: Shop, port: int, pool: Pool, segment_id: int, rate: int) -> None:
        self._shop, self._port, self._pool, self._segment_id, self._rate = shop, port, pool, segment_id, rate
        self._pending: dict[int, float] = {}
        self._seen = Seen()
        self._choose = random.Random(time.time_ns())
        self._used: set[int] = set()

    async def send_while(self, busy: Callable[[], bool], *, least_s: float) -> Seen:
        """Send for ``least_s`` and then as long as ``busy``; what was seen."""
        query = "SELECT contact_id FROM segment_members WHERE segment_id = $1 AND workspace_id = $2"
        rows = await self._pool.fetch(query, self._segment_id, self._shop.workspace_id)
        self._used |= {1, *(row["contact_id"] for row in rows)}
        self._seen, until = Seen(), time.monotonic() + least_s
        slots = self._slots(lambda: time.monotonic() < until or busy())
        looking = asyncio.create_task(self._look())
        await asyncio.gather(*(self._sender(slots) for _ in range(SENDERS)))
        for _ in range(round(LONGEST_S / LOOK_S)):
            if not self._pending:
                break
            await asyncio.sleep(LOOK_S)
        looking.cancel()
        self._seen.missing = len(self._pending)
        self._pending.clear()
        return self._seen

    def _slots(self, more: Callable[[], bool]) -> Iterator[tuple[float, int]]:
        """The moments at which orders go out, and whose they are."""
        at = time.monotonic()
        number = 0
        while more():
            number += 1
            at += 1 / self._rate
            if number % _LARGEST_EVERY == 0:
                yield at, 1
                continue
            contact = self._choose.randrange(self._shop.contacts) + 1
            while contact in self._used and len(self._used) < self._shop.contacts * 0.9:
                contact = self._choose.randrange(self._shop.contacts) + 1
            yield at, contact

    async def _sender(self, slots: Iterator[tuple[float, int]]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        for at, contact in slots:
            await asyncio.sleep(at - time.monotonic())
            body = self._body(contact)
            writer.write(
                b"POST /api/public/deals/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token %s\r\n"
                b"Content-Type: application/json\r\nAccept: */*; version=2\r\nContent-Length: %d\r\n\r\n%s"
                % (self._shop.token.encode(), len(body), body)
            )
            await _answer(reader)
            self._answered(contact, body)
        writer.close()

    def _body(self, contact: int) -> bytes:
        return order_body(self._choose, contact, self._shop.products)

    def _answered(self, contact: int, _body: bytes) -> None:
        if contact not in self._used:
            self._used.add(contact)
            self._pending[contact] = time.monotonic()

    async def _look(self) -> None:
        while True:
            if self._pending:
                rows = await self._pool.fetch(_MEMBERS, list(self._pending), self._segment_id)
                now = time.monotonic()
                for row in rows:
                    self._seen.waits.append(max(now - self._pending.pop(row["contact_id"]), 0.0))
            await asyncio.sleep(LOOK_S)


async def _answer(reader: asyncio.StreamReader) -> None:
    """Read one answer. Raises RuntimeError where it is no success."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    body = await reader.readexactly(length)
    if head[9:10] != b"2":
        raise RuntimeError(f"An order was refused: {(head + body).decode(errors='replace')[:1000]}")
