"""How old the derived values are that a list shows, or that put it together."""

from __future__ import annotations

from typing import Any

from dealt.accounts import Part
from dealt.aggregators import OF_COMPANIES, companies_wait_since
from dealt.kernel.db import Connection
from dealt.publicapi.call import Call
from dealt.segments import known_as_of


async def note_age(call: Call, connection: Connection, *parts: Part[Any]) -> None:
    """Before a list is read: its answer will say as of when derived values are, where one of ``parts`` has any.

    Without ``parts`` the list itself is derived.
    """
    snapshot = await call.definitions(connection) if parts else None
    if snapshot is None or any(snapshot.part(part) for part in parts):
        call.as_of = await known_as_of(connection, call.workspace_id, call.now)


async def note_age_of_companies(call: Call, connection: Connection) -> None:
    """The same for a list of companies, whose values follow after those of their users."""
    await note_age(call, connection, OF_COMPANIES)
    if call.as_of is not None:
        waits_since = await companies_wait_since(connection, call.workspace_id)
        call.as_of = min(call.as_of, waits_since or call.as_of)
