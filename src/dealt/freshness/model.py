"""What derives data for contacts, and for how many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from dealt.kernel.db import Connection
from dealt.kernel.journal import Cause

MOST_CONTACTS = 500
"""Locks that one transaction may hold; PostgreSQL's lock table is shared by all."""


class Settler(Protocol):
    """Computes something that is derived for contacts, and writes it with its journal entries."""

    async def idle(self, connection: Connection, workspace_id: int) -> bool:
        """Whether nothing at all is to be derived in this workspace."""

    async def settle(
        self,
        connection: Connection,
        workspace_id: int,
        contact_ids: Sequence[int],
        now: datetime,
        cause: Cause,
        hops: Mapping[int, int],
        facets: Mapping[int, int],
    ) -> Mapping[int, datetime]:
        """Recompute these contacts (ascending, at most 500), in the caller's transaction, which holds their locks.

        Everything is computed from rows as this transaction sees them now, by definitions no older than it sees.
        ``cause`` and the contact's number in ``hops`` go into every journal entry that follows. Where the result
        changes by the mere passing of time, the answer has the next instant after ``now`` at which it does, by contact.
        What follows from none of a contact's ``facets`` need not be computed, and not be answered for.
        Contacts may be placeholders, and may be gone.
        """

    async def recover(self, connection: Connection, error: Exception) -> bool:
        """After a settling failed and was rolled back: put aside what is to blame. Whether to try again at once."""
