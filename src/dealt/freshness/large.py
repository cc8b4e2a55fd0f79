"""Contacts to whom so much belongs that settling one takes as long as settling hundreds: settled beside the others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from dealt.freshness import queries
from dealt.freshness.settling import Settling
from dealt.kernel.clock import Clock
from dealt.kernel.db import AWAY, RETRYABLE, Connection, Pool, transaction
from dealt.kernel.rounds import IDLE_S

LARGE = 2_000
"""A contact to whom more rows belong is large; a batch has no more rows of contacts to whom many belong."""
QUICK_S = 0.05
RESTS = 4
"""A large contact is left alone for so many times as long as it took: under a stream of edits others come first."""
MOST_KNOWN = 1000

Weigh: TypeAlias = Callable[[Connection, Sequence[int], int], Awaitable[dict[int, int]]]
"""Those of some contacts to whom an uncommon number of rows belongs, with that number, counted up to a limit."""


class Large:
    """Which contacts are large, and the rounds that settle them one at a time, each in a transaction of its own.

    The other rounds pass over them. Reading such a contact settles it at once, as any other.
    """

    def __init__(
        self, pool: Pool, settling: Settling, clock: Clock, weigh: Weigh, *, bell: asyncio.Event, then: asyncio.Event
    ) -> None:
        self._pool = pool
        self._settling = settling
        self._clock = clock
        self._weigh = weigh
        self._bell = bell
        self._then = then
        self._known: dict[int, float] = {}
        self._given_back: set[int] = set()

    @property
    def known(self) -> list[int]:
        """The contacts that the other rounds leave to these; they ring when they have."""
        if self._known:
            self._bell.set()
        return list(self._known)

    async def lighten(self, connection: Connection, contact_ids: Sequence[int]) -> list[int]:
        """The first of some contacts, as many as do not take long together; large ones are left to these rounds."""
        weights = await self._weigh(connection, contact_ids, LARGE + 1) if contact_ids else {}
        for contact_id in [one for one, rows in weights.items() if rows > LARGE and one not in self._given_back]:
            self._known.setdefault(contact_id, 0.0)
            self._bell.set()
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        taken, rows = list[int](), 0
        for contact_id in contact_ids:
            if contact_id in self._known:
                continue
            rows += weights.get(contact_id, 0)
            if taken and rows > LARGE:
                break
            taken.append(contact_id)
        return taken

    async def round(self) -> float:
        """Settle one large contact that has rested, if there is something to settle; the seconds until the next."""
        began = time.monotonic()
        rested = [contact_id for contact_id, until in self._known.items() if until <= began]
        claimed = None
        try:
            async with transaction(self._pool) as connection:
                await connection.execute(queries.BEGIN_SETTLING)
                claimed = await self._settling.claim_one(connection, rested)
                if claimed is not None:
                    await self._settling.settle_claimed(connection, [claimed], self._clock)
        except (*AWAY, *RETRYABLE):
            raise
        except Exception:
            self._give_back(claimed or 0)
            return 0.0
        if claimed is None:
            return min([until - began for until in self._known.values() if until > began], default=IDLE_S)
        self._rest(claimed, time.monotonic() - began)
        self._then.set()
        return 0.0

    def _give_back(self, contact_id: int) -> None:
        """The other rounds know what to do with one that cannot be settled."""
        self._known.pop(contact_id, None)
        self._given_back.add(contact_id)
        if len(self._given_back) > MOST_KNOWN:
            self._given_back.pop()

    def _rest(self, contact_id: int, took_s: float) -> None:
        if took_s < QUICK_S:
            self._known.pop(contact_id, None)
        else:
            self._known[contact_id] = time.monotonic() + RESTS * took_s
