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
    """Requests counted apart for each key, each with its own rate.

    No more than ``max_keys`` are remembered: a bucket that has filled again is forgotten, for it equals a new
    one, and beyond the limit so is the one least recently used. For one thread or event loop.
    """

    def __init__(self, clock: Clock, *, max_keys: int = 100_000) -> None:
        if max_keys < 1:
            raise ValueError("At least one key must be remembered.")
        self._clock, self._max_keys = clock, max_keys
        # Tokens, the moment at which there were so many, and the moment at which the bucket is full again.
        self._buckets: OrderedDict[Hashable, tuple[float, datetime, float]] = OrderedDict()

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._buckets)

    def take(self, key: Hashable, rate_per_s: float, burst: int) -> Allowed:
        """Count one request of ``key``: at most ``burst`` are allowed at once and ``rate_per_s`` over time.

        Takes constant time. Another rate than the last time counts from now on. Raises Throttled, with the seconds
        to wait, when the bucket is empty; that request costs nothing.
        """
        if rate_per_s <= 0 or burst < 1:
            raise ValueError("A rate must be above 0 and a burst at least 1.")
        now = self._clock.now()
        tokens = self._tokens(key, now, rate_per_s, burst)
        allowed = tokens >= _ENOUGH
        left = tokens - allowed
        # A refused request is noted too: who goes on hammering is not forgotten for it.
        self._buckets[key] = (left, now, (burst - left) / rate_per_s)
        self._buckets.move_to_end(key)
        self._forget(now)
        told = Allowed(burst, int(left + 1 - _ENOUGH), ceil((burst - left) / rate_per_s))
        if not allowed:
            raise _throttled(told, rate_per_s, ceil((1 - tokens) / rate_per_s))
        return told

    def _tokens(self, key: Hashable, now: datetime, rate_per_s: float, burst: int) -> float:
        bucket = self._buckets.get(key)
        if bucket is None:
            return burst
        tokens, since, _ = bucket
        # A clock that was set back takes nothing away.
        elapsed_s = max(0.0, (now - since).total_seconds())
        return min(burst, tokens + elapsed_s * rate_per_s)

    def _forget(self, now: datetime) -> None:
        # Two for each new one: enough to shrink, and never a pause.
        for _ in range(2):
            oldest, (_, since, full_in_s) = next(iter(self._buckets.items()))
            if len(self._buckets) <= self._max_keys and (now - since).total_seconds() < full_in_s:
                return
            del self._buckets[oldest]


def _throttled(told: Allowed, rate_per_s: float, wait_s: int) -> Throttled:
    wait_s = max(1, wait_s)
    allowed = f"{told.limit} at once and {rate_per_s:g} a second"
    sentence = f"Too many requests: {allowed} are allowed. Try again in {wait_s} s."
    return Throttled(sentence, wait_s, headers=told.headers)
