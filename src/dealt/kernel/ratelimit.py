"""How often somebody may ask: a token bucket for each key, in the memory of one process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from dealt.kernel.clock import Clock
from dealt.kernel.errors import Throttled

# One request, less what rounding may take: 49 times a 49th is not quite 1.
_ENOUGH = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Allowed:
    """``remaining``: requests left at this moment. ``reset_s``: whole seconds until all of ``burst`` are."""

    remaining: int
    reset_s: int


class Buckets:
    """At most ``burst`` requests at once and ``rate_per_s`` a second over time, counted apart for each key.

    No more than ``max_keys`` are remembered: a bucket that has filled again is forgotten, for it equals a new
    one, and beyond the limit so is the one least recently used. For one thread or event loop.
    """

    def __init__(self, rate_per_s: float, burst: int, clock: Clock, *, max_keys: int = 100_000) -> None:
        if rate_per_s <= 0 or burst < 1 or max_keys < 1:
            raise ValueError("A rate must be above 0, a burst and the number of keys at least 1.")
        self._rate, self._burst, self._clock, self._max_keys = rate_per_s, burst, clock, max_keys
        self._buckets: OrderedDict[Hashable, tuple[float, datetime]] = OrderedDict()

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._buckets)

    def take(self, key: Hashable) -> Allowed:
        """Count one request of ``key``, in constant time.

        Raises Throttled, with the seconds to wait, when its bucket is empty; that request costs nothing.
        """
        now = self._clock.now()
        tokens = self._tokens(key, now)
        allowed = tokens >= _ENOUGH
        # A refused request is noted too: who goes on hammering is not forgotten for it.
        self._buckets[key] = (tokens - allowed, now)
        self._buckets.move_to_end(key)
        self._forget(now)
        if not allowed:
            raise self._throttled(tokens)
        return Allowed(int(tokens - 1), self._seconds_to(self._burst, tokens - 1))

    def _tokens(self, key: Hashable, now: datetime) -> float:
        bucket = self._buckets.get(key)
        if bucket is None:
            return self._burst
        tokens, since = bucket
        # A clock that was set back takes nothing away.
        elapsed_s = max(0.0, (now - since).total_seconds())
        return min(self._burst, tokens + elapsed_s * self._rate)

    def _forget(self, now: datetime) -> None:
        # Two for each new one: enough to shrink, and never a pause.
        for _ in range(2):
            oldest = next(iter(self._buckets))
            if len(self._buckets) <= self._max_keys and self._tokens(oldest, now) < self._burst:
                return
            del self._buckets[oldest]

    def _throttled(self, tokens: float) -> Throttled:
        wait_s = max(1, self._seconds_to(1, tokens))
        allowed = f"{self._burst} at once and {self._rate:g} a second"
        return Throttled(f"Too many requests: {allowed} are allowed. Try again in {wait_s} s.", wait_s)

    def _seconds_to(self, wanted: float, tokens: float) -> int:
        return ceil((wanted - tokens) / self._rate)
