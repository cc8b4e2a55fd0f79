"""Time is a parameter: who needs the time is given a clock. And dates and times as text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from dealt.kernel.shown import shown

FIRST_YEAR, LAST_YEAR = 1900, 2199

_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
# The hours, minutes and seconds of a day: no 24:00 and no leap second, which Python versions read differently.
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
_OFFSET = r"(?:Z|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)"
_looks_like_date = re.compile(_DATE).fullmatch
_looks_like_datetime = re.compile(f"{_DATE}[T ]{_TIME}{_OFFSET}?").fullmatch
_SHORTEST_DATETIME, _LONGEST_DATETIME = len("2018-10-29T20:00"), len("2018-10-29T20:00:32.471199000+00:00")

# In seconds this is the year 5138, in milliseconds 1973.
_LEAST_MILLISECONDS = 10**11
_FIRST_SECOND = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp()
_END_SECOND = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp()


class Clock(Protocol):
    """Whoever can say what time it is."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved: for tests and simulations."""

    def __init__(self, at: datetime) -> None:
        self.set(at)

    def now(self) -> datetime:
        """The moment it was last set or advanced to, aware, in UTC."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move to an aware moment, earlier or later."""
        self._at = _utc(at)

    def advance(self, seconds: float) -> None:
        """Move on by so many seconds; back, where they are negative."""
        self._at += timedelta(seconds=seconds)


def iso(at: datetime) -> str:
    """An aware moment as ``2018-10-29T20:00:32.471199Z``; without the fraction where that is zero."""
    text = at.isoformat()
    if not text.endswith("+00:00"):
        text = _utc(at).isoformat()
    return text[:-6] + "Z"


def parse_datetime(value: object, zone: ZoneInfo) -> datetime:
    """The moment, aware and in UTC, of an ISO 8601 date or date-time, or of UNIX time in seconds.

    A date is its midnight in ``zone``. A date-time has a T or one blank in its middle and may lack its seconds;
    with Z or an offset it is absolute, without one it is read in ``zone`` (an hour that the clocks skip as if
    they had not yet moved, an hour that they repeat as its first pass). Digits past the microsecond are cut.

    Raises ValueError, a sentence, for all else and for years outside 1900 to 2199.
    """
    if isinstance(value, str):
        return _from_text(value.strip(), zone)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_unix_seconds(value)
    raise _not_a_datetime(value)


def parse_date(value: object) -> date:
    """The day of a text such as ``2018-10-29``.

    Raises ValueError, a sentence, for all else and for years outside 1900 to 2199.
    """
    text = value.strip() if isinstance(value, str) else ""
    if not _looks_like_date(text):
        raise ValueError(f"{shown(value)} is not an ISO 8601 date such as 2018-10-29.")
    return _moment(text).date()


def is_iso_date(text: str) -> bool:
    """Whether the text, as it stands, is a day that ``parse_date`` takes. Quick to say no."""
    return len(text) == 10 and text[4] == "-" and _looks_like_date(text) is not None and _exists(text)


def is_iso_datetime(text: str) -> bool:
    """Whether the text, as it stands, is a day with a time that ``parse_datetime`` takes. Quick to say no."""
    if not _SHORTEST_DATETIME <= len(text) <= _LONGEST_DATETIME or text[4] != "-":
        return False
    return _looks_like_datetime(text) is not None and _exists(text)


def _from_text(text: str, zone: ZoneInfo) -> datetime:
    if not (_looks_like_datetime(text) or _looks_like_date(text)):
        raise _not_a_datetime(text)
    moment = _moment(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _from_unix_seconds(seconds: float) -> datetime:
    if _FIRST_SECOND <= seconds < _END_SECOND:
        return datetime.fromtimestamp(seconds, UTC)
    if seconds != seconds:
        raise _not_a_datetime(seconds)
    raise ValueError(f"{shown(seconds)}, read as UNIX time in seconds, is outside {FIRST_YEAR} to {LAST_YEAR}.")


def _moment(text: str) -> datetime:
    """The moment of a text that has the look of one, aware where the text has an offset."""
    if not str(FIRST_YEAR) <= text[:4] <= str(LAST_YEAR):
        raise ValueError(f"{shown(text)} is outside {FIRST_YEAR} to {LAST_YEAR}.")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is not a day of the calendar.") from None


def _exists(text: str) -> bool:
    try:
        _moment(text)
    except ValueError:
        return False
    return True


def _utc(at: datetime) -> datetime:
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError(f"The moment {at} has no time zone.")
    return at.astimezone(UTC)


def _not_a_datetime(value: object) -> ValueError:
    return ValueError(f"{shown(value)} is not an ISO 8601 date-time such as 2018-10-29T20:00:32Z.")


def in_seconds(unix: float) -> float:
    """A UNIX time in seconds that came in seconds or milliseconds."""
    return unix / 1000 if abs(unix) >= _LEAST_MILLISECONDS else unix
