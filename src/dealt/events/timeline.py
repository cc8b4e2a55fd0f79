"""Everything that happened to one contact: events, product events, page views, orders and changes, by time."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from dealt.events import queries
from dealt.kernel.clock import LAST_YEAR
from dealt.kernel.cursors import not_a_cursor
from dealt.kernel.db import Connection
from dealt.kernel.paging import EXACT_COUNT, LARGEST_PAGE

SOURCES = ("event", "product_event", "page_view", "order", "change")
"""In this order stand things of the same moment; a cursor knows them by their place here."""
_LARGEST_ID = 2**63 - 1
_BEFORE_ALL, _AFTER_ALL = datetime(1, 1, 1, tzinfo=UTC), datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)


class Happening(msgspec.Struct, frozen=True):
    """A line of a timeline: ``name`` is what happened, ``title`` what it is about, ``content`` what is known of it."""

    source: str
    id: int
    at: datetime
    name: str
    title: str | None
    url: str | None
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A part of a timeline; ``following`` is the cursor of what is older, None at the end."""

    happenings: list[Happening]
    count: int
    count_is_exact: bool
    following: str | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a timeline that is asked for: from ``since`` on, before ``until``, of some sources, in an order.

    ``changes`` leaves of those changes that are entries into segments, and exits, only these, or all others.
    """

    since: datetime = _BEFORE_ALL
    until: datetime = _AFTER_ALL
    sources: Collection[str] = SOURCES
    newest_first: bool = True
    changes: Literal["", "segments", "others"] = ""

    @property
    def places(self) -> list[int]:
        """The sources by their places."""
        return [place for place, source in enumerate(SOURCES) if source in self.sources]


async def read_timeline(
    connection: Connection,
    workspace_id: int,
    contact_id: int,
    stretch: Stretch,
    *,
    size: int = LARGEST_PAGE,
    cursor: str | None = None,
) -> Timeline:
    """The first ``size`` happenings, or the first behind ``cursor``: one bounded look at each source, then merged.

    Raises InvalidInput for a cursor that is none.
    """
    at, ids = _behind(cursor, stretch)
    query, end = (queries.TIMELINE, stretch.since) if stretch.newest_first else (queries.TIMELINE_FORTH, stretch.until)
    rows = await connection.fetch(query, workspace_id, contact_id, at, *ids, size + 1, end, *_which(stretch))
    happenings = [
        Happening(
            SOURCES[row["source"]], row["id"], row["at"], row["name"], row["title"], row["url"],
            msgspec.json.decode(row["content"]),
        )
        for row in rows[:size]
    ]  # fmt: skip
    following = _encode(happenings[-1]) if len(rows) > size else None
    if cursor is None and following is None:
        return Timeline(happenings, len(happenings), True, None)
    counted = (EXACT_COUNT + 1, stretch.since, stretch.until, *_which(stretch))
    counts = await connection.fetchrow(queries.COUNT_TIMELINE, contact_id, *counted)
    return Timeline(happenings, sum(counts), max(counts) <= EXACT_COUNT, following)


def _which(stretch: Stretch) -> tuple[list[int], str]:
    return stretch.places, stretch.changes


def _behind(cursor: str | None, stretch: Stretch) -> tuple[datetime, list[int]]:
    """The moment from which to look, and for each source the id behind which to look at that very moment."""
    at, source, last = (None, 0, 0) if cursor is None else _decode(cursor)
    places = range(len(SOURCES))
    # Where the end itself is meant, no id is below 1: nothing of ``until`` is told, and all of ``since``.
    if stretch.newest_first:
        if at is None or at >= stretch.until:
            return stretch.until, [0] * len(SOURCES)
        # What stands earlier in SOURCES has been shown at this moment, what stands later has not.
        return at, [0 if place < source else last if place == source else _LARGEST_ID for place in places]
    if at is None or at < stretch.since:
        return stretch.since, [0] * len(SOURCES)
    return at, [_LARGEST_ID if place > source else last if place == source else 0 for place in places]


def _encode(last: Happening) -> str:
    values = [last.at, SOURCES.index(last.source), last.id]
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def _decode(cursor: str) -> tuple[datetime, int, int]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, source, last = msgspec.json.decode(
            base64.urlsafe_b64decode(padded), type=tuple[datetime, int, int], strict=True
        )
    except (ValueError, RecursionError, binascii.Error, msgspec.DecodeError):
        raise not_a_cursor() from None
    if at.tzinfo is None or not 0 <= source < len(SOURCES) or not 0 <= last <= _LARGEST_ID:
        raise not_a_cursor()
    return at, source, last
