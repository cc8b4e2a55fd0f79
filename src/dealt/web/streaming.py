"""Server-sent events: a stream that beats, ends when the browser leaves, and is asked for anew after a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator

from dealt.kernel.http import Response
from dealt.web.visit import Visit

BEAT_S = 25.0
"""Proxies end what is silent for a minute."""
LASTS_S = 600.0
"""Then the browser asks again, and it is looked at anew whether it is still signed in."""
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def stream(visit: Visit, events: AsyncGenerator[bytes, None]) -> Response:
    """``events`` as they come, whole with their empty line; an empty one tells nothing. They are closed at the end."""
    return Response(200, _beating(visit, events), b"text/event-stream; charset=utf-8", dict(_HEADERS))


async def _beating(visit: Visit, events: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    ends = time.monotonic() + LASTS_S
    gone = asyncio.ensure_future(visit.request.gone())
    following = asyncio.ensure_future(anext(events, None))
    try:
        yield b"retry: 1000\nevent: open\ndata:\n\n"
        while time.monotonic() < ends:
            await asyncio.wait({gone, following}, timeout=BEAT_S, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                return
            if not following.done():
                yield b":\n\n"
                continue
            event = following.result()
            if event is None:
                return
            following = asyncio.ensure_future(anext(events, None))
            if event:
                yield event
    finally:
        gone.cancel()
        following.cancel()
        await asyncio.gather(gone, following, return_exceptions=True)
        await events.aclose()
