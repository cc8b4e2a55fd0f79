"""When people buy: seasons, weekdays, hours, a growing shop, and each person's own interval."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

DAYS = 365
MONTHS = (0.85, 0.8, 0.9, 1.0, 1.1, 1.1, 0.95, 0.9, 1.0, 1.1, 1.35, 1.3)
WEEKDAYS = (1.15, 1.05, 1.0, 0.95, 0.9, 0.75, 1.2)
HOURS = (3, 1, 1, 1, 1, 2, 5, 9, 12, 14, 16, 18, 17, 15, 14, 14, 15, 17, 20, 23, 22, 17, 11, 6)
GROWTH = 0.8


def _weight(at: datetime, year_share: float) -> float:
    weight = MONTHS[at.month - 1] * WEEKDAYS[at.weekday()] * HOURS[at.hour] * (1 + GROWTH * year_share)
    if at.month == 11 and at.day >= 22:
        return weight * 1.7  # the week of sales at the end of November
    if at.month == 12:
        # Gifts must be posted by the 18th; from the 24th the house is full and nobody orders.
        return weight * (1.4 if at.day <= 18 else 0.35)
    return weight


class Calendar:
    """Maps the share of the year's orders (0 to 1) to the instant at which that share is reached."""

    def __init__(self, now: datetime) -> None:
        self.start = now - timedelta(days=DAYS)
        hours = DAYS * 24
        weights = (_weight(self.start + timedelta(hours=hour), hour / hours) for hour in range(hours))
        self._passed = [0.0, *accumulate(weights)]

    def moment(self, share: float) -> datetime:
        """The instant for ``share`` (0 <= share < 1); always before ``now``."""
        target = share * self._passed[-1]
        hour = bisect_right(self._passed, target) - 1
        within = (target - self._passed[hour]) / (self._passed[hour + 1] - self._passed[hour])
        return self.start + timedelta(hours=hour + within)


def purchase_moments(rng: Random, calendar: Calendar, counts: Sequence[int]) -> list[list[datetime]]:
    """For each person the ascending instants of their purchases, ``counts`` of them.

    People decide who buys next, the calendar decides when the shop has its orders: everybody's purchases are
    put in one row and spread over the year by rank, so that no season is thinned by how people begin and stop.
    """
    wishes = [(share, who) for who, count in enumerate(counts) for share in _shares(rng, count)]
    moments: list[list[datetime]] = [[] for _ in counts]
    for rank, (_, who) in enumerate(sorted(wishes)):
        moments[who].append(calendar.moment((rank + rng.random()) / len(wishes)))
    return moments


def _shares(rng: Random, count: int) -> list[float]:
    """Shares of the year at which one person buys: a first time, then roughly even intervals.

    Four in ten stop some time in the second half of what is left of the year.
    """
    if count < 2:
        return [rng.random() for _ in range(count)]
    begin = rng.random() * 0.9 / count**0.5
    end = 1.0 if rng.random() < 0.6 else rng.uniform((begin + 1) / 2, 1)
    gaps = [rng.gammavariate(3, 1) for _ in range(count)]
    scale = (end - begin) / sum(gaps)
    return [begin + scale * passed for passed in accumulate([0.0, *gaps[:-1]])]
