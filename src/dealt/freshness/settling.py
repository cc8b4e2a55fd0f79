"""Lock, then look: what is derived for a contact is computed under its lock, from rows newer than the lock."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dealt.freshness import queries
from dealt.freshness.model import MOST_CONTACTS, Settler
from dealt.kernel.clock import Clock
from dealt.kernel.db import Connection, Record
from dealt.kernel.journal import ANYTHING, Cause, Lane

_ORDER = (Cause.SILENT, Cause.BACKFILL, Cause.MERGE, Cause.LIVE)
"""Live work comes last: what followed from silent work is then already there, and nobody is told of it."""
_ROWS_A_CONTACT = 4
"""Stale rows looked at for each contact that is wanted: others may hold some, and a contact may have several."""
WHOLE_EVERY_S = 5.0


@dataclass
class _Marks:
    """By contact: the highest hop among its stale rows of a cause, and all that they say has changed."""

    hops: dict[int, int] = field(default_factory=dict)
    facets: dict[int, int] = field(default_factory=dict)

    def add(self, contact_id: int, hop: int, facets: int) -> None:
        self.hops[contact_id] = hop
        self.facets[contact_id] = facets


@dataclass
class _Taken:
    """What was taken of one workspace."""

    by_cause: dict[Cause, _Marks] = field(default_factory=lambda: defaultdict(_Marks))
    lacking: set[int] = field(default_factory=set)
    """Contacts of which everything is to be computed, whatever has changed."""

    def add(self, row: Record, version: int, now: datetime) -> None:
        contact_id, wake_at = row["contact_id"], row["wake_at"]
        self.by_cause[Cause(row["cause"])].add(contact_id, row["hop"], row["facets"])
        outdated = row["definitions_version"] is None or row["definitions_version"] < version
        if outdated or row["facets"] == ANYTHING or (wake_at is not None and wake_at <= now):
            self.lacking.add(contact_id)

    def contacts(self) -> set[int]:
        return {contact_id for marks in self.by_cause.values() for contact_id in marks.hops}


@dataclass
class _Head:
    """From which id a lane is looked at.

    While any transaction is open, rows that were taken since then stay in the index, and a look from its beginning
    steps over each of them. So most looks begin where the first row was five to ten seconds ago; what was marked by a
    transaction that took longer, or was passed over, is found by a look at everything, every five seconds.
    """

    seen: int = 0
    _low: int = 0
    _next_low: int = 0
    _looked_at: float = 0.0

    def begins_at(self, now: float) -> int:
        """The least id to look at, at ``now`` (monotonic)."""
        if now - self._looked_at < WHOLE_EVERY_S:
            return self._low
        self._looked_at, self._low, self._next_low = now, self._next_low, self.seen
        return 0


async def hold_contacts(connection: Connection, contact_ids: Iterable[int]) -> None:
    """Wait for whoever settles these contacts (at most 500), and let nobody begin until the transaction ends."""
    await connection.execute(queries.WAIT_FOR_LOCKS, sorted(set(contact_ids)))


class Settling:
    """Brings contacts up to date by the given settlers, in their order.

    Every contact is locked by an advisory lock on its id until the transaction ends; statements that compute come
    after that lock, so their snapshot holds every write whose stale row they consume, and an older result can never
    overwrite a newer one.
    """

    def __init__(self, settlers: Sequence[Settler] = ()) -> None:
        self._settlers = tuple(settlers)
        self._heads = {lane: _Head() for lane in Lane}

    async def claim(
        self, connection: Connection, lane: Lane, limit: int, *, without: Collection[int] = ()
    ) -> list[int]:
        """Lock up to ``limit`` contacts of a lane that nobody else holds, the longest waiting first. Never waits."""
        if not 0 < limit <= MOST_CONTACTS:
            raise ValueError(f"{limit} contacts cannot be locked at once; at most {MOST_CONTACTS} can.")
        head = self._heads[lane]
        asked = (int(lane), limit * _ROWS_A_CONTACT, limit, list(without), head.begins_at(time.monotonic()))
        rows = await connection.fetch(queries.CLAIM, *asked)
        if rows:
            head.seen = rows[0]["first"]
        return sorted(row["contact_id"] for row in rows)

    async def claim_one(self, connection: Connection, contact_ids: Sequence[int]) -> int | None:
        """Lock one of these contacts that has something to settle and that nobody else holds. Never waits."""
        found: int | None = await connection.fetchval(queries.CLAIM_ONE, list(contact_ids)) if contact_ids else None
        return found

    async def settle_claimed(self, connection: Connection, contact_ids: Sequence[int], clock: Clock) -> None:
        """Take all stale rows of these contacts, whose locks this transaction holds, and settle them."""
        by_workspace: dict[int, list[Record]] = defaultdict(list)
        for row in await connection.fetch(queries.TAKE, contact_ids):
            by_workspace[row["workspace_id"]].append(row)
        # The clock is read under the locks: whoever settles a contact later does so for a later moment.
        now = clock.now()
        for workspace_id, rows in sorted(by_workspace.items()):
            await self._settle(connection, workspace_id, rows, {}, now)

    async def settle_on_read(
        self, connection: Connection, workspace_id: int, contact_ids: Iterable[int], now: datetime
    ) -> bool:
        """Bring contacts that are about to be read up to date at ``now``, waiting for whoever settles them already.

        A contact is settled if a stale row of it is visible, if its wake-up is due, or if its definitions changed.
        False, and nothing done, where that is so for more than 500 of them: show how old the data is instead.
        To be called outside a transaction, so that the locks last no longer than the settling; else AssertionError.
        """
        if connection.is_in_transaction():
            raise AssertionError("settle_on_read commits what it settles: call it outside a transaction")
        if not self._settlers:
            return True
        arguments = (workspace_id, list(contact_ids), now, MOST_CONTACTS + 1)
        found = [row["id"] for row in await connection.fetch(queries.OUTDATED, *arguments)]
        # Asked last: where something is derived, most contacts are up to date.
        if not found or await self._idle(connection, workspace_id):
            return True
        if len(found) > MOST_CONTACTS:
            return False
        await self._settle_or_recover(connection, workspace_id, found, now)
        return True

    async def recover(self, connection: Connection, error: Exception) -> bool:
        """After a settling failed and was rolled back: have what is to blame put aside. Whether to try again at once.

        To be called outside a transaction.
        """
        for settler in self._settlers:
            if await settler.recover(connection, error):
                return True
        return False

    async def _settle_or_recover(
        self, connection: Connection, workspace_id: int, found: Sequence[int], now: datetime
    ) -> None:
        try:
            async with connection.transaction():
                await self._settle_found(connection, workspace_id, found, now)
        except Exception as error:
            if not await self.recover(connection, error):
                raise
            async with connection.transaction():
                await self._settle_found(connection, workspace_id, found, now)

    async def _settle_found(
        self, connection: Connection, workspace_id: int, found: Sequence[int], now: datetime
    ) -> None:
        await connection.execute(queries.BEGIN_SETTLING)
        await connection.execute(queries.WAIT_FOR_LOCKS, found)
        # Look again under the locks: whoever held them may have done it all.
        outdated = await connection.fetch(queries.OUTDATED, workspace_id, found, now, MOST_CONTACTS)
        if not outdated:
            return
        wanted = {row["id"]: Cause.BACKFILL if row["outdefined"] else Cause.LIVE for row in outdated}
        rows = await connection.fetch(queries.TAKE, list(wanted))
        marked = {row["contact_id"] for row in rows}
        unmarked = {contact_id: cause for contact_id, cause in wanted.items() if contact_id not in marked}
        await self._settle(connection, workspace_id, rows, unmarked, now)

    async def _settle(
        self,
        connection: Connection,
        workspace_id: int,
        rows: Sequence[Record],
        unmarked: Mapping[int, Cause],
        now: datetime,
    ) -> None:
        """Settle contacts by their stale ``rows``, and others that lack everything, with the cause of that."""
        if not self._settlers or await self._idle(connection, workspace_id):
            return
        version = await connection.fetchval(queries.DEFINITIONS_VERSION, workspace_id)
        taken = _Taken()
        for row in rows:
            taken.add(row, version, now)
        for contact_id, cause in unmarked.items():
            taken.by_cause[cause].add(contact_id, 0, ANYTHING)
            taken.lacking.add(contact_id)
        wakes = await self._run(connection, workspace_id, taken, now)
        if whole := sorted(taken.lacking):
            moments = [wakes.get(contact_id) for contact_id in whole]
            await connection.execute(queries.SETTLED, workspace_id, whole, now, version, moments)
        if in_part := sorted(taken.contacts() - taken.lacking):
            moments = [wakes.get(contact_id) for contact_id in in_part]
            await connection.execute(queries.SETTLED_IN_PART, workspace_id, in_part, now, moments)

    async def _run(
        self, connection: Connection, workspace_id: int, taken: _Taken, now: datetime
    ) -> dict[int, datetime]:
        wakes: dict[int, datetime] = {}
        for cause in _ORDER:
            marks = taken.by_cause.get(cause, _Marks())
            for settler in self._settlers if marks.hops else ():
                facets = {key: ANYTHING if key in taken.lacking else known for key, known in marks.facets.items()}
                asked = (sorted(marks.hops), now, cause, marks.hops, facets)
                for contact_id, at in (await settler.settle(connection, workspace_id, *asked)).items():
                    wakes[contact_id] = min(at, wakes.get(contact_id, at))
        return wakes

    async def _idle(self, connection: Connection, workspace_id: int) -> bool:
        for settler in self._settlers:
            if not await settler.idle(connection, workspace_id):
                return False
        return True
