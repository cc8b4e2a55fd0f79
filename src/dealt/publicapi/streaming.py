"""Newline-delimited JSON in, one result line for each input line out, as it goes: what every bulk route shares."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
import structlog

from dealt.kernel.bodies import parse_json
from dealt.kernel.db import Held, in_hold
from dealt.kernel.errors import DealtError, InvalidInput, TooLarge
from dealt.kernel.failures import describe
from dealt.kernel.http import LARGEST_BODY, Request, Response
from dealt.kernel.journal import newest, written_since
from dealt.publicapi.call import Call
from dealt.publicapi.wholly import tell_changes

W = TypeVar("W")
R = TypeVar("R")
SETS_UNDER_WAY = 3
LINES_A_SET = 500
ENTRIES_A_LINE = 10
BYTES_A_SET = 4_000_000
NDJSON = b"application/x-ndjson"
_log = structlog.get_logger("dealt.publicapi")
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Bulk(Generic[W, R]):
    """One kind of bulk: from an input line's object to a work, from works to their outcomes, and what is told of both.

    ``parse`` raises DealtError; ``keys`` are what no two sets under way may share; ``named`` stands in the result
    line of a work that was refused, ``told`` in that of one that was done. ``write`` uses nothing but the services of
    the call that it is given: in a dry run they are others. Of ``object_type`` are the objects that ``told`` gives the
    id of.
    """

    parse: Callable[[dict[str, Any]], W]
    keys: Callable[[W], frozenset[Hashable]]
    write: Callable[[Call, Sequence[W]], Awaitable[Sequence[R | Exception]]]
    told: Callable[[R], Mapping[str, Any]]
    named: Callable[[W], Mapping[str, Any]]
    object_type: str


@dataclass(slots=True)
class _Item(Generic[W]):
    """One input line: its number, and its work or why there is none."""

    number: int
    work: W | None
    error: Exception | None = None


def respond(call: Call, bulk: Bulk[W, R]) -> Response:
    """The answer that reads the request's lines and tells their results while it goes on."""
    return Response(200, _results(call, bulk), NDJSON)


def is_silent(call: Call) -> bool:
    """Whether the query asks for a silent change, which automations ignore."""
    return call.request.query.get("silent", "").lower() in ("1", "true", "yes")


async def _results(call: Call, bulk: Bulk[W, R]) -> AsyncIterator[bytes]:
    """Some sets are written while the next is read and checked; answers keep the order of the input."""
    under_way: deque[tuple[asyncio.Task[bytes], frozenset[Hashable]]] = deque()
    try:
        async for items in _sets(call.request, bulk):
            keys = frozenset(key for item in items if item.work is not None for key in bulk.keys(item.work))
            # What an earlier set writes waits for that set: later lines win over earlier ones.
            while under_way and (len(under_way) >= SETS_UNDER_WAY or any(keys & held for _, held in under_way)):
                yield await under_way.popleft()[0]
            under_way.append((asyncio.create_task(_write(call, bulk, items)), keys))
        while under_way:
            yield await under_way.popleft()[0]
    except ConnectionError:
        # The client went away: what is being written is finished, nobody is there to be told.
        await asyncio.gather(*(task for task, _ in under_way))


async def _write(call: Call, bulk: Bulk[W, R], items: Sequence[_Item[W]]) -> bytes:
    works = [item.work for item in items if item.work is not None]
    written: Sequence[R | Exception]
    changes: Mapping[int, Sequence[Any]] | None = None
    if call.dry:
        rehearsed = await _rehearse(call, bulk, works)
        written, changes = rehearsed
    else:
        written = await bulk.write(call, works)
    outcomes = iter(written)
    told = [_tell(bulk, item, item.error if item.work is None else next(outcomes), changes) for item in items]
    return b"".join(told)


async def _rehearse(
    call: Call, bulk: Bulk[W, R], works: Sequence[W]
) -> tuple[Sequence[R | Exception], Mapping[int, Sequence[Any]]]:
    """The outcomes of works that are undone again, and what would change of each object, by its id."""

    async def attempt(held: Held) -> tuple[Sequence[R | Exception], Mapping[int, Sequence[Any]]]:
        place = await newest(held.connection)
        written = await bulk.write(call.within(held), works)
        changes: dict[int, list[Any]] = {}
        for row in await written_since(held.connection, place, ENTRIES_A_LINE * LINES_A_SET):
            if row["object_type"] == bulk.object_type:
                changes.setdefault(row["object_id"], []).extend(tell_changes([row]))
        return written, changes

    return await in_hold(call.services.pool, attempt, undo=True)


def _tell(
    bulk: Bulk[W, R],
    item: _Item[W],
    outcome: R | Exception | None,
    changes: Mapping[int, Sequence[Any]] | None,
) -> bytes:
    result: dict[str, Any] = {"line": item.number} if changes is None else {"line": item.number, "dry_run": True}
    if isinstance(outcome, Exception):
        failure = describe(outcome)
        if failure.unexpected:
            _log.exception("unexpected error", line=item.number, exc_info=outcome)
        result |= {"status": failure.status, **failure.body}
        if item.work is not None:
            result |= bulk.named(item.work)
    elif outcome is not None:
        result |= bulk.told(outcome)
        if changes is not None:
            result["changes"] = changes.get(result["id"], ())
    return _encode(result) + b"\n"


async def _sets(request: Request, bulk: Bulk[W, R]) -> AsyncIterator[list[_Item[W]]]:
    items: list[_Item[W]] = []
    size = 0
    async for number, line in _lines(request):
        items.append(_item(bulk, number, line))
        size += len(line) if isinstance(line, bytes) else 0
        if len(items) >= LINES_A_SET or size >= BYTES_A_SET:
            yield items
            items, size = [], 0
    if items:
        yield items


def _item(bulk: Bulk[W, R], number: int, line: bytes | TooLarge) -> _Item[W]:
    if isinstance(line, TooLarge):
        return _Item(number, None, line)
    try:
        body = parse_json(line)
        if not isinstance(body, dict):
            return _Item(number, None, InvalidInput.of("body", "Each line is one JSON object."))
        return _Item(number, bulk.parse(body))
    except DealtError as error:
        return _Item(number, None, error)


async def _lines(request: Request) -> AsyncIterator[tuple[int, bytes | TooLarge]]:
    """The input's lines with their numbers from 1; blank ones are skipped, one that is too long is told so."""
    too_long = TooLarge(f"A line has at most {LARGEST_BODY} bytes.")
    number, rest, skipping = 0, b"", False
    async for chunk in request.stream():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            number += 1
            if skipping or len(line) > LARGEST_BODY:
                yield number, too_long
                skipping = False
            elif line.strip():
                yield number, line
        if len(rest) > LARGEST_BODY:
            rest, skipping = b"", True
    if skipping:
        yield number + 1, too_long
    elif rest.strip():
        yield number + 1, rest
