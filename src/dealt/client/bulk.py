"""Many objects up, a result for each down, in bounded memory.

HTTP clients send a whole request before they read its answer, while the server answers a long bulk as it goes: one
endless request would stop when nobody takes the answers. So the objects go up in sets as large as those that the
server writes at once, each a request of its own on the same connection. A set whose lines all have an id of their
own, each a different one, may be sent again when its answer is lost: the second time it changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

import httpx

from .asked import Asked, Body, dumps
from .errors import BulkStopped, ServerError, Unreachable, UnreadableAnswer
from .senders import AsyncSender, SyncSender
from .shapes import BulkResult

LINES_A_SET = 500
BYTES_A_SET = 2_000_000
_NDJSON = "application/x-ndjson"
# After these nobody knows which lines were written.
_UNKNOWN = (Unreachable, ServerError, UnreadableAnswer)


@dataclass(frozen=True, slots=True)
class Stream:
    """A bulk route, and the keys under which a line may have an id of its own."""

    path: str
    own_ids: tuple[str, ...] = ("custom_id",)


@dataclass(slots=True)
class _Set:
    stream: Stream
    silent: bool
    dry_run: bool
    first: int = 1
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    ids: set[str] = field(default_factory=set)

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1

    def take(self, one: Body) -> bool:
        """Add an object. Whether the set is full now."""
        line = dumps(one)
        self.lines.append(line)
        self.size += len(line)
        own = next((str(one[name]) for name in self.stream.own_ids if one.get(name) not in (None, "")), None)
        if own is not None:
            self.ids.add(own)
        return len(self.lines) >= LINES_A_SET or self.size >= BYTES_A_SET

    def following(self) -> _Set:
        return _Set(self.stream, self.silent, self.dry_run, self.last + 1)

    def asked(self) -> Asked[list[BulkResult]]:
        """The request. Its results are numbered through all sets."""
        query = {name: True for name, wanted in (("silent", self.silent), ("dry_run", self.dry_run)) if wanted}
        body = b"".join(line + b"\n" for line in self.lines)
        repeats = self.dry_run or len(self.ids) == len(self.lines)
        return Asked("POST", self.stream.path, query, body, None, self._read, _NDJSON, takes_key=False, repeats=repeats)

    def stopped(self, error: Unreachable | ServerError | UnreadableAnswer) -> BulkStopped:
        return BulkStopped(self.first, self.last, error)

    def _read(self, response: httpx.Response) -> list[BulkResult]:
        try:
            results = [cast("BulkResult", json.loads(line)) for line in response.content.splitlines() if line]
            for result in results:
                result["line"] += self.first - 1
        except (ValueError, TypeError, KeyError) as error:
            raise UnreadableAnswer("The answer has lines that are not results.", response) from error
        if len(results) != len(self.lines):
            raise UnreadableAnswer(f"{len(self.lines)} lines were sent, {len(results)} answered.", response)
        return results


@dataclass(frozen=True, slots=True)
class SyncBulk:
    """``bulk(objects)``: the objects are taken, sent and answered as the results are iterated."""

    sender: SyncSender
    stream: Stream

    def __call__(self, objects: Iterable[Body], *, silent: bool = False, dry_run: bool = False) -> Iterator[BulkResult]:
        """A result for each object, in order; a refused one stops no other. Raises DealtError, BulkStopped."""
        filling = _Set(self.stream, silent, dry_run)
        for one in objects:
            if filling.take(one):
                yield from self._send(filling)
                filling = filling.following()
        if filling.lines:
            yield from self._send(filling)

    def _send(self, filled: _Set) -> list[BulkResult]:
        try:
            return self.sender.send(filled.asked())
        except _UNKNOWN as error:
            raise filled.stopped(error) from error


@dataclass(frozen=True, slots=True)
class AsyncBulk:
    """``bulk(objects)``, to be iterated with ``async for``; the objects may come from an asynchronous iterator."""

    sender: AsyncSender
    stream: Stream

    async def __call__(
        self, objects: Iterable[Body] | AsyncIterable[Body], *, silent: bool = False, dry_run: bool = False
    ) -> AsyncIterator[BulkResult]:
        """A result for each object, in order; a refused one stops no other. Raises DealtError, BulkStopped."""
        filling = _Set(self.stream, silent, dry_run)
        async for one in _each(objects):
            if filling.take(one):
                for result in await self._send(filling):
                    yield result
                filling = filling.following()
        if filling.lines:
            for result in await self._send(filling):
                yield result

    async def _send(self, filled: _Set) -> list[BulkResult]:
        try:
            return await self.sender.send(filled.asked())
        except _UNKNOWN as error:
            raise filled.stopped(error) from error


async def _each(objects: Iterable[Body] | AsyncIterable[Body]) -> AsyncIterator[Body]:
    if isinstance(objects, AsyncIterable):
        async for one in objects:
            yield one
    else:
        for one in objects:
            yield one
