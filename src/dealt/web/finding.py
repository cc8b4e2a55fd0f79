"""What the palette finds besides places: each domain brings a finder of its records."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dealt.kernel.http import Response
from dealt.web.routing import SIGNED_IN, PageRoute, page

if TYPE_CHECKING:
    from dealt.web.visit import Visit

SHORTEST, LONGEST = 2, 100


@dataclass(frozen=True, slots=True)
class Found:
    """A record: what it is called, what kind of thing it is, and where its page is."""

    name: str
    what: str
    path: str


@dataclass(frozen=True, slots=True)
class Finder:
    """``find`` gives the few best records for a text; it is asked on behalf of members who may read ``area``."""

    area: str
    find: Callable[[Visit, str], Awaitable[list[Found]]]


async def palette(visit: Visit) -> Response:
    """The records that fit what is typed."""
    text = visit.query.get("q", "").strip()[:LONGEST]
    found: list[Found] = []
    if len(text) >= SHORTEST:
        for finder in visit.house.finders:
            if visit.may(finder.area):
                found += await finder.find(visit, text)
    return visit.json({"results": found})


ROUTES: list[PageRoute] = [page("/palette/", palette, SIGNED_IN)]
