"""What must follow every change of a contact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dealt.accounts import Actor
from dealt.kernel.db import Connection
from dealt.kernel.journal import Entry, mark_stale, record


async def follow(
    connection: Connection,
    actor: Actor,
    contact_id: int,
    kind: str,
    changes: Mapping[str, tuple[Any, Any]],
    now: datetime,
    facets: int,
    reads: int,
) -> None:
    """Journal a change of a contact and have what is derived for it from ``facets`` computed anew.

    In the caller's transaction, which trusts the definitions; ``reads`` are theirs.
    """
    entry = Entry(contact_id, kind, "contact", contact_id, actor.name, changes, int(actor.cause), actor.hop)
    await record(connection, actor.workspace_id, [entry], now)
    await mark_stale(
        connection, actor.workspace_id, [contact_id], now, lane=actor.lane, cause=actor.cause, hop=actor.hop,
        facets=facets, reads=reads,
    )  # fmt: skip
