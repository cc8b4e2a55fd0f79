"""A contact's devices: kept by what tells them apart, each key with one device of one contact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dealt.accounts import Actor
from dealt.devices import queries
from dealt.devices.model import Device
from dealt.kernel.db import Connection
from dealt.kernel.journal import Entry, record


async def keep_device(connection: Connection, actor: Actor, contact_id: int, device: Device, *, now: datetime) -> None:
    """Note that a contact uses ``device`` now. Its key leaves whoever had it: a device shows one contact's messages."""
    workspace_id = actor.workspace_id
    if device.fcm_key is not None:
        holder = await connection.fetchval(queries.HOLD_KEY, workspace_id, device.fcm_key, contact_id)
        if holder != contact_id:
            await connection.execute(queries.GIVE_KEY, workspace_id, device.fcm_key, contact_id)
            await connection.execute(queries.UNLINK, workspace_id, holder, device.fcm_key)
        await connection.execute(queries.REMOVE, workspace_id, contact_id, device.fcm_key, device.identity)
        await connection.execute(queries.LET_GO, workspace_id, contact_id, device.identity, device.fcm_key)
        # What was only known by its make is known better now.
        await connection.execute(queries.REMOVE_LIKE, workspace_id, contact_id, device.likeness)
    row = await connection.fetchrow(
        queries.KEEP, workspace_id, contact_id, device.identity, device.fcm_key, device.identifier, device.os_type,
        device.os_version, device.sdk, device.device, device.model, device.manufacturer, device.lib_version,
        device.is_root, now,
    )  # fmt: skip
    if row["is_new"]:
        # The key itself is a secret of the device; no history tells it.
        told = {"os_type": device.os_type, "manufacturer": device.manufacturer, "model": device.model}
        changes = {name: (None, value) for name, value in told.items() if value is not None}
        await _record(connection, actor, "device.added", contact_id, row["id"], changes, now)


async def forget_key(
    connection: Connection, actor: Actor, fcm_key: str, contact_id: int | None, *, now: datetime
) -> bool:
    """Send nothing to this key any more; whether it was known. With ``contact_id`` only where it is that contact's."""
    holder = await connection.fetchval(queries.FIND_KEY, actor.workspace_id, fcm_key)
    if holder is None or contact_id not in (None, holder):
        return False
    await connection.execute(queries.FORGET_KEY, actor.workspace_id, fcm_key)
    device_id = await connection.fetchval(queries.UNLINK, actor.workspace_id, holder, fcm_key)
    if device_id is not None:
        await _record(connection, actor, "device.silenced", holder, device_id, {}, now)
    return True


async def _record(
    connection: Connection,
    actor: Actor,
    kind: str,
    contact_id: int,
    device_id: int,
    changes: Mapping[str, tuple[Any, Any]],
    now: datetime,
) -> None:
    entry = Entry(contact_id, kind, "device", device_id, actor.name, changes, int(actor.cause), actor.hop)
    await record(connection, actor.workspace_id, [entry], now)
