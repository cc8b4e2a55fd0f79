"""An app was opened: whose it is, what it says of that contact, and on which device it runs."""

from __future__ import annotations

from datetime import datetime

from dealt.accounts import Actor, Snapshot
from dealt.contacts import (
    CustomIdTaken,
    Visit,
    WrittenContact,
    create_contact,
    find_contacts,
    note_visits,
    read_contact,
    update_contact,
    upsert_contact,
)
from dealt.devices.keeping import keep_device
from dealt.devices.model import Ping, Pinged
from dealt.freshness import facets
from dealt.kernel.db import Connection
from dealt.kernel.journal import mark_stale


async def ping(connection: Connection, actor: Actor, sent: Ping, *, snapshot: Snapshot, now: datetime) -> Pinged:
    """The contact that ``sent`` is about, made or changed, in the caller's transaction.

    A custom id decides: the contact that has it, else the one of the key where that has none yet, else a new one.
    Without a custom id it is the contact of the key, or a new one that is known by nothing else.
    Raises InvalidInput and NotFound as any write of a contact.
    """
    written = await _find_or_make(connection, actor, sent, snapshot, now)
    if sent.device is not None:
        await keep_device(connection, actor, written.id, sent.device, now=now)
    await note_visits(connection, actor.workspace_id, [Visit(written.id, 0, now, now)])
    await mark_stale(
        connection, actor.workspace_id, [written.id], now, cause=actor.cause, facets=facets.SEEN, reads=snapshot.reads
    )
    row = await read_contact(connection, actor.workspace_id, written.id)
    return Pinged(written.id, row["key"], written.created, written.defined)


async def _find_or_make(
    connection: Connection, actor: Actor, sent: Ping, snapshot: Snapshot, now: datetime
) -> WrittenContact:
    patch, custom_id = sent.patch, sent.patch.custom_id
    keys = [] if sent.key is None else [sent.key]
    custom_ids = [] if custom_id is None else [custom_id]
    found = await find_contacts(connection, actor.workspace_id, keys=keys, custom_ids=custom_ids)
    by_key = found.by_key.get(sent.key) if sent.key is not None else None
    if custom_id is None:
        if by_key is None:
            return await create_contact(connection, actor, patch, snapshot=snapshot, now=now)
        return await update_contact(connection, actor, by_key.id, patch, snapshot=snapshot, now=now)
    if custom_id not in found.by_custom_id and by_key is not None and by_key.custom_id is None:
        try:
            return await update_contact(connection, actor, by_key.id, patch, snapshot=snapshot, now=now)
        except CustomIdTaken:
            # Somebody else has just become this person.
            pass
    return await upsert_contact(connection, actor, patch, snapshot=snapshot, now=now)
