"""A workspace with segments: made, settled and looked at as workers and requests do."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dealt.derivation import build_derived
from dealt.freshness import BACKFILL, Backfill, Derived, Settling, wake
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import transaction
from dealt.kernel.journal import Cause, Lane, mark_stale
from dealt.segments import Keeper, ObjectRounds, Segment, create_segment, update_segment
from tests.house import NOW, House


@dataclass
class Shop:
    """A house whose clock stands still until it is moved."""

    house: House
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    derived: Derived = field(default_factory=build_derived)

    @property
    def keeper(self) -> Keeper:
        return Keeper(self.derived, self.house.workspace_id, self.clock.now(), "token:1")

    async def segment(self, name: str, written: Any, subject: str = "contact", *, walk: bool = True) -> Segment:
        """A new segment; everybody has been looked at unless told otherwise."""
        async with transaction(self.house.pool) as connection:
            made = await create_segment(connection, self.keeper, name=name, subject=subject, written=written)
        if walk:
            await self.walk()
        return made

    async def refilter(self, segment: Segment, written: Any) -> None:
        """Another filter, and everybody is looked at."""
        async with transaction(self.house.pool) as connection:
            await update_segment(connection, self.keeper, segment.id, written=written)
        await self.walk()

    async def walk(self) -> None:
        """Do every backfill that waits, and look at companies and products once."""
        pool, job = self.house.pool, Backfill(self.derived, self.clock)
        while row := await pool.fetchrow(
            "DELETE FROM jobs WHERE id = (SELECT min(id) FROM jobs WHERE kind = $1) RETURNING workspace_id, payload",
            BACKFILL,
        ):
            await job(pool, row["workspace_id"], json.loads(row["payload"]), self.clock.now())
        await ObjectRounds(pool, self.derived, self.clock).look(self.house.workspace_id)

    async def settle(self, *contact_ids: int, cause: Cause = Cause.LIVE, hop: int = 0) -> None:
        """Mark contacts stale and settle whoever is."""
        async with transaction(self.house.pool) as connection:
            workspace_id = self.house.workspace_id
            await mark_stale(connection, workspace_id, contact_ids, self.clock.now(), cause=cause, hop=hop)
        await self.settle_due()

    async def settle_due(self) -> None:
        """Wake whoever is due, and settle whoever is stale."""
        await wake(self.house.pool, self.clock.now())
        settling = Settling([self.derived])
        for lane in Lane:
            async with transaction(self.house.pool) as connection:
                claimed = await settling.claim(connection, lane, 500)
                await settling.settle_claimed(connection, claimed, self.clock)

    async def members(self, segment: Segment) -> set[int]:
        """Who belongs."""
        table, key = {
            "contact": ("segment_members", "contact_id"), "deal": ("deal_segment_members", "deal_id"),
        }.get(segment.subject, ("object_segment_members", "object_id"))  # fmt: skip
        rows = await self.house.fetch(f"SELECT {key} AS id FROM {table} WHERE segment_id = $1", segment.id)
        return {row["id"] for row in rows}

    async def told(self, segment: Segment) -> list[tuple[str, str, int, Cause, int]]:
        """What the journal says of who entered and left: kind, type, id, cause and hop, oldest first."""
        rows = await self.house.fetch(
            "SELECT kind, object_type, object_id, cause, hop FROM journal WHERE kind IN ('segment.entered', "
            "'segment.left') AND (changes -> 'segment') @> to_jsonb(ARRAY[$1::bigint]) ORDER BY id",
            segment.id,
        )
        return [
            (kind.removeprefix("segment."), object_type, object_id, Cause(cause), hop)
            for kind, object_type, object_id, cause, hop in (row.values() for row in rows)
        ]

    async def next_wake(self, contact_id: int) -> datetime | None:
        """When the contact changes by itself."""
        found: datetime | None = await self.house.pool.fetchval(
            "SELECT wake_at FROM contact_derived WHERE contact_id = $1", contact_id
        )
        return found
