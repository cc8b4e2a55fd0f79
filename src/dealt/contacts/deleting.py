"""What is left of deleted contacts: the invisible owners of their orders, about whom nothing is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dealt.contacts import queries
from dealt.deletions import Deletion
from dealt.kernel.db import Connection


async def strip_contacts(
    connection: Connection, workspace_id: int, contact_ids: Sequence[int], *, now: datetime
) -> None:
    """Make placeholders of contacts that the caller holds. The rest of what belongs to them is the caller's."""
    await connection.execute(queries.STRIP, workspace_id, list(contact_ids), now)


async def restore_contacts(connection: Connection, workspace_id: int, deletion: Deletion, *, now: datetime) -> None:
    """Make placeholders the contacts that they were. The rest of what belongs to them is the caller's."""
    await connection.execute(queries.RESTORE, workspace_id, deletion.id, now)
