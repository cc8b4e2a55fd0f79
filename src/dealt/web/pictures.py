"""Pictures of other servers, fetched by this one: a page loads nothing from elsewhere, and tells nobody who looks.

They are kept in memory for a while. What cannot be had is answered by a plain placeholder, so that no page shows a
broken picture.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from dealt.kernel.clock import Clock
from dealt.kernel.http import Response
from dealt.kernel.outbound import Network, OutboundClient, OutboundError
from dealt.web.routing import SIGNED_IN, PageRoute, page
from dealt.web.showing import LONGEST_ADDRESS
from dealt.web.visit import Visit

KINDS = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml"})
LARGEST = 4_000_000
"""Bytes of one picture."""
MOST_KEPT = 64_000_000
"""Bytes of all pictures that a process keeps."""
AT_ONCE = 8
TRIED_AGAIN_S = 300
"""How long nobody asks again for a picture that could not be had."""
_PLACEHOLDER = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="#8a919c"'
    b' fill-opacity=".22"/><path d="M12 27l6-8 4 5 3-3 4 6z" fill="#8a919c"/><circle cx="26" cy="15" r="2.5"'
    b' fill="#8a919c"/></svg>'
)


@dataclass(frozen=True, slots=True)
class _Kept:
    kind: str
    body: bytes
    until: float | None


class Pictures:
    """Fetches and keeps pictures for one process; ``allow`` are networks that may be reached though not public."""

    def __init__(self, clock: Clock, allow: tuple[Network, ...] = ()) -> None:
        self._clock = clock
        self._allow = allow
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._size = 0
        self._under_way: dict[str, asyncio.Task[_Kept]] = {}
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def get(self, url: str) -> tuple[str, bytes] | None:
        """Media type and bytes of the picture at ``url``; None where there is none that can be shown."""
        kept = self._kept.get(url)
        if kept is None or (kept.until is not None and kept.until <= self._clock.now().timestamp()):
            kept = await self._fetch_once(url)
        else:
            self._kept.move_to_end(url)
        return (kept.kind, kept.body) if kept.body else None

    async def _fetch_once(self, url: str) -> _Kept:
        """Whoever asks while it is being fetched waits for the same answer."""
        task = self._under_way.get(url)
        if task is None:
            task = self._under_way[url] = asyncio.create_task(self._fetch(url))
            task.add_done_callback(lambda _: self._under_way.pop(url, None))
        return await asyncio.shield(task)

    async def _fetch(self, url: str) -> _Kept:
        missing = _Kept("", b"", self._clock.now().timestamp() + TRIED_AGAIN_S)
        try:
            async with self._at_once, OutboundClient(allow=self._allow, max_response_bytes=LARGEST) as client:
                answer = await client.request("GET", url, headers={"Accept": ", ".join(sorted(KINDS))})
        except OutboundError:
            return self._keep(url, missing)
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if answer.status != 200 or kind not in KINDS or answer.headers.get("content-encoding"):
            return self._keep(url, missing)
        return self._keep(url, _Kept(kind, answer.body, None))

    def _keep(self, url: str, picture: _Kept) -> _Kept:
        former = self._kept.pop(url, None)
        self._size += len(picture.body) + len(url) - (len(former.body) + len(url) if former else 0)
        self._kept[url] = picture
        while self._size > MOST_KEPT:
            oldest, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped.body) + len(oldest)
        return picture


async def show(visit: Visit) -> Response:
    """The picture that ``url`` names, or the placeholder."""
    url = visit.query.get("url", "")
    found = None
    if url.startswith(("http://", "https://")) and len(url) <= LONGEST_ADDRESS:
        found = await visit.of(Pictures).get(url)
    if found is None:
        return Response(200, _PLACEHOLDER, b"image/svg+xml", {"Cache-Control": f"private, max-age={TRIED_AGAIN_S}"})
    kind, body = found
    return Response(200, body, kind.encode(), {"Cache-Control": "private, max-age=86400"})


ROUTES: list[PageRoute] = [page("/pictures/", show, SIGNED_IN)]
