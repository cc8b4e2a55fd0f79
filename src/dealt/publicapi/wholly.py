"""A write as one whole: repeated with its key it is answered as before, and rehearsed it leaves nothing behind."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from dealt.kernel.db import Held, Record, in_hold
from dealt.kernel.errors import DealtError, InvalidInput
from dealt.kernel.http import Request, Response
from dealt.kernel.idempotency import LONGEST_KEY, FirstAnswer, IdempotencyKey, claim_keys, keep_answers
from dealt.kernel.journal import Cause, newest, written_since
from dealt.publicapi.call import Call, answer

Handler: TypeAlias = Callable[[Call], Awaitable[Response]]
MOST_TOLD = 1_000
"""How many changes a rehearsal tells of."""
REPLAYED = {"Idempotency-Replayed": "true"}
_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}


def key_of(request: Request) -> IdempotencyKey | None:
    """The request's Idempotency-Key with the fingerprint of the whole request. Raises InvalidInput."""
    key = request.header("idempotency-key")
    if not key:
        return None
    if len(key) > LONGEST_KEY:
        raise InvalidInput.of("Idempotency-Key", f"At most {LONGEST_KEY} characters are allowed.")
    place = (request.method.encode(), request.path.encode("latin-1"), request.query_string)
    content = b"\n".join((*place, request.body))
    return IdempotencyKey(key, hashlib.blake2b(content, digest_size=16).digest())


def is_dry(request: Request) -> bool:
    """Whether ``?dry_run=true`` was sent. Raises InvalidInput for a value that could be meant either way."""
    text = request.query.get("dry_run", "").lower()
    if text not in _TRUTH:
        raise InvalidInput.of("dry_run", f"Use true or false; nothing was done, because {text[:20]!r} is neither.")
    return _TRUTH[text]


async def once(call: Call, handler: Handler, key: IdempotencyKey) -> Response:
    """The answer of ``handler``, kept with the key in the very transaction of the write; or the first answer.

    A refused request keeps nothing: corrected, it may use its key again. Raises Conflict where the key came with
    another request.
    """

    async def attempt(held: Held) -> tuple[Response, Call]:
        within = call.within(held)
        found = (await claim_keys(held.connection, call.workspace_id, [key], call.now))[key.key]
        if isinstance(found, DealtError):
            raise found
        if found is not None:
            return Response(found.status, found.body, headers=dict(REPLAYED)), within
        response = _whole(await handler(within))
        body = response.body if response.repeated is None else response.repeated
        kept = FirstAnswer(response.status, bytes(body))  # type: ignore[arg-type]
        await keep_answers(held.connection, call.workspace_id, {key.key: kept})
        return response, within

    try:
        response, within = await in_hold(call.services.pool, attempt)
    except _RefusedError as refused:
        return refused.response
    call.services.definitions.follow(within.services.definitions)
    return response


async def rehearse(call: Call, handler: Handler) -> Response:
    """What ``handler`` would answer and change; all of it is undone. A request that it refuses is answered so."""

    async def attempt(held: Held) -> Response:
        place = await newest(held.connection)
        response = _whole(await handler(call.within(held)))
        rows = await written_since(held.connection, place, MOST_TOLD + 1)
        return answer(_told(response, rows))

    try:
        return await in_hold(call.services.pool, attempt, undo=True)
    except _RefusedError as refused:
        return refused.response


def tell_changes(rows: Sequence[Record]) -> list[dict[str, Any]]:
    """Journal entries that would be written, as an answer tells them."""
    return [
        {
            "kind": row["kind"],
            "object_type": row["object_type"],
            "object_id": row["object_id"],
            "cause": Cause(row["cause"]).name.lower(),
            "changes": msgspec.Raw(row["changes"].encode()),
        }
        for row in rows
    ]


class _RefusedError(Exception):
    """Carries an answer that refuses out of a transaction that must not be committed."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def _whole(response: Response) -> Response:
    if response.status >= 400:
        raise _RefusedError(response)
    if not isinstance(response.body, bytes):
        raise InvalidInput.of("dry_run", "An answer that is a stream cannot be kept or rehearsed.")
    return response


def _told(response: Response, rows: Sequence[Record]) -> Mapping[str, Any]:
    told: dict[str, Any] = {
        "dry_run": True,
        "status": response.status,
        "answer": msgspec.Raw(response.body) if response.body else None,  # type: ignore[arg-type]
        "changes": tell_changes(rows[:MOST_TOLD]),
    }
    if len(rows) > MOST_TOLD:
        told["more_changes"] = True
    return told
