"""The directories of contacts against the contacts: whoever has a custom id or a key is found by it."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.contacts import queries
from dealt.freshness import Drift, Found, Unit
from dealt.kernel.db import Connection


async def check_contacts(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Found:
    """List these contacts where they are not listed, and say whom that was done for.

    A name that is listed for somebody else is told and stays: which of the two is right, nobody can know.
    """
    drift = [
        Drift(Unit(row["id"], "contact", row["id"], table, row["name"]), row["listed"], row["id"])
        for table, column in (("contact_custom_ids", "custom_id"), ("contact_keys", "key"))
        for row in await connection.fetch(
            queries.CHECK_NAMES.format(table=table, column=column), workspace_id, contact_ids
        )
    ]
    return Found(drift)
