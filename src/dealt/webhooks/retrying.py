"""When a delivery that was not taken is tried again, and when it is given up."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# The pauses that Standard Webhooks recommends: three days and three hours in all.
_PAUSES_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
ATTEMPTS = len(_PAUSES_S) + 1
LONGEST_REST_S = 86_400.0
PAUSE_AFTER = timedelta(days=3)
"""A webhook is paused when nothing was taken for so long ..."""
PAUSE_AFTER_FAILURES = 10
"""... in at least so many attempts."""


def pause_s(attempts: int) -> float | None:
    """Seconds until the next attempt after so many have failed; None where that was the last one.

    Spread, so that what failed together comes back apart.
    """
    if attempts >= ATTEMPTS:
        return None
    return _PAUSES_S[max(attempts, 1) - 1] * random.uniform(0.9, 1.2)  # noqa: S311


def rest_s(retry_after: str | None, now: datetime) -> float:
    """The seconds that a Retry-After header asks for, a day at most; 0 where there is none that can be read."""
    if not retry_after:
        return 0.0
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        try:
            at = parsedate_to_datetime(text)
        except ValueError:
            return 0.0
        seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_REST_S)
