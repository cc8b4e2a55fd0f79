"""Deleting a contact: what is known of the person goes, the orders stay."""

from __future__ import annotations

from datetime import datetime

from dealt.accounts import Actor
from dealt.contacts import claiming, queries
from dealt.contacts.errors import CustomIdMoved
from dealt.contacts.following import follow
from dealt.kernel.db import Connection
from dealt.kernel.errors import NotFound


async def delete_contact(connection: Connection, actor: Actor, contact_id: int, *, now: datetime) -> None:
    """Turn a contact into an invisible placeholder without personal data, which keeps its orders.

    Raises NotFound, and CustomIdMoved where its custom id changes at the same moment.
    """
    workspace_id = actor.workspace_id
    held = await claiming.custom_id_of(connection, workspace_id, contact_id)
    if held is not None:
        await connection.fetchval(queries.HOLD_CUSTOM_ID, workspace_id, held)
    row = await connection.fetchrow(queries.LOCK, workspace_id, contact_id)
    if row is None:
        raise NotFound
    if row["custom_id"] != held:
        raise CustomIdMoved
    await connection.execute(queries.RELEASE_CUSTOM_ID, workspace_id, held, contact_id)
    await connection.execute(queries.RELEASE_KEY, workspace_id, row["key"], contact_id)
    await connection.execute(queries.STRIP, workspace_id, contact_id, now)
    for statement in (queries.LEAVE_LISTS, queries.LEAVE_COMPANIES, queries.FORGET_DERIVED):
        await connection.execute(statement, workspace_id, contact_id)
    await follow(connection, actor, contact_id, "contact.deleted", {}, now)
