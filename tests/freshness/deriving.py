"""A settler for tests: what is derived for a contact is its score, as the settler saw it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dealt.kernel.db import Connection, Pool, transaction
from dealt.kernel.journal import Cause, Lane, mark_stale

ADD_CONTACTS = """
INSERT INTO contacts (id, workspace_id, created_at, updated_at)
SELECT id, $2, $3, $3 FROM unnest($1::bigint[]) AS id"""

STORE = """
INSERT INTO contact_derived AS d (contact_id, workspace_id, aggregates, computed_at, definitions_version)
SELECT contact_id, $1, jsonb_build_object('score', score), $4, 0
FROM unnest($2::bigint[], $3::int[]) AS seen(contact_id, score)
ON CONFLICT (contact_id) DO UPDATE SET aggregates = excluded.aggregates"""


@dataclass
class Settled:
    """One call of the settler."""

    workspace_id: int
    contact_ids: list[int]
    now: datetime
    cause: Cause
    hops: dict[int, int]


@dataclass
class ScoreSettler:
    """Looks, dawdles up to ``dawdle_s`` or waits for ``gate``, and stores what it had seen: then often too late.

    It fails for the contacts in ``broken``, and wants to be woken ``wake_after`` now.
    """

    dawdle_s: float = 0.0
    wake_after: timedelta | None = None
    broken: set[int] = field(default_factory=set)
    gate: asyncio.Event | None = None
    looked: asyncio.Event = field(default_factory=asyncio.Event)
    calls: list[Settled] = field(default_factory=list)

    async def idle(self, connection: Connection, workspace_id: int) -> bool:
        """There is always something to derive."""
        return False

    async def recover(self, connection: Connection, error: Exception) -> bool:
        """Nobody is to blame."""
        return False

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
        """See the class."""
        self.calls.append(Settled(workspace_id, list(contact_ids), now, cause, dict(hops)))
        rows = await connection.fetch("SELECT id, score FROM contacts WHERE id = ANY($1::bigint[])", contact_ids)
        if self.broken.intersection(contact_ids):
            raise ValueError("this contact cannot be settled")
        self.looked.set()
        if self.gate:
            await self.gate.wait()
        if self.dawdle_s:
            await asyncio.sleep(random.uniform(0, self.dawdle_s))
        ids, scores = [row["id"] for row in rows], [row["score"] for row in rows]
        await connection.execute(STORE, workspace_id, ids, scores, now)
        return dict.fromkeys(ids, now + self.wake_after) if self.wake_after else {}


async def add_contacts(pool: Pool, ids: Iterable[int], now: datetime, workspace_id: int = 1) -> None:
    """Contacts with these ids, of a workspace that exists."""
    await pool.execute(
        "INSERT INTO workspaces (id, name, created_at) OVERRIDING SYSTEM VALUE VALUES ($1, 'Shop', $2) "
        "ON CONFLICT DO NOTHING",
        workspace_id,
        now,
    )
    await pool.execute(ADD_CONTACTS, list(ids), workspace_id, now)


async def edit(
    pool: Pool,
    contact_id: int,
    now: datetime,
    *,
    lane: Lane = Lane.INTERACTIVE,
    cause: Cause = Cause.LIVE,
    hop: int = 0,
) -> None:
    """Raise a contact's score by one and mark it stale, in one transaction."""
    async with transaction(pool) as connection:
        await connection.execute("UPDATE contacts SET score = score + 1 WHERE id = $1", contact_id)
        await mark_stale(connection, 1, [contact_id], now, lane=lane, cause=cause, hop=hop)


async def derived(pool: Pool) -> dict[int, int]:
    """The derived score of each contact that has one."""
    rows = await pool.fetch("SELECT contact_id, (aggregates->>'score')::int FROM contact_derived ORDER BY contact_id")
    return dict(rows)


async def scores(pool: Pool) -> dict[int, int]:
    """The score of each contact as it is."""
    return dict(await pool.fetch("SELECT id, score FROM contacts ORDER BY id"))


async def stale(pool: Pool) -> list[int]:
    """The contacts that wait to be settled."""
    return [row[0] for row in await pool.fetch("SELECT contact_id FROM stale ORDER BY contact_id, id")]
