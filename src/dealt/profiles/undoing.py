"""Taking back the last change of a contact, a company or a product: what its history says was before, written anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dealt.accounts import Snapshot
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import Conflict
from dealt.profiles import queries
from dealt.profiles.history import can_be_undone
from dealt.tags import TAGS


async def last_change(
    connection: Connection, workspace_id: int, domain: str, contact_id: int, object_id: int, change_id: int | None
) -> Record:
    """The newest entry of a record's history. Raises Conflict where it is not ``change_id`` or cannot be undone."""
    values = (workspace_id, contact_id, domain, object_id, None, 1)
    found: Record | None = await connection.fetchrow(queries.CHANGES, *values)
    if found is None or not can_be_undone(found):
        raise Conflict("Nothing was changed since it was made. If it should not be there, delete it.")
    if change_id is not None and found["id"] != change_id:
        raise Conflict("Somebody changed it again since. Look at it as it is now, then undo the latest change.")
    if "erased" in found["changes"]:
        raise Conflict("What was erased cannot be brought back.")
    return found


def before_of(entry: Record, snapshot: Snapshot) -> dict[str, Any]:
    """The body that gives back what an entry took; tags by name, those that are gone left out."""
    changes: Mapping[str, Any] = json.loads(entry["changes"])
    body = {name: before for name, (before, _) in changes.items()}
    if "tags" in body:
        body["tags"] = [name for key, name in snapshot.part(TAGS).items() if key in (body["tags"] or ())]
    return body


def tags_moved(entry: Record, snapshot: Snapshot) -> tuple[list[str], list[str]]:
    """The tags to put on and to take off again, by name."""
    before, after = (set(ids or ()) for ids in json.loads(entry["changes"]).get("tags", ((), ())))
    known = snapshot.part(TAGS)
    back, off = sorted(before - after), sorted(after - before)
    return [known[one] for one in back if one in known], [known[one] for one in off if one in known]


async def check_that_it_was_last(
    connection: Connection, workspace_id: int, domain: str, contact_id: int, object_id: int, entry: Record
) -> None:
    """Raise Conflict where somebody changed the record between ``last_change`` and the change that took it back.

    The record is held by now, so that nobody else changes it any more.
    """
    rows = await connection.fetch(queries.CHANGES, workspace_id, contact_id, domain, object_id, None, 2)
    if entry["id"] not in [row["id"] for row in rows]:
        raise Conflict("Somebody changed it in this moment. Look at it as it is now, then undo the latest change.")
