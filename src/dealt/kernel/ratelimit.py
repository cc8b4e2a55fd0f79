"""How often somebody may ask: a token bucket for each key, in memory that processes of one machine can share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from dealt.kernel.clock import Clock
from dealt.kernel.errors import Throttled
from dealt.kernel.slots import Key, Slots

# One request, less what rounding may take: 49 times a 49th is not quite 1.
_ENOUGH = 1 - 1e-9
_EPOCH, _US = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Allowed:
    """``limit``: requests at once. ``remaining``: those left at this moment. ``reset_s``: seconds until all are."""

    limit: int
    remaining: int
    reset_s: int

    @property
    def headers(self) -> dict[str, str]:
        """The fields of the IETF's drafts on rate limits up to the seventh, which most clients know."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_s),
        }


class Buckets:
    """Requests counted apart for each key, each with its own rate; ``slots`` remember what is left of each.

    A key that they forget, because others came after it, may send a whole burst again.
    """

    def __init__(self, clock: Clock, slots: Slots | None = None) -> None:
        self._clock, self._slots = clock, slots or Slots()

    def take(self, key: Key, rate_per_s: float, burst: int) -> Allowed:
        """Count one request of ``key``: at most ``burst`` are allowed at once and ``rate_per_s`` over time.

        Takes constant time. Another rate than the last time counts from now on. Raises Throttled, with the seconds
        to wait, when the bucket is empty; that request costs nothing.
        """
        if rate_per_s <= 0 or burst < 1:
            raise ValueError("A rate must be above 0 and a burst at least 1.")
        now_us = (self._clock.now() - _EPOCH) // _US
        with self._slots.held(key) as slot:
            tokens = float(burst)
            if (noted := slot.read()) is not None:
                since_us, left = noted
                # A clock that was set back takes nothing away.
                tokens = min(burst, left + max(0, now_us - since_us) / 1e6 * rate_per_s)
            allowed = tokens >= _ENOUGH
            left = tokens - allowed
            # A refused request is noted too: who goes on hammering is not forgotten for it.
            slot.write(now_us, left)
        told = Allowed(burst, int(left + 1 - _ENOUGH), ceil((burst - left) / rate_per_s))
        if not allowed:
            raise _throttled(told, rate_per_s, ceil((1 - tokens) / rate_per_s))
        return told


def _throttled(told: Allowed, rate_per_s: float, wait_s: int) -> Throttled:
    wait_s = max(1, wait_s)
    allowed = f"{told.limit} at once and {rate_per_s:g} a second"
    sentence = f"Too many requests: {allowed} are allowed. Try again in {wait_s} s."
    return Throttled(sentence, wait_s, headers=told.headers)
