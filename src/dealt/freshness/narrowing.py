"""Which changes need not be looked at, for workspaces of which that is not known."""

from __future__ import annotations

from datetime import datetime

from dealt.freshness import queries
from dealt.freshness.derived import Derived
from dealt.kernel.db import Pool, in_transaction


class Narrowing:
    """Finds out for workspaces of which nobody has what their definitions read: new, imported and upgraded ones."""

    def __init__(self, derived: Derived) -> None:
        self._derived = derived

    async def __call__(self, pool: Pool, now: datetime) -> None:
        """Narrow each of them; done now and then."""
        for row in await pool.fetch(queries.READING_ANYTHING):
            workspace_id = row["id"]
            await in_transaction(pool, lambda connection: self._derived.narrow(connection, workspace_id))  # noqa: B023
