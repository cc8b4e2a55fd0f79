"""When something happened, as clients say it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dealt.kernel.clock import in_seconds, parse_datetime
from dealt.kernel.shown import shown

SKEW = timedelta(hours=24)
"""How far a client's clock may be ahead of ours."""
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")


def parse_moment(value: Any, zone: ZoneInfo, now: datetime | None) -> datetime | None:
    """The moment of a UNIX time in seconds or milliseconds, as number or text, or of an ISO 8601 date or date-time.

    Null and an empty text are None: the moment of arrival. Raises ValueError, a sentence, for all else, for years
    before 1900 and for what is more than 24 hours ahead of ``now``, where that is given.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if type(value) in (int, float):
        value = in_seconds(value)
    moment = parse_datetime(value, zone)
    if now is not None and moment > now + SKEW:
        raise ValueError(f"{shown(value)} lies in the future.")
    return moment
