"""Bringing a deleted contact back: who it was, its names, memberships and merges, and its orders as they named it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dealt.accounts import Actor, await_writes
from dealt.contacts import restore_contacts
from dealt.deletions import Deletion, put_back
from dealt.freshness import hold_contacts
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict
from dealt.kernel.journal import Entry, mark_stale, record
from dealt.people import queries
from dealt.people.model import Returning
from dealt.people.movers import Mover

_CALLED = {"contact_custom_ids": "own id", "contact_keys": "cookie key"}


async def restore_person(
    connection: Connection, movers: Sequence[Mover], actor: Actor, deletion: Deletion, *, now: datetime
) -> None:
    """Make the placeholder the contact that it was, with what was taken from it and is not changed since.

    Raises Conflict where its e-mail address, its own id or its key is another contact's by now.
    """
    workspace_id = actor.workspace_id
    await await_writes(connection, workspace_id)
    ids = [row["id"] for row in await connection.fetch(queries.DELETED_WITH, workspace_id, deletion.id)]
    await hold_contacts(connection, ids[:500])
    await connection.fetch(queries.HOLD, workspace_id, ids)
    taken = await connection.fetchrow(queries.EMAIL_TAKEN, workspace_id, deletion.id, deletion.object_id)
    if taken is not None:
        raise Conflict(
            f"The e-mail address {taken['email']} is that of contact {taken['id']} now. Change it there first, or "
            "delete that contact."
        )
    for table, name in _CALLED.items():
        came, kept = await put_back(connection, workspace_id, deletion, table, place="contact_id")
        if came < kept:
            raise Conflict(f"The {name} of {deletion.name} is another contact's now. Change or delete that first.")
    for table in ("merges", "merged_rows"):
        await put_back(connection, workspace_id, deletion, table, place="contact_id")
    await restore_contacts(connection, workspace_id, deletion, now=now)
    returning = Returning(connection, actor, deletion, now)
    for mover in movers:
        await mover.restore(returning)
    entry = Entry(
        deletion.contact_id, "contact.created", "contact", deletion.contact_id, actor.name, {"restored": (None, True)},
        int(actor.cause), actor.hop,
    )  # fmt: skip
    await record(connection, workspace_id, [entry], now)
    await mark_stale(connection, workspace_id, ids, now, lane=actor.lane, cause=actor.cause, hop=actor.hop)
