"""What changes elsewhere, as server-sent events: ``/live/?of=deal,task`` for who may read those."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

import msgspec

from dealt.kernel.http import Response
from dealt.kernel.livefeed import LiveBatch, LiveEntry
from dealt.web.routing import SIGNED_IN, PageRoute, page
from dealt.web.streaming import stream
from dealt.web.visit import Visit

AREA_OF = {
    "deal": "deals",
    "contact": "contacts",
    "event": "contacts",
    "company": "companies",
    "product": "products",
    "task": "tasks",
    "segment": "segments",
    "aggregator": "aggregators",
    "import": "transfer",
}
"""The area whose readers hear of entries of a kind such as ``deal.updated``; of all others, who reads settings."""

REST_S = 0.1
"""Between two events: what comes meanwhile is one."""


async def live(visit: Visit) -> Response:
    """A stream of batches: ``data`` is ``[[kind, contact, object, journal id], ...]``; a ``gap`` says to look anew."""
    asked = {name for name in visit.query.get("of", "").split(",") if name}

    def heard(entry: LiveEntry) -> bool:
        what = entry.kind.partition(".")[0]
        return (not asked or what in asked) and visit.may(AREA_OF.get(what, "settings"))

    return stream(visit, _events(visit, heard))


async def _events(visit: Visit, heard: Callable[[LiveEntry], bool]) -> AsyncGenerator[bytes, None]:
    batches = visit.house.live.listen(visit.workspace_id)
    try:
        async for batch in batches:
            if told := _event(batch, heard):
                yield told
                await asyncio.sleep(REST_S)
    finally:
        await batches.aclose()


def _event(batch: LiveBatch, heard: Callable[[LiveEntry], bool]) -> bytes:
    if batch.gap:
        return b"event: gap\ndata:\n\n"
    entries = [entry for entry in batch.entries if heard(entry)]
    return b"data: %b\n\n" % msgspec.json.encode(entries) if entries else b""


ROUTES: list[PageRoute] = [page("/live/", live, SIGNED_IN)]
