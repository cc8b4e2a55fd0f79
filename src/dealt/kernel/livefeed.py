"""What changed, as each web process hears it: for live pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from types import TracebackType

import msgspec

from dealt.kernel.db import Pool
from dealt.kernel.doorbell import Channel
from dealt.kernel.listener import Listener

QUEUED_BATCHES = 100


class LiveEntry(msgspec.Struct, array_like=True, frozen=True):
    """One entry of the journal: look the rest up by its id if it is needed."""

    kind: str
    contact_id: int
    object_id: int
    journal_id: int


class LiveBatch(msgspec.Struct, frozen=True, rename={"workspace_id": "w", "entries": "e"}):
    """Entries in the order in which they came; or a ``gap``: some were not heard, so look anew at what is shown."""

    workspace_id: int
    entries: tuple[LiveEntry, ...] = ()
    gap: bool = False


class LiveFeed:
    """Listens once a process and hands batches to everybody who asked for a workspace.

    ``async with LiveFeed(pool) as feed`` keeps one connection of the pool. A listener who is too slow for
    ``queued`` batches loses them and is given a gap instead; so are all when the connection was lost.
    """

    def __init__(self, pool: Pool, *, queued: int = QUEUED_BATCHES) -> None:
        self._queued = queued
        self._queues: dict[int, set[asyncio.Queue[LiveBatch | None]]] = {}
        self._closed = False
        self._decoder = msgspec.json.Decoder(LiveBatch)
        self._listener = Listener(pool, {Channel.LIVE: self._hear}, connected=self._connected)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> LiveFeed:
        self._task = asyncio.create_task(self._listener.run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def close(self) -> None:
        """End what everybody listens to: the process is about to end, and waits for them."""
        self._closed = True
        for queues in self._queues.values():
            for queue in queues:
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(None)

    async def listen(self, workspace_id: int) -> AsyncGenerator[LiveBatch, None]:
        """Batches of one workspace from the first asking on, until the caller stops or the feed is closed.

        What changed between the reading of a page and the first asking is for the caller to look up.
        """
        queue: asyncio.Queue[LiveBatch | None] = asyncio.Queue(self._queued)
        self._queues.setdefault(workspace_id, set()).add(queue)
        try:
            while not self._closed and (batch := await queue.get()) is not None:
                yield batch
        finally:
            self._queues[workspace_id].discard(queue)
            if not self._queues[workspace_id]:
                del self._queues[workspace_id]

    def _hear(self, payload: str) -> None:
        batch = self._decoder.decode(payload)
        for queue in self._queues.get(batch.workspace_id, ()):
            _put(queue, batch)

    def _connected(self) -> None:
        for workspace_id, queues in self._queues.items():
            for queue in queues:
                _put(queue, LiveBatch(workspace_id, gap=True))


def _put(queue: asyncio.Queue[LiveBatch | None], batch: LiveBatch) -> None:
    if batch.gap or queue.full():
        while not queue.empty():
            queue.get_nowait()
        batch = LiveBatch(batch.workspace_id, gap=True)
    queue.put_nowait(batch)
