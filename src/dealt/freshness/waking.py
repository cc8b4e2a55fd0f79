"""Contacts whose windows close by the mere passing of time."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from dealt.freshness import queries
from dealt.kernel.clock import Clock
from dealt.kernel.db import Pool, affected
from dealt.kernel.rounds import IDLE_S

AT_ONCE = 1000
"""Whoever settles one of them meanwhile waits, so that this is not long."""
INTERACTIVE_UP_TO = 500
"""More contacts than this wake together at a boundary that all share, such as midnight: they go by the bulk lane."""
LATE_S = 5.0
"""Contacts that are woken so late go by the bulk lane, too: nobody was there to wake them, or they are too many."""
SHORTEST_S = 0.05
"""Between two rounds, so that many that close one after the other are woken together."""


async def wake(pool: Pool, now: datetime) -> int:
    """Mark up to 1,000 contacts whose ``wake_at`` has come as stale, the longest due first; how many."""
    late = now - timedelta(seconds=LATE_S)
    return affected(await pool.execute(queries.WAKE, now, AT_ONCE, INTERACTIVE_UP_TO, late))


class WakingRounds:
    """Wakes contacts, round after round; sets ``then`` when there is something to settle."""

    def __init__(self, pool: Pool, clock: Clock, *, then: asyncio.Event) -> None:
        self._pool = pool
        self._clock = clock
        self._then = then

    async def round(self) -> float:
        """Wake one batch; where nothing is due, the seconds until something is."""
        woken = await wake(self._pool, self._clock.now())
        if not woken:
            following = await self._pool.fetchval(queries.NEXT_WAKE)
            ahead_s = (following - self._clock.now()).total_seconds() if following else IDLE_S
            return min(max(ahead_s, SHORTEST_S), IDLE_S)
        self._then.set()
        return SHORTEST_S
