"""What is done now and then so that tables do not grow for ever."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from dealt.kernel.clock import Clock
from dealt.kernel.db import Pool, affected
from dealt.kernel.partitions import ensure_partitions

KEEP_IDEMPOTENCY_KEYS = timedelta(hours=24)
EVERY_S = 3600.0
_CHUNK = 1000

_FORGET_KEYS = """
DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED))"""


async def forget_old_keys(pool: Pool, now: datetime) -> int:
    """Delete first answers older than 24 hours, a thousand at a time; how many."""
    total = 0
    while forgotten := affected(await pool.execute(_FORGET_KEYS, now - KEEP_IDEMPOTENCY_KEYS, _CHUNK)):
        total += forgotten
    return total


Tidying: TypeAlias = Callable[[Pool, datetime], Awaitable[Any]]


class Housekeeping:
    """The hourly round of one process; several processes may do it at once."""

    def __init__(self, pool: Pool, clock: Clock, also: Sequence[Tidying] = ()) -> None:
        """``also``: what domains do besides."""
        self._also = also
        self._pool = pool
        self._clock = clock

    async def round(self) -> float:
        """Make the journal's next partitions and delete what is out of date."""
        now = self._clock.now()
        async with self._pool.acquire() as connection:
            await ensure_partitions(connection, now)
        await forget_old_keys(self._pool, now)
        for tidy in self._also:
            await tidy(self._pool, now)
        return EVERY_S * random.uniform(0.8, 1.2)  # noqa: S311
