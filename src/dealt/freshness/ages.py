"""How old what is derived for contacts is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dealt.freshness import queries
from dealt.kernel.db import Connection


@dataclass(frozen=True, slots=True)
class Age:
    """``as_of`` is the moment whose changes are all followed; ``lag_s`` the seconds since then, 0 if nothing waits."""

    as_of: datetime
    lag_s: float

    @classmethod
    def of(cls, since: datetime | None, wake_at: datetime | None, now: datetime) -> Age:
        """``since`` is when the change was made that waits longest, ``wake_at`` when time alone changes something."""
        waiting = [at for at in (since, wake_at) if at is not None and at < now]
        as_of = min(waiting, default=now)
        return cls(as_of, (now - as_of).total_seconds())


async def ages(connection: Connection, workspace_id: int, contact_ids: Sequence[int], now: datetime) -> dict[int, Age]:
    """By contact; one for which nothing was ever computed is left out."""
    rows = await connection.fetch(queries.AGES, workspace_id, list(contact_ids))
    return {row["contact_id"]: Age.of(row["since"], row["wake_at"], now) for row in rows}
