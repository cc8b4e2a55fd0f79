"""A shop with aggregators: bare rows in, values out, as a worker or a reader would have them computed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dealt.aggregators import (
    AGGREGATORS,
    Aggregator,
    create_aggregator,
    delete_aggregator,
    read_aggregator,
    read_changes,
    read_new,
    shown_values,
    update_aggregator,
    values_of,
)
from dealt.derivation import build_derived
from dealt.freshness import BACKFILL, Backfill, Derived, Settling, SettlingRounds, wake
from dealt.kernel.clock import FixedClock
from dealt.kernel.db import in_transaction
from dealt.kernel.journal import Cause, mark_stale
from tests.house import NOW, House


@dataclass
class Rolling:
    """``clock`` stands still; ``derived`` is the settler of one process."""

    house: House
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    derived: Derived = field(default_factory=build_derived)

    async def define(self, **body: Any) -> Aggregator:
        """A new aggregator; its name is its function where none is given."""
        wanted = read_new({"source": "deals", "function": "count", "name": body.get("function", "count")} | body)
        return await in_transaction(
            self.house.pool,
            lambda c: create_aggregator(c, self.derived, self.house.actor, wanted, now=self.clock.now()),
        )

    async def change(self, one: Aggregator, **body: Any) -> Aggregator:
        """Change an aggregator."""
        async with self.house.transaction() as connection:
            before = await read_aggregator(connection, self.house.workspace_id, one.id)
            wanted = read_changes(body, before)
            return await update_aggregator(
                connection, self.derived, self.house.actor, before, wanted, now=self.clock.now()
            )

    async def remove(self, one: Aggregator) -> None:
        """Delete an aggregator."""
        async with self.house.transaction() as connection:
            await delete_aggregator(connection, self.derived, self.house.actor, one.id, now=self.clock.now())

    async def walk(self) -> None:
        """Do the backfills that wait, as a worker would."""
        job = Backfill(self.derived, self.clock)
        query = "DELETE FROM jobs WHERE id = (SELECT min(id) FROM jobs WHERE kind = $1) RETURNING payload"
        while payload := await self.house.pool.fetchval(query, BACKFILL):
            await job(self.house.pool, self.house.workspace_id, json.loads(payload), self.clock.now())

    async def touch(self, *contact_ids: int, cause: Cause = Cause.LIVE, hop: int = 0) -> None:
        """Say that contacts changed, as every write does."""
        async with self.house.transaction() as connection:
            await mark_stale(connection, self.house.workspace_id, contact_ids, self.clock.now(), cause=cause, hop=hop)

    async def work(self) -> None:
        """Wake and settle whoever is due, as a worker would."""
        await wake(self.house.pool, self.clock.now())
        rounds = SettlingRounds(self.house.pool, Settling([self.derived]), self.clock, then=_bell())
        while await rounds.round() == 0:
            pass

    async def stored(self, contact_id: int) -> dict[str, Any]:
        """What is stored for a contact."""
        async with self.house.pool.acquire() as connection:
            return (await values_of(connection, self.house.workspace_id, [contact_id])).get(contact_id, {})

    async def read(self, contact_id: int, now: datetime | None = None) -> dict[str, Any]:
        """What a reader sees of a contact."""
        now = now or self.clock.now()
        async with self.house.pool.acquire() as connection:
            settling = Settling([self.derived])
            assert await settling.settle_on_read(connection, self.house.workspace_id, [contact_id], now)
            snapshot = await self.house.definitions.uncommitted(connection, self.house.workspace_id)
        return shown_values(await self.stored(contact_id), snapshot.part(AGGREGATORS), now, snapshot.time_zone)


def _bell() -> Any:
    import asyncio

    return asyncio.Event()
