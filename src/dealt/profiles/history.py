"""The history of a record: who changed what, when, from what to what."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dealt.accounts import Snapshot
from dealt.contacts import called
from dealt.kernel.db import Connection, Record
from dealt.profiles import queries
from dealt.profiles.actors import actor_names
from dealt.profiles.telling import Entry, Teller

CHANGES_A_PAGE = 20
_NAMING_CONTACTS = ("user_id", "members")


@dataclass(frozen=True, slots=True)
class History:
    """A part of it, newest first; ``more`` is the entry behind which it goes on.

    ``last_change`` is the newest entry, where it can be taken back.
    """

    entries: list[Entry]
    actors: Mapping[str, str]
    more: int | None
    last_change: int | None


async def read_history(
    connection: Connection, snapshot: Snapshot, domain: str, contact_id: int, object_id: int, before: int | None
) -> History:
    """What happened to a record of ``domain``, whose changes stand under ``contact_id``; from ``before`` on back."""
    workspace_id = snapshot.workspace_id
    values = (workspace_id, contact_id, domain, object_id, before, CHANGES_A_PAGE + 1)
    rows = await connection.fetch(queries.CHANGES, *values)
    shown = rows[:CHANGES_A_PAGE]
    names = await contact_names(connection, workspace_id, _contacts_in(shown))
    teller = Teller(snapshot, names, domain)
    return History(
        entries=[teller.entry(row) for row in shown],
        actors=await actor_names(connection, snapshot, [row["actor"] for row in shown]),
        more=shown[-1]["id"] if len(rows) > CHANGES_A_PAGE else None,
        last_change=rows[0]["id"] if rows and before is None and can_be_undone(rows[0]) else None,
    )


async def undoable(
    connection: Connection, workspace_id: int, domain: str, contact_id: int, object_id: int
) -> int | None:
    """The newest entry of a record's history, where it can be taken back."""
    row = await connection.fetchrow(queries.CHANGES, workspace_id, contact_id, domain, object_id, None, 1)
    return row["id"] if row is not None and can_be_undone(row) else None


def can_be_undone(entry: Record) -> bool:
    """Whether an entry tells a change that can be taken back: not that the record was made, or erased."""
    return entry["kind"].partition(".")[2] in ("updated", "completed", "member_added", "member_removed")


async def contact_names(connection: Connection, workspace_id: int, ids: Sequence[int]) -> dict[int, str]:
    """What to call these contacts, by id; those that are none, or nobody's, are left out."""
    rows = await connection.fetch(queries.CONTACT_NAMES, workspace_id, list(ids)) if ids else []
    return {row["id"]: called(row) for row in rows}


def _contacts_in(rows: Sequence[Record]) -> list[int]:
    """The contacts that these entries name."""
    told = [json.loads(row["changes"]) for row in rows]
    return sorted(
        {one for changes in told for name in _NAMING_CONTACTS for one in changes.get(name, ()) if isinstance(one, int)}
    )
