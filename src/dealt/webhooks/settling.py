"""What attempts led to, written as a set: the log, the lanes, and how the webhook fares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dealt.kernel.db import Connection, Pool, transaction
from dealt.kernel.journal import encode
from dealt.webhooks import queries
from dealt.webhooks.keeping import disable_gone, record_pause
from dealt.webhooks.model import DELIVERED, FAILED, WAITING, Attempt, Lane, Webhook
from dealt.webhooks.retrying import PAUSE_AFTER, PAUSE_AFTER_FAILURES, pause_s

ANSWERS_KEPT = 5
_LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class _Verdict:
    """``status`` is the delivery's from now on; ``due_at`` says when a waiting one is tried again."""

    attempt: Attempt
    status: str
    due_at: datetime

    @property
    def lane(self) -> Lane:
        return self.attempt.delivery.lane


async def settle(pool: Pool, attempts: Sequence[Attempt], now: datetime) -> None:
    """Write what became of ``attempts``; those of a lane that was claimed anew in the meantime count for nothing."""
    if not attempts:
        return
    async with transaction(pool, queries.OPENING) as connection:
        webhooks = await _lock_webhooks(connection, {attempt.delivery.lane.key[:2] for attempt in attempts})
        ours = await _lock_lanes(connection, [attempt.delivery.lane for attempt in attempts])
        verdicts = [_judge(attempt, now) for attempt in attempts if attempt.delivery.lane.key in ours]
        await connection.execute(queries.LOG, encode([_logged(verdict, now) for verdict in verdicts]))
        await _move_on(connection, verdicts, now)
        for key, own in _by_webhook(verdicts).items():
            if key in webhooks:
                await _note(connection, webhooks[key], own, now)
    for workspace_id, webhook_id in {a.delivery.lane.key[:2] for a in attempts if a.gone}:
        async with transaction(pool) as connection:
            await disable_gone(connection, workspace_id, webhook_id, now=now)


async def drop_empty(pool: Pool, lanes: Sequence[Lane], now: datetime) -> None:
    """End claimed lanes of which nothing is waiting any more, because it was erased."""
    if not lanes:
        return
    async with transaction(pool, queries.OPENING) as connection:
        ours = await _lock_lanes(connection, lanes)
        await connection.execute(queries.SETTLE, *_keys(lane for lane in lanes if lane.key in ours), now)


def _judge(attempt: Attempt, now: datetime) -> _Verdict:
    if not attempt.error:
        return _Verdict(attempt, DELIVERED, now)
    wait_s = pause_s(attempt.delivery.lane.attempts)
    if wait_s is None:
        return _Verdict(attempt, FAILED, now)
    return _Verdict(attempt, WAITING, now + timedelta(seconds=max(wait_s, attempt.rest_s)))


def _logged(verdict: _Verdict, now: datetime) -> dict[str, Any]:
    delivery = verdict.attempt.delivery
    return {
        "contact_id": delivery.contact_id,
        "id": delivery.id,
        "status": verdict.status,
        "headers": verdict.attempt.headers,
        "answers": [*delivery.answers[1 - ANSWERS_KEPT :], verdict.attempt.told],
        "finished_at": None if verdict.status == WAITING else now,
    }


async def _move_on(connection: Connection, verdicts: Sequence[_Verdict], now: datetime) -> None:
    again = [verdict for verdict in verdicts if verdict.status == WAITING]
    if again:
        moments = [verdict.due_at for verdict in again]
        await connection.execute(queries.RETRY, *_keys(verdict.lane for verdict in again), moments)
    # A later statement: its snapshot is newer than the locks, so it sees whatever was queued before them.
    await connection.execute(queries.SETTLE, *_keys(v.lane for v in verdicts if v.status != WAITING), now)


async def _note(connection: Connection, webhook: Webhook, verdicts: Sequence[_Verdict], now: datetime) -> None:
    """How the webhook fares; the order of the attempts of one set does not matter: one that was taken clears it."""
    refused = [verdict.attempt for verdict in verdicts if verdict.attempt.error]
    if not refused and not webhook.failures:
        return
    taken = len(refused) < len(verdicts)
    failures = 0 if taken else webhook.failures + len(refused)
    since = None if taken else webhook.failing_since or min(attempt.at for attempt in refused)
    error, error_at = webhook.last_error, webhook.last_error_at
    if refused:
        error, error_at = refused[-1].error[:_LONGEST_ERROR], refused[-1].at
    rest_s = max((attempt.rest_s for attempt in refused), default=0.0)
    rest_until = now + timedelta(seconds=rest_s) if rest_s else webhook.rest_until
    await connection.execute(queries.NOTE, *webhook.key, failures, since, error, error_at, rest_until)
    if webhook.is_held or since is None or failures < PAUSE_AFTER_FAILURES:
        return
    if now - since >= PAUSE_AFTER:
        await record_pause(connection, webhook, error, now)


async def _lock_webhooks(connection: Connection, keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Webhook]:
    workspace_ids, ids = zip(*sorted(keys), strict=True)
    rows = await connection.fetch(queries.LOCK_SEVERAL, workspace_ids, ids)
    return {webhook.key: webhook for webhook in map(Webhook.of, rows)}


async def _lock_lanes(connection: Connection, lanes: Sequence[Lane]) -> set[tuple[int, int, str, int]]:
    """The keys of those that are still ours."""
    rows = await connection.fetch(queries.LOCK_LANES, *_keys(lanes), [lane.claim for lane in lanes])
    return {tuple(row) for row in rows}


def _keys(lanes: Iterable[Lane]) -> list[list[Any]]:
    keys = [lane.key for lane in lanes]
    return [[key[place] for key in keys] for place in range(4)]


def _by_webhook(verdicts: Sequence[_Verdict]) -> Mapping[tuple[int, int], list[_Verdict]]:
    found = defaultdict(list)
    for verdict in verdicts:
        found[verdict.lane.key[:2]].append(verdict)
    return found
