"""What changes elsewhere, as server-sent events: ``/live/?of=deal,task`` for who may read those."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import msgspec

from dealt.kernel.http import Response
from dealt.kernel.livefeed import LiveBatch, LiveEntry
from dealt.web.routing import SIGNED_IN, PageRoute, page
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

BEAT_S = 25.0
"""Proxies end what is silent for a minute."""
LASTS_S = 600.0
"""Then the browser asks again, and it is looked at anew whether it is still signed in."""
REST_S = 0.1
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def live(visit: Visit) -> Response:
    """A stream of batches: ``data`` is ``[[kind, contact, object, journal id], ...]``; a ``gap`` says to look anew."""
    asked = {name for name in visit.query.get("of", "").split(",") if name}

    def heard(entry: LiveEntry) -> bool:
        what = entry.kind.partition(".")[0]
        return (not asked or what in asked) and visit.may(AREA_OF.get(what, "settings"))

    return Response(200, _stream(visit, heard), b"text/event-stream; charset=utf-8", _HEADERS)


async def _stream(visit: Visit, heard: Callable[[LiveEntry], bool]) -> AsyncIterator[bytes]:
    batches = visit.house.live.listen(visit.workspace_id)
    ends = time.monotonic() + LASTS_S
    gone = asyncio.ensure_future(visit.request.gone())
    following = asyncio.ensure_future(anext(batches, None))
    try:
        yield b"retry: 1000\nevent: open\ndata:\n\n"
        while time.monotonic() < ends:
            await asyncio.wait({gone, following}, timeout=BEAT_S, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                return
            if not following.done():
                yield b":\n\n"
                continue
            batch = following.result()
            if batch is None:
                return
            following = asyncio.ensure_future(anext(batches, None))
            if told := _event(batch, heard):
                yield told
                await asyncio.sleep(REST_S)
    finally:
        gone.cancel()
        following.cancel()
        await asyncio.gather(gone, following, return_exceptions=True)
        await batches.aclose()


def _event(batch: LiveBatch, heard: Callable[[LiveEntry], bool]) -> bytes:
    if batch.gap:
        return b"event: gap\ndata:\n\n"
    entries = [entry for entry in batch.entries if heard(entry)]
    return b"data: %b\n\n" % msgspec.json.encode(entries) if entries else b""


ROUTES: list[PageRoute] = [page("/live/", live, SIGNED_IN)]
