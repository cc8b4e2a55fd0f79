"""Making, changing and removing webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dealt.accounts import await_writes, settings_changed
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, NotFound
from dealt.kernel.following import follow, unfollow
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import SETTINGS, Entry, Follower, difference, record
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.secrets import SecretBox
from dealt.kernel.sql import sql
from dealt.webhooks import queries
from dealt.webhooks.model import LEASE, Webhook
from dealt.webhooks.signing import FORMER_SIGNS, new_secret, seal

MOST_WEBHOOKS = 100


async def create_webhook(
    connection: Connection,
    box: SecretBox,
    workspace_id: int,
    *,
    url: str,
    kinds: Sequence[str],
    now: datetime,
    description: str = "",
    enabled: bool = True,
    actor: str = "system",
) -> tuple[Webhook, str]:
    """A new webhook, and its secret, which nobody is told again.

    It is told of every change that is committed after this. Raises Conflict where there are ``MOST_WEBHOOKS``.
    """
    await await_writes(connection, workspace_id)
    await settings_changed(connection, workspace_id)
    if await connection.fetchval(queries.COUNT, workspace_id) >= MOST_WEBHOOKS:
        raise Conflict(f"A workspace has at most {MOST_WEBHOOKS} webhooks. Delete one first.")
    webhook_id = await next_settings_id(connection, workspace_id, "webhook")
    secret = new_secret()
    values = (url, description, list(kinds), seal(box, workspace_id, secret), enabled, actor, now)
    await connection.execute(queries.INSERT, workspace_id, webhook_id, *values)
    await _follow_as_needed(connection, workspace_id)
    made = await find_webhook(connection, workspace_id, webhook_id)
    await _record(connection, made, "created", difference({}, _told(made)), now, actor)
    return made, secret


async def update_webhook(
    connection: Connection, workspace_id: int, webhook_id: int, fields: dict[str, Any], *, now: datetime, actor: str
) -> Webhook:
    """Change ``url``, ``description``, ``kinds`` or ``enabled``, those that are given. Raises NotFound.

    Switched on again, it is sent what was waiting when it was switched off.
    """
    await await_writes(connection, workspace_id)
    await settings_changed(connection, workspace_id)
    before = await _lock(connection, workspace_id, webhook_id)
    after = _told(before) | fields
    changes = difference(_told(before), after)
    if not changes:
        return before
    values = (after["url"], after["description"], list(after["kinds"]), after["enabled"], now)
    await connection.execute(queries.UPDATE, workspace_id, webhook_id, *values)
    await _follow_as_needed(connection, workspace_id)
    if after["enabled"] and not before.enabled:
        await connection.execute(queries.FRESH, workspace_id, webhook_id, now)
        await connection.execute(queries.RELEASE, workspace_id, webhook_id, now, now + LEASE)
    changed = await find_webhook(connection, workspace_id, webhook_id)
    await _record(connection, changed, "updated", changes, now, actor)
    return changed


async def rotate_secret(
    connection: Connection, box: SecretBox, workspace_id: int, webhook_id: int, *, now: datetime, actor: str
) -> tuple[Webhook, str]:
    """A new secret; the one before it signs too for 24 hours. Raises NotFound."""
    await _lock(connection, workspace_id, webhook_id)
    secret = new_secret()
    sealed = seal(box, workspace_id, secret)
    await connection.execute(queries.ROTATE, workspace_id, webhook_id, sealed, now + FORMER_SIGNS, now)
    changed = await find_webhook(connection, workspace_id, webhook_id)
    await _record(connection, changed, "secret_rotated", {}, now, actor)
    return changed, secret


async def resume_webhook(
    connection: Connection, workspace_id: int, webhook_id: int, *, now: datetime, actor: str
) -> Webhook:
    """Send again what has been waiting since a pause. Raises NotFound; one that is not paused is tried at once."""
    before = await _lock(connection, workspace_id, webhook_id)
    await connection.execute(queries.FRESH, workspace_id, webhook_id, now)
    if before.enabled:
        await connection.execute(queries.RELEASE, workspace_id, webhook_id, now, now + LEASE)
    changed = await find_webhook(connection, workspace_id, webhook_id)
    if before.paused_at is not None:
        await _record(connection, changed, "resumed", {"paused_at": (before.paused_at, None)}, now, actor)
    return changed


async def delete_webhook(
    connection: Connection, workspace_id: int, webhook_id: int, *, now: datetime, actor: str
) -> None:
    """Remove a webhook; what was waiting for it is not sent. Raises NotFound."""
    await settings_changed(connection, workspace_id)
    before = await _lock(connection, workspace_id, webhook_id)
    await connection.execute(queries.DELETE, workspace_id, webhook_id)
    await connection.execute(queries.DELETE_LANES, workspace_id, webhook_id)
    await _unfollow_if_idle(connection, workspace_id)
    await _record(connection, before, "deleted", difference(_told(before), {}), now, actor)


async def disable_gone(connection: Connection, workspace_id: int, webhook_id: int, *, now: datetime) -> None:
    """Switch off a webhook whose receiver answered that it is gone; one that is off or deleted already stays so."""
    await settings_changed(connection, workspace_id)
    row = await connection.fetchrow(queries.LOCK, workspace_id, webhook_id)
    if row is None or not row["enabled"]:
        return
    before = Webhook.of(row)
    values = (before.url, before.description, list(before.kinds), False, now)
    await connection.execute(queries.UPDATE, workspace_id, webhook_id, *values)
    await _unfollow_if_idle(connection, workspace_id)
    changes = {"enabled": (True, False), "last_error": (None, before.last_error)}
    await _record(connection, before, "disabled", changes, now, "system")


async def find_webhook(connection: Connection, workspace_id: int, webhook_id: int) -> Webhook:
    """One webhook. Raises NotFound."""
    return _found(await connection.fetchrow(queries.FIND, workspace_id, webhook_id))


async def page_of_webhooks(connection: Connection, workspace_id: int, request: PageRequest) -> Page:
    """One page of the webhooks of a workspace."""
    conditions = [sql("workspace_id = {}", workspace_id)]
    return await fetch_page(connection, queries.COLUMNS, "webhooks", conditions, Order("id"), request)


async def record_pause(connection: Connection, webhook: Webhook, error: str, now: datetime) -> None:
    """Pause a webhook that takes nothing, with a notice in the journal."""
    await connection.execute(queries.PAUSE, webhook.workspace_id, webhook.id, now)
    changes = {"paused_at": (None, now), "last_error": (None, error)}
    await _record(connection, webhook, "paused", changes, now, "system")


async def _follow_as_needed(connection: Connection, workspace_id: int) -> None:
    if await connection.fetchval(queries.ANY_ENABLED, workspace_id):
        await follow(connection, workspace_id, Follower.WEBHOOKS)
    else:
        await unfollow(connection, workspace_id, Follower.WEBHOOKS)


async def _unfollow_if_idle(connection: Connection, workspace_id: int) -> None:
    if not await connection.fetchval(queries.ANY_ENABLED, workspace_id):
        await unfollow(connection, workspace_id, Follower.WEBHOOKS)


async def _lock(connection: Connection, workspace_id: int, webhook_id: int) -> Webhook:
    return _found(await connection.fetchrow(queries.LOCK, workspace_id, webhook_id))


def _found(row: Any) -> Webhook:
    if row is None:
        raise NotFound
    return Webhook.of(row)


def _told(webhook: Webhook) -> dict[str, Any]:
    return {
        "url": webhook.url,
        "description": webhook.description,
        "kinds": list(webhook.kinds),
        "enabled": webhook.enabled,
    }


async def _record(
    connection: Connection, webhook: Webhook, verb: str, changes: dict[str, tuple[Any, Any]], now: datetime, actor: str
) -> None:
    entry = Entry(SETTINGS, f"webhook.{verb}", "webhook", webhook.id, actor, changes)
    await record(connection, webhook.workspace_id, [entry], now)
