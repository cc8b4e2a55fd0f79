"""Creating many contacts at once, where orders name people who are not here yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dealt.accounts import Actor
from dealt.contacts import queries
from dealt.contacts.claiming import claim_keys
from dealt.contacts.editing import applied, told
from dealt.contacts.model import BLANK, ContactPatch
from dealt.contacts.resolving import Resolved
from dealt.kernel.db import Connection
from dealt.kernel.journal import Entry, difference, encode, mark_stale, record
from dealt.tags import TagChange

_NOTHING = Resolved({}, TagChange(None, [], frozenset(), defined=False), set(), defined=False)


async def ensure_contacts(
    connection: Connection, actor: Actor, patches: Mapping[str, ContactPatch], *, now: datetime
) -> int:
    """Create the contacts, by custom id, that do not exist; the others stay as they are. How many were created.

    Five statements for any number. Of a patch only standard fields and the name count: it brings no attributes, tags or
    companies, which take statements of their own.
    """
    workspace_id = actor.workspace_id
    # Sorted, so that two writers who create the same contacts wait for each other in one order.
    rows = await connection.fetch(queries.CLAIM_CUSTOM_IDS, workspace_id, sorted(patches))
    if not rows:
        return 0
    ids: dict[str, int] = {row["custom_id"]: row["contact_id"] for row in rows}
    keys = await claim_keys(connection, workspace_id, list(ids.values()))
    images = {custom_id: applied(BLANK, patches[custom_id], _NOTHING) | {"custom_id": custom_id} for custom_id in ids}
    stored: list[dict[str, Any]] = []
    entries = []
    for custom_id, contact_id in ids.items():
        image, key = images[custom_id], keys[contact_id]
        stored.append({**image, "id": contact_id, "key": key})
        changes = difference(told(BLANK), told(image)) | {"key": (None, key)}
        entries.append(
            Entry(
                contact_id, "contact.created", "contact", contact_id, actor.name, changes, int(actor.cause), actor.hop
            )
        )
    await connection.execute(queries.INSERT_MANY, workspace_id, now, encode(stored))
    await record(connection, workspace_id, entries, now)
    await mark_stale(connection, workspace_id, ids.values(), now, lane=actor.lane, cause=actor.cause, hop=actor.hop)
    return len(ids)
