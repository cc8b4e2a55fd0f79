"""How old what is derived for contacts is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dealt.freshness import queries
from dealt.kernel.db import Connection


@dataclass(frozen=True, slots=True)
class Age:
    """``as_of`` is the moment that the values are of; ``lag_s`` the seconds that the oldest change has been waiting."""

    as_of: datetime
    lag_s: float


async def ages(connection: Connection, workspace_id: int, contact_ids: Sequence[int], now: datetime) -> dict[int, Age]:
    """By contact; one for which nothing was ever computed is left out."""
    rows = await connection.fetch(queries.AGES, workspace_id, list(contact_ids))
    return {
        row["contact_id"]: Age(
            row["computed_at"], max((now - row["since"]).total_seconds(), 0.0) if row["since"] else 0.0
        )
        for row in rows
    }
