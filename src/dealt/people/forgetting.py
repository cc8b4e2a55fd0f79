"""Deleting a contact, and erasing a person: what names somebody goes, the orders stay without it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from dealt.accounts import Actor, await_writes
from dealt.contacts import strip_contacts
from dealt.deletions import begin, forget_of, keep
from dealt.freshness import hold_contacts
from dealt.kernel.db import Connection
from dealt.kernel.errors import NotFound
from dealt.kernel.journal import Entry, mark_stale, record
from dealt.people import queries
from dealt.people.model import Forgetting, Report
from dealt.people.movers import Mover
from dealt.people.names import Names


async def delete_person(
    connection: Connection, movers: Sequence[Mover], actor: Actor, contact_id: int, *, now: datetime
) -> Report:
    """Turn a contact into an invisible placeholder that keeps its orders, without what names the person in them.

    The report says by which deletion the contact comes back, where ``actor`` is a member.
    Raises NotFound; so it does for a contact that was merged into another one.
    """
    return await _forget(connection, movers, actor, contact_id, now, erasing=False)


async def erase_person(
    connection: Connection, movers: Sequence[Mover], actor: Actor, contact_id: int, *, now: datetime
) -> Report:
    """The same, and what is told of the person goes too: history, events, messages, tasks and stored answers.

    A contact that was deleted earlier can be erased still. Raises NotFound.
    """
    return await _forget(connection, movers, actor, contact_id, now, erasing=True)


async def find_people(connection: Connection, workspace_id: int, email: str) -> list[int]:
    """The contacts that have this e-mail address in any case: at most 1,000."""
    return [row["id"] for row in await connection.fetch(queries.BY_EMAIL, workspace_id, email)]


async def _forget(
    connection: Connection, movers: Sequence[Mover], actor: Actor, contact_id: int, now: datetime, *, erasing: bool
) -> Report:
    workspace_id = actor.workspace_id
    # What is on its way to this contact arrives first, and is forgotten with the rest.
    await await_writes(connection, workspace_id)
    found = await connection.fetchrow(queries.CAN_BE_ERASED, workspace_id, contact_id)
    if found is None or (found["placeholder"] and not erasing):
        raise NotFound
    ids = await everybody(connection, workspace_id, contact_id)
    await hold_contacts(connection, ids[:500])
    names = await _names(connection, workspace_id, ids)
    await connection.fetch(queries.HOLD, workspace_id, ids)
    await forget_of(connection, workspace_id, ids)
    kept = None if erasing else await _keep(connection, actor, contact_id, ids, now)
    forgetting = Forgetting(connection, actor, ids, names, now, erasing, deletion_id=kept)
    forgetting.report.deletion_id = kept
    for mover in movers:
        await mover.forget(forgetting)
    await strip_contacts(connection, workspace_id, ids, now=now)
    await _forget_merges(forgetting)
    forgetting.report.cleaned["contacts"] += len(ids)
    kind = "contact.erased" if erasing else "contact.deleted"
    entry = Entry(contact_id, kind, "contact", contact_id, actor.name, {}, int(actor.cause), actor.hop)
    await record(connection, workspace_id, [entry], now)
    await mark_stale(connection, workspace_id, ids, now, lane=actor.lane, cause=actor.cause, hop=actor.hop)
    return forgetting.report


async def _keep(connection: Connection, actor: Actor, contact_id: int, ids: Sequence[int], now: datetime) -> int | None:
    """The rows of the contact and of those that were merged into it, with every name that led to them."""
    workspace_id = actor.workspace_id
    [image] = [
        msgspec.json.decode(row["image"]) for row in await connection.fetch(queries.IMAGES, workspace_id, [contact_id])
    ]
    name = " ".join(part for part in (image["first_name"], image["last_name"]) if part)
    name = name or image["email"] or image["custom_id"] or f"Contact {contact_id}"
    kept = await begin(connection, workspace_id, actor.name, "contact", contact_id, name, now, contact_id=contact_id)
    await keep(connection, workspace_id, kept, "contacts", "t.id = ANY($3::bigint[])", list(ids), whose="t.id")
    for table in (*queries.NAME_TABLES, "merges", "merged_rows"):
        which = "t.contact_id = ANY($3::bigint[])"
        await keep(connection, workspace_id, kept, table, which, list(ids), whose="t.contact_id")
    return kept


async def everybody(connection: Connection, workspace_id: int, contact_id: int) -> list[int]:
    """The contact and all that were merged into it, directly or not: they are one person."""
    rows = await connection.fetch(queries.CARRIED_BY, workspace_id, contact_id)
    return sorted({contact_id, *(row["id"] for row in rows)})


async def _names(connection: Connection, workspace_id: int, ids: Sequence[int]) -> Names:
    """What the contacts are called now, and were called as far as their history tells."""
    images = await connection.fetch(queries.IMAGES, workspace_id, ids)
    told = await connection.fetch(queries.NAMES_IN_HISTORY, workspace_id, ids)
    rows = [msgspec.json.decode(row["image"]) for row in images] + [msgspec.json.decode(row["changes"]) for row in told]
    return Names.of(rows)


async def _forget_merges(forgetting: Forgetting) -> None:
    """Who was merged into whom is forgotten, and every name that led here."""
    connection, workspace_id, ids = forgetting.connection, forgetting.workspace_id, list(forgetting.contact_ids)
    for table in queries.NAME_TABLES:
        await connection.execute(queries.DROP_NAMES.format(table=table), workspace_id, ids)
    await connection.execute(queries.DROP_MERGES, workspace_id, ids)
    await connection.execute(queries.DROP_MERGED_ROWS, workspace_id, ids)
