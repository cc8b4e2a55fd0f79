"""Claiming what is due: so much of each webhook that none of them can delay the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from dealt.kernel.db import Connection
from dealt.webhooks import queries
from dealt.webhooks.model import LEASE, Delivery, Lane, Webhook

AT_ONCE = 20
"""Deliveries of one webhook that one process has under way."""
SUSPECT_FAILURES = 3
"""A webhook that failed so often without a success gets one delivery at a time, and the places of suspects."""
MOST_SOUND, MOST_SUSPECT = 80, 80
"""Deliveries under way in one process; suspects take no place of the others."""
_PUT_OFF_AT_ONCE = 1_000

Key = tuple[int, int]


def is_suspect(webhook: Webhook) -> bool:
    """Whether the receiver may well be dead."""
    return webhook.failures >= SUSPECT_FAILURES


async def due_webhooks(connection: Connection, now: datetime) -> list[Webhook]:
    """The webhooks for which something is due."""
    return [Webhook.of(row) for row in await connection.fetch(queries.DUE_WEBHOOKS, now)]


def rooms(webhooks: Iterable[Webhook], flying: Mapping[Key, int], suspects_flying: int) -> dict[Key, int]:
    """How many deliveries each may be handed now; who has the fewest under way comes first."""
    left = {True: MOST_SUSPECT - suspects_flying, False: MOST_SOUND - (sum(flying.values()) - suspects_flying)}
    given = {}
    for webhook in sorted(webhooks, key=lambda webhook: flying.get(webhook.key, 0)):
        suspect = is_suspect(webhook)
        room = min((1 if suspect else AT_ONCE) - flying.get(webhook.key, 0), left[suspect])
        if room > 0:
            given[webhook.key] = room
            left[suspect] -= room
    return given


async def claim(
    connection: Connection, webhooks: Sequence[Webhook], room: Mapping[Key, int], now: datetime
) -> tuple[list[Delivery], list[Lane]]:
    """Claim lanes that are due; their first deliveries, and lanes in which there is none.

    Of a webhook that is held or rests only a ping is claimed.
    """
    chosen = [webhook for webhook in webhooks if webhook.key in room]
    if not chosen:
        return [], []
    columns = (
        [webhook.workspace_id for webhook in chosen],
        [webhook.id for webhook in chosen],
        [room[webhook.key] for webhook in chosen],
        [webhook.is_held or webhook.rests(now) for webhook in chosen],
    )
    rows = await connection.fetch(queries.CLAIM, *columns, now, now + LEASE)
    if not rows:
        return [], []
    lanes = {lane.key: lane for lane in (Lane(**row) for row in rows)}
    deliveries = []
    for row in await connection.fetch(queries.FIRST, *zip(*lanes, strict=True)):
        lane = lanes.pop((row["workspace_id"], row["webhook_id"], row["object_type"], row["object_id"]))
        answers = msgspec.json.decode(row["answers"])
        deliveries.append(Delivery(lane, row["contact_id"], row["id"], row["body"], answers))
    return deliveries, list(lanes.values())


async def put_off(connection: Connection, webhooks: Sequence[Webhook], now: datetime) -> None:
    """Let what is due wait while its webhook is held or rests, so that nobody looks at it again and again."""
    keys = sorted(webhook.key for webhook in webhooks if webhook.is_held or webhook.rests(now))
    if not keys:
        return
    workspace_ids, ids = zip(*keys, strict=True)
    for webhook in map(Webhook.of, await connection.fetch(queries.LOCK_SEVERAL, workspace_ids, ids)):
        if webhook.is_held or webhook.rests(now):
            until = None if webhook.is_held else webhook.rest_until
            await connection.execute(queries.PUT_OFF, *webhook.key, until, now, _PUT_OFF_AT_ONCE)
