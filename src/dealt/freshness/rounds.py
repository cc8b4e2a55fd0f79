"""The worker's rounds of settling: which contacts, how many at once, and what to do with those that fail."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import structlog

from dealt.freshness import queries
from dealt.freshness.large import Large
from dealt.freshness.model import MOST_CONTACTS
from dealt.freshness.settling import Settling
from dealt.kernel.clock import Clock
from dealt.kernel.db import AWAY, RETRYABLE, Pool, transaction
from dealt.kernel.journal import Lane
from dealt.kernel.rounds import IDLE_S

BULK_BATCH_S = 0.05
"""How long a batch of bulk work should take: an edit that comes meanwhile waits for it."""
GIVES_WAY_S = 1.0
"""So long after an edit bulk work rests after each batch as long as that took, and edits have the time."""
LEAST_S_BETWEEN = 0.04
"""The rest after a batch that emptied its lane: under a stream of edits the next one is larger, and costs less."""
FIRST_REST_S, LONGEST_REST_S = 1.0, 300.0
FIRST_BRAKE_S, LONGEST_BRAKE_S = 0.01, 1.0
MOST_SET_ASIDE = 1000

_log = structlog.get_logger("dealt.freshness")


@dataclass
class _Aside:
    """A contact that could not be settled, until when it is left alone (monotonic), and the rest before that."""

    until: float
    rest_s: float


class SettlingRounds:
    """Settles stale contacts, interactive ones always first.

    A batch that fails is rolled back and tried as a smaller one, down to the contact that is to blame: that one is
    set aside for a second, then ever longer up to five minutes, and the others go on. Its stale row stays.
    While edits come, bulk work takes no more than half of the time that they leave.
    ``then`` is set when something was settled: journal entries may have followed. ``large`` contacts are left to it.
    """

    def __init__(
        self, pool: Pool, settling: Settling, clock: Clock, *, then: asyncio.Event, large: Large | None = None
    ) -> None:
        self._pool = pool
        self._settling = settling
        self._clock = clock
        self._then = then
        self._large = large
        self._limits = {Lane.INTERACTIVE: MOST_CONTACTS, Lane.BULK: 100}
        self._aside: dict[int, _Aside] = {}
        self._failures = 0
        self._edited_at = self._bulk_from = float("-inf")
        self.settled = 0

    async def round(self) -> float:
        """Settle one batch: of the interactive lane, or of the bulk lane where that is empty."""
        lane, found, claimed, began = Lane.INTERACTIVE, list[int](), list[int](), time.monotonic()
        left_alone = [*self._left_alone(began), *(self._large.known if self._large else ())]
        try:
            async with transaction(self._pool) as connection:
                await connection.execute(queries.BEGIN_SETTLING)
                for lane in Lane if began >= self._bulk_from else (Lane.INTERACTIVE,):
                    found = await self._settling.claim(connection, lane, self._limits[lane], without=left_alone)
                    claimed = await self._large.lighten(connection, found) if self._large else found
                    if claimed:
                        await self._settling.settle_claimed(connection, claimed, self._clock)
                    if found:
                        break
        except (*AWAY, *RETRYABLE):
            raise
        except Exception as error:
            if not await self._recovered(error):
                await asyncio.sleep(self._failed(lane, claimed, error))
            return 0.0
        more = len(found) >= self._limits[lane] or len(claimed) < len(found)
        self._succeeded(lane, claimed, time.monotonic() - began)
        if found:
            self._give_way(lane, began)
            await asyncio.sleep(0.0 if more else LEAST_S_BETWEEN)
            return 0.0
        return min(self._rest_s(), self._bulk_from - began if self._bulk_from > began else IDLE_S)

    def _give_way(self, lane: Lane, began: float) -> None:
        now = time.monotonic()
        if lane is Lane.INTERACTIVE:
            self._edited_at = now
        elif now < self._edited_at + GIVES_WAY_S:
            self._bulk_from = now + (now - began)

    async def _recovered(self, error: Exception) -> bool:
        """Whether what is to blame has been put aside, so that the same batch can be tried again."""
        async with self._pool.acquire() as connection:
            return await self._settling.recover(connection, error)

    def _succeeded(self, lane: Lane, claimed: list[int], took_s: float) -> None:
        if not claimed:
            return
        self.settled += len(claimed)
        self._failures = 0
        self._then.set()
        for contact_id in claimed if self._aside else ():
            self._aside.pop(contact_id, None)
        grown = min(self._limits[lane] * 2, MOST_CONTACTS)
        if lane is Lane.BULK and took_s > BULK_BATCH_S:
            self._limits[lane] = max(len(claimed) // 2, 1)
        elif len(claimed) == self._limits[lane]:
            self._limits[lane] = grown

    def _failed(self, lane: Lane, claimed: list[int], error: Exception) -> float:
        """Make the next batch smaller or set the one contact aside; the seconds to wait, longer while all fail."""
        if len(claimed) > 1:
            self._limits[lane] = len(claimed) // 2
            return 0.0
        if not claimed:
            raise error
        now = time.monotonic()
        before = self._aside.pop(claimed[0], None)
        rest_s = min(before.rest_s * 2, LONGEST_REST_S) if before else FIRST_REST_S
        self._aside[claimed[0]] = _Aside(now + rest_s, rest_s)
        if len(self._aside) > MOST_SET_ASIDE:
            del self._aside[next(iter(self._aside))]
        _log.error("a contact cannot be settled", contact=claimed[0], again_in_s=rest_s, exc_info=error)
        self._failures += 1
        return min(FIRST_BRAKE_S * 2.0 ** min(self._failures, 20), LONGEST_BRAKE_S)

    def _left_alone(self, now: float) -> list[int]:
        return [contact_id for contact_id, aside in self._aside.items() if aside.until > now]

    def _rest_s(self) -> float:
        """Until the next contact that was set aside may be tried again."""
        now = time.monotonic()
        return min([aside.until - now for aside in self._aside.values() if aside.until > now], default=IDLE_S)
