"""POST /deals/bulk/: newline-delimited JSON in, one result line for each input line out, as it goes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog

from dealt.accounts import Actor, Snapshot
from dealt.deals import DealWork, DealWritten, parse_deal, upsert
from dealt.kernel.bodies import parse_json
from dealt.kernel.errors import DealtError, InvalidInput, TooLarge
from dealt.kernel.http import LARGEST_BODY, Request, Response, Route
from dealt.publicapi.call import Call
from dealt.publicapi.failures import describe

SETS_UNDER_WAY = 3
LINES_A_SET = 500
BYTES_A_SET = 4_000_000
NDJSON = b"application/x-ndjson"
_log = structlog.get_logger("dealt.publicapi")
_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class _Item:
    """One input line: its number, and its work or why there is none."""

    number: int
    work: DealWork | Exception


async def write_deals(call: Call) -> Response:
    """Upsert (or, without a custom_id, create) a deal for each line; a bad line is reported and stops no other.

    ``?silent=true`` marks the changes as silent: automations ignore them.
    """
    silent = call.request.query.get("silent", "").lower() in ("1", "true", "yes")
    snapshot = await call.snapshot()
    actor = call.actor.in_bulk(silent=silent)
    return Response(200, _results(call, actor, snapshot), NDJSON)


async def _results(call: Call, actor: Actor, snapshot: Snapshot) -> AsyncIterator[bytes]:
    """Some sets are written while the next is read and checked; answers keep the order of the input."""
    under_way: deque[tuple[asyncio.Task[bytes], frozenset[Hashable]]] = deque()
    try:
        async for items in _sets(call.request, actor, snapshot, user_id_is_custom=call.version == 1):
            keys = _keys(items)
            # A deal that an earlier set writes waits for that set: later lines win over earlier ones.
            while under_way and (len(under_way) >= SETS_UNDER_WAY or any(keys & held for _, held in under_way)):
                yield await under_way.popleft()[0]
            under_way.append((asyncio.create_task(_write(call, items)), keys))
        while under_way:
            yield await under_way.popleft()[0]
    except ConnectionError:
        # The client went away: what is being written is finished, nobody is there to be told.
        await asyncio.gather(*(task for task, _ in under_way))


def _keys(items: Sequence[_Item]) -> frozenset[Hashable]:
    return frozenset(key for item in items if isinstance(item.work, DealWork) for key in item.work.keys)


async def _write(call: Call, items: Sequence[_Item]) -> bytes:
    works = [item.work for item in items if isinstance(item.work, DealWork)]
    outcomes = iter(await call.services.deals.write_many(call.workspace_id, works))
    told = [_tell(item, next(outcomes) if isinstance(item.work, DealWork) else item.work) for item in items]
    return b"".join(told)


def _tell(item: _Item, outcome: DealWritten | Exception) -> bytes:
    result: dict[str, Any] = {"line": item.number}
    if isinstance(outcome, DealWritten):
        custom_id = outcome.image.deal.custom_id if outcome.image else None
        result |= {"status": 201 if outcome.created else 200, "id": outcome.deal_id, "custom_id": custom_id}
        result["created"] = outcome.created
        if outcome.ignored:
            result["ignored"] = outcome.ignored
    else:
        failure = describe(outcome)
        if failure.unexpected:
            _log.exception("unexpected error", line=item.number, exc_info=outcome)
        result |= {"status": failure.status, **failure.body}
        if isinstance(item.work, DealWork):
            result["custom_id"] = item.work.custom_id
    return _encode(result) + b"\n"


async def _sets(
    request: Request, actor: Actor, snapshot: Snapshot, *, user_id_is_custom: bool
) -> AsyncIterator[list[_Item]]:
    items: list[_Item] = []
    size = 0
    async for number, line in _lines(request):
        items.append(_Item(number, _work(line, actor, snapshot, user_id_is_custom=user_id_is_custom)))
        size += len(line) if isinstance(line, bytes) else 0
        if len(items) >= LINES_A_SET or size >= BYTES_A_SET:
            yield items
            items, size = [], 0
    if items:
        yield items


def _work(line: bytes | TooLarge, actor: Actor, snapshot: Snapshot, *, user_id_is_custom: bool) -> DealWork | Exception:
    if isinstance(line, TooLarge):
        return line
    try:
        body = parse_json(line)
        if not isinstance(body, dict):
            return InvalidInput.of("body", "Each line is one JSON object.")
        patch = parse_deal(body, snapshot.time_zone, user_id_is_custom=user_id_is_custom)
        if patch.fields.get("custom_id") is None:
            return DealWork(how="create", actor=actor, patch=patch)
        return upsert(patch, actor)
    except DealtError as error:
        return error


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


ROUTES: list[Route[Call]] = [Route(("POST",), "/deals/bulk/", write_deals, "write", streams=True)]
