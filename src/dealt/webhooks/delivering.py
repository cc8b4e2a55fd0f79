"""Sends what is due: many at once, the deliveries of one object one after the other."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

from dealt.kernel.clock import Clock
from dealt.kernel.db import AWAY, Pool, transaction
from dealt.kernel.outbound import Network
from dealt.kernel.rounds import IDLE_S
from dealt.kernel.secrets import SecretBox
from dealt.webhooks import queries
from dealt.webhooks.claiming import claim, due_webhooks, is_suspect, put_off, rooms
from dealt.webhooks.model import Attempt, Delivery, Webhook
from dealt.webhooks.sending import TIMEOUT_S, client, send
from dealt.webhooks.settling import drop_empty, settle

_GATHER_S = 0.01
"""What ends together is written together."""
_LONGEST_WAIT_S = 5.0


class Deliverer:
    """The deliveries of one process; several may run at once.

    A delivery that is under way when the process dies is sent again when its lease has run out.
    """

    def __init__(
        self,
        pool: Pool,
        box: Callable[[], SecretBox],
        clock: Clock,
        bell: asyncio.Event,
        *,
        allow: Sequence[Network] = (),
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._pool, self._box, self._clock, self._bell = pool, box, clock, bell
        # Apart: names that are slow to look up must not hold up the others.
        self._clients = {suspect: client(allow, timeout_s) for suspect in (False, True)}
        self._flying: Counter[tuple[int, int]] = Counter()
        self._suspects = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._done: list[Attempt] = []

    async def round(self) -> float:
        """Write what has ended, begin what is due, and return when something ended or the bell rings."""
        await self._settle()
        await self._begin()
        if not self._tasks:
            # Some may have ended while we looked for more.
            return 0.0 if self._done else IDLE_S
        await self._wait()
        return 0.0

    async def close(self, grace_s: float = TIMEOUT_S + 1) -> None:
        """Wait for what is under way and write what became of it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace_s)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(*AWAY):
            await self._settle()
        for through in self._clients.values():
            await through.aclose()

    async def _settle(self) -> None:
        done, self._done = self._done, []
        try:
            await settle(self._pool, done, self._clock.now())
        except BaseException:
            self._done = done + self._done
            raise

    async def _begin(self) -> None:
        now = self._clock.now()
        async with transaction(self._pool, queries.OPENING) as connection:
            webhooks = await due_webhooks(connection, now)
            await put_off(connection, webhooks, now)
            deliveries, empty = await claim(connection, webhooks, rooms(webhooks, self._flying, self._suspects), now)
        await drop_empty(self._pool, empty, now)
        by_key = {webhook.key: webhook for webhook in webhooks}
        for delivery in deliveries:
            webhook = by_key[delivery.lane.key[:2]]
            task = asyncio.create_task(self._deliver(webhook, delivery, suspect=is_suspect(webhook)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _deliver(self, webhook: Webhook, delivery: Delivery, *, suspect: bool) -> None:
        self._flying[webhook.key] += 1
        self._suspects += suspect
        try:
            attempt = await send(self._clients[suspect], self._box, self._clock, webhook, delivery)
            # The list may have become another one in the meantime.
            self._done.append(attempt)
        finally:
            self._suspects -= suspect
            self._flying[webhook.key] -= 1
            if not self._flying[webhook.key]:
                del self._flying[webhook.key]

    async def _wait(self) -> None:
        bell = asyncio.create_task(self._bell.wait())
        try:
            await asyncio.wait({*self._tasks, bell}, timeout=_LONGEST_WAIT_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            bell.cancel()
        await asyncio.sleep(_GATHER_S)
