"""The log of what was sent: reading it, sending again, and forgetting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from dealt.kernel.clock import iso
from dealt.kernel.db import Connection, Pool, Record, affected
from dealt.kernel.errors import NotFound
from dealt.kernel.journal import SETTINGS, encode
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import sql
from dealt.webhooks import queries
from dealt.webhooks.keeping import find_webhook
from dealt.webhooks.model import LEASE, PING_KIND, WAITING, Webhook

KEPT = timedelta(days=30)
_CHUNK = 1_000


async def send_ping(connection: Connection, workspace_id: int, webhook_id: int, *, now: datetime, actor: str) -> Record:
    """Queue a delivery of kind ``ping``, which is sent even while the webhook is paused or off. Raises NotFound."""
    webhook = await _hold(connection, workspace_id, webhook_id)
    data = {"object_type": "webhook", "id": webhook.id, "actor": actor}
    body = msgspec.json.encode({"type": PING_KIND, "timestamp": iso(now), "data": data}).decode()
    row = {
        "contact_id": SETTINGS, "workspace_id": workspace_id, "webhook_id": webhook_id, "object_type": PING_KIND,
        "object_id": webhook_id, "sequence": 0, "kind": PING_KIND, "body": body,
    }  # fmt: skip
    made = await connection.fetchval(queries.QUEUE, encode([row]), now)
    return await find_delivery(connection, workspace_id, webhook_id, made)


async def page_of_deliveries(
    connection: Connection, workspace_id: int, webhook_id: int, request: PageRequest, status: str | None = None
) -> Page:
    """One page of the deliveries of a webhook, of one status or all, newest first unless told. Raises NotFound."""
    await find_webhook(connection, workspace_id, webhook_id)
    conditions = [sql("workspace_id = {} AND webhook_id = {}", workspace_id, webhook_id)]
    if status is not None:
        conditions.append(sql("status = {}", status))
    order = Order("id", descending=True)
    return await fetch_page(connection, queries.DELIVERY_COLUMNS, "webhook_deliveries", conditions, order, request)


async def find_delivery(connection: Connection, workspace_id: int, webhook_id: int, delivery_id: int) -> Record:
    """One delivery with its body, the headers of the last request and its last answers. Raises NotFound."""
    row = await connection.fetchrow(queries.DELIVERY, workspace_id, webhook_id, delivery_id)
    if row is None:
        raise NotFound
    return row


async def next_tries(
    connection: Connection, workspace_id: int, webhook_id: int, deliveries: Sequence[Record]
) -> dict[int, datetime | None]:
    """When which of these deliveries is tried next, by its id; None while the webhook is held.

    One that waits behind an earlier delivery of its object is not among them.
    """
    waiting = [(row["object_type"], row["object_id"]) for row in deliveries if row["status"] == WAITING]
    types, ids = [one for one, _ in waiting], [one for _, one in waiting]
    rows = await connection.fetch(queries.NEXT, workspace_id, webhook_id, types, ids) if waiting else []
    return {row["id"]: row["due_at"] for row in rows}


async def resend(
    connection: Connection, workspace_id: int, webhook_id: int, delivery_id: int, *, now: datetime
) -> Record:
    """Send a delivery again, whatever became of it, with the same id; one that waits is tried at once.

    Raises NotFound.
    """
    await _hold(connection, workspace_id, webhook_id)
    found = await find_delivery(connection, workspace_id, webhook_id, delivery_id)
    if found["status"] == WAITING:
        await connection.execute(queries.HURRY, workspace_id, webhook_id, delivery_id, now, now + LEASE)
    else:
        await connection.execute(queries.RESEND, workspace_id, webhook_id, delivery_id, None, now)
    return await find_delivery(connection, workspace_id, webhook_id, delivery_id)


async def resend_failed(
    connection: Connection, workspace_id: int, webhook_id: int, since: datetime, *, now: datetime
) -> int:
    """Send every delivery again that was given up since a moment; how many. Raises NotFound."""
    await _hold(connection, workspace_id, webhook_id)
    return int(await connection.fetchval(queries.RESEND, workspace_id, webhook_id, None, since, now))


async def forget_old_deliveries(pool: Pool, now: datetime) -> int:
    """Delete what is older than 30 days, also what is still waiting; how many."""
    total = 0
    while forgotten := affected(await pool.execute(queries.FORGET, now - KEPT, _CHUNK)):
        total += forgotten
    return total


async def forget_deliveries_of(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> int:
    """Delete every delivery about these contacts, for one who is erased; how many."""
    return affected(await connection.execute(queries.FORGET_CONTACTS, workspace_id, list(contact_ids)))


async def _hold(connection: Connection, workspace_id: int, webhook_id: int) -> Webhook:
    """Hold the webhook before its lanes, as everybody does. Raises NotFound."""
    row = await connection.fetchrow(queries.LOCK, workspace_id, webhook_id)
    if row is None:
        raise NotFound
    return Webhook.of(row)
