"""Boards that are open: each change is read and rendered once for all who look at the same board, five times a second
at most."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import msgspec
import structlog

from dealt.board.model import MOST_CHANGED, Asked, Card, Head
from dealt.board.reading import Reader
from dealt.kernel.livefeed import LiveBatch
from dealt.web import House

REST_S = 0.2
GAP = b"event: gap\ndata:\n\n"
_QUEUED = 20
_OF_BOARDS = ("stage.", "pipeline.", "workspace.")
_log = structlog.get_logger("dealt.board")


@dataclass(frozen=True, slots=True)
class View:
    """What tells one board from another: members with the same one are sent the same bytes."""

    pipeline_id: int
    own: int | None
    names: bool


class Boards:
    """The open boards of one process, by workspace."""

    def __init__(self) -> None:
        self._rooms: dict[int, _Room] = {}

    async def listen(self, house: House, workspace_id: int, view: View) -> AsyncGenerator[bytes, None]:
        """What changes on a board, as server-sent events; ends with the process."""
        room = self._rooms.get(workspace_id)
        if room is None or room.task.done():
            room = self._rooms[workspace_id] = _Room(house, workspace_id)
        queue: asyncio.Queue[bytes] = asyncio.Queue(_QUEUED)
        room.views.setdefault(view, set()).add(queue)
        try:
            while not room.task.done():
                following = asyncio.ensure_future(queue.get())
                try:
                    await asyncio.wait({following, room.task}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    if not following.done():
                        following.cancel()
                if following.done() and not following.cancelled():
                    yield following.result()
        finally:
            room.leave(view, queue)
            if not room.views and self._rooms.get(workspace_id) is room:
                del self._rooms[workspace_id]
                room.task.cancel()


class _Room:
    """One workspace's: gathers which deals changed, then tells every view what became of them."""

    def __init__(self, house: House, workspace_id: int) -> None:
        self.views: dict[View, set[asyncio.Queue[bytes]]] = {}
        self._house = house
        self._workspace_id = workspace_id
        self._changed: set[int] = set()
        self._gap = False
        self._bell = asyncio.Event()
        self.task = asyncio.ensure_future(self._run())

    def leave(self, view: View, queue: asyncio.Queue[bytes]) -> None:
        queues = self.views.get(view)
        if queues is not None:
            queues.discard(queue)
            if not queues:
                del self.views[view]

    async def _run(self) -> None:
        telling = asyncio.ensure_future(self._tell_on())
        batches = self._house.live.listen(self._workspace_id)
        try:
            async for batch in batches:
                self._note(batch)
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling
            await batches.aclose()

    def _note(self, batch: LiveBatch) -> None:
        self._gap = self._gap or batch.gap or any(entry.kind.startswith(_OF_BOARDS) for entry in batch.entries)
        self._changed.update(entry.object_id for entry in batch.entries if entry.kind.startswith("deal."))
        if self._gap or self._changed:
            self._bell.set()

    async def _tell_on(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            changed, gap = self._changed, self._gap
            self._changed, self._gap = set(), False
            try:
                await self._tell(changed, gap=gap)
            except Exception:
                _log.exception("a change was not told to boards")
                self._send_all(GAP)
            await asyncio.sleep(REST_S)

    async def _tell(self, changed: set[int], *, gap: bool) -> None:
        if gap or len(changed) > MOST_CHANGED:
            self._send_all(GAP)
            return
        now = self._house.clock.now()
        for view in list(self.views):
            async with self._house.pool.acquire() as connection:
                snapshot = await self._house.definitions.for_reading(connection, self._workspace_id)
                reader = Reader(snapshot, Asked(view.pipeline_id, own=view.own), now, names=view.names)
                cards = await reader.cards(connection, sorted(changed))
                heads = await reader.heads(connection)
            told = update(self._house, cards, heads, sorted(changed))
            self._send(view, b"data: %b\n\n" % msgspec.json.encode(told))

    def _send_all(self, event: bytes) -> None:
        for view in list(self.views):
            self._send(view, event)

    def _send(self, view: View, event: bytes) -> None:
        for queue in self.views.get(view, ()):
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                event = GAP
            queue.put_nowait(event)


def update(
    house: House,
    cards: list[Card],
    heads: Mapping[int, Head],
    asked: list[int],
    groups: Mapping[int, Mapping[str, int]] | None = None,
) -> dict[str, object]:
    """What a page needs to follow a change: cards as they are now, which of ``asked`` are gone, all heads, and where
    cards are grouped how many deals the groups of each stage have."""
    here = {card.id for card in cards}
    render = house.templates.render
    return {
        "cards": [
            {
                "id": card.id,
                "stage": card.stage_id,
                "html": render("board/_cards.html", cards=[card], groups=(groups or {}).get(card.stage_id, {})),
            }
            for card in cards
        ],
        "groups": groups,
        "gone": [one for one in asked if one not in here],
        "heads": {stage_id: render("board/_head.html", head=head) for stage_id, head in heads.items()},
    }
