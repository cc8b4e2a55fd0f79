"""Whoever writes much in a row lets edits go first: they are followed by the same cores."""

from __future__ import annotations

import asyncio

from dealt.freshness import queries
from dealt.kernel.clock import Clock
from dealt.kernel.db import Pool

PATIENCE_S = 0.05
"""An edit that waits no longer to be followed is not waited for."""
NOBODY_S = 5.0
"""Where one waits longer, no worker runs, or it is at its limit anyway."""
LONGEST_S = 0.25
_MOST_LOOKS = 10


async def give_way(pool: Pool, clock: Clock, took_s: float) -> bool:
    """After writing for ``took_s``: while edits come, rest as long, and then until they are followed.

    Whether it rested. No rest is longer than a quarter of a second, so that whoever writes gets on.
    """
    if not 0 < await _edits_wait_s(pool, clock) < NOBODY_S:
        return False
    await asyncio.sleep(min(took_s, LONGEST_S))
    for _ in range(_MOST_LOOKS):
        if not PATIENCE_S < await _edits_wait_s(pool, clock) < NOBODY_S:
            break
        await asyncio.sleep(LONGEST_S / _MOST_LOOKS)
    return True


async def _edits_wait_s(pool: Pool, clock: Clock) -> float:
    """How long the first edit in line has waited; 0 where there is none."""
    marked_at = await pool.fetchval(queries.FIRST_INTERACTIVE)
    return (clock.now() - marked_at).total_seconds() if marked_at else 0.0
