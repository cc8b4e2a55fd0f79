"""What must follow a change: its journal entry, its followers' rows and its stale marks, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import IntEnum
from typing import Any

import msgspec

from dealt.kernel.db import Connection, Record

BUCKETS = 64
ANYTHING = -1
"""The facets of a change of which nobody says what it changed: every bit."""
SETTINGS = 0
"""The contact id under which changes of settings, companies and products stand."""


class Cause(IntEnum):
    """Why a change happened; automations ignore all but LIVE unless asked."""

    LIVE = 0
    SILENT = 1
    BACKFILL = 2
    MERGE = 3


class Lane(IntEnum):
    """Bulk work never delays an interactive edit."""

    INTERACTIVE = 0
    BULK = 1


class Follower(IntEnum):
    """Who is fed by the journal through queue rows."""

    LIVE_PAGES = 1
    WEBHOOKS = 2


EVERYWHERE = (int(Follower.LIVE_PAGES),)
"""Who follows every workspace; the others follow those that ``kernel.following`` knows of."""


class Mark(msgspec.Struct, frozen=True, gc=False):
    """A row of ``stale`` to be: ``facets`` are bits that say what changed of the contact."""

    contact_id: int
    lane: int
    cause: int
    hop: int
    facets: int = ANYTHING


class Entry(msgspec.Struct, gc=False):
    """One change of one object. ``changes`` maps a field to its value before and after."""

    contact_id: int
    kind: str
    object_type: str
    object_id: int
    actor: str
    changes: Mapping[str, tuple[Any, Any]]
    cause: int = 0
    hop: int = 0


# The fragment that every statement which writes a journal shares: a CTE ``entry`` must hold the entries. Webhooks keep
# the order of an object, which may move to another contact; the others that of a contact.
WRITE_ENTRIES = """
journalled AS (
    INSERT INTO journal (contact_id, at, workspace_id, kind, object_type, object_id, actor, cause, hop, changes)
    SELECT contact_id, {now}, {workspace}, kind, object_type, object_id, actor, cause, hop, changes FROM entry
    RETURNING contact_id, at, id, kind, object_id
), followed AS (
    INSERT INTO follows (bucket, workspace_id, follower, contact_id, journal_at, journal_id, kind, object_id)
    SELECT (CASE follower WHEN 2 THEN object_id ELSE contact_id END) % 64,
        {workspace}, follower, contact_id, at, id, kind, object_id
    FROM journalled CROSS JOIN unnest({followers}) AS follower
)"""

# Nobody begins to follow a workspace before those who write its journal have ended, and they see who follows.
HOLD_FOLLOWERS = 0x666F6C77  # "folw"
_KEEP_FOLLOWERS = "SELECT pg_advisory_xact_lock_shared($1, ($2::bigint % 2147483648)::int)"


def followed_by(workspace: str) -> str:
    """SQL of who follows a workspace, for ``WRITE_ENTRIES``, true in a transaction after ``keep_followers``."""
    everywhere = ",".join(map(str, EVERYWHERE))
    return f"""ARRAY(SELECT unnest('{{{everywhere}}}'::smallint[])
    UNION ALL SELECT follower FROM followers WHERE workspace_id = {workspace})"""


_RECORD = f"""
WITH entry AS (
    SELECT * FROM json_to_recordset($1::json) AS e(contact_id bigint, kind text, object_type text,
        object_id bigint, actor text, cause smallint, hop smallint, changes jsonb)
), {WRITE_ENTRIES.format(now="$2::timestamptz", workspace="$3::bigint", followers=followed_by("$3::bigint"))}
SELECT"""

_MARK_STALE = """
INSERT INTO stale (contact_id, workspace_id, lane, cause, hop, marked_at, facets)
SELECT DISTINCT contact_id, $2::bigint, $3::smallint, $4::smallint, $5::smallint, $6::timestamptz, $7::bigint
FROM unnest($1::bigint[]) AS contact_id"""


# The fragment that every statement which marks a set shares.
MARK = """INSERT INTO stale (contact_id, workspace_id, lane, cause, hop, marked_at, facets)
    SELECT m.contact_id, {workspace}, m.lane, m.cause, m.hop, {now}, m.facets
    FROM json_populate_recordset(NULL::stale, {marks}::json) AS m"""

_NEWEST = "SELECT last_value FROM follows_id_seq"

# Rows that nobody has committed and that are seen all the same are of this very transaction. A row knows only the
# lower half of its transaction's number.
_WRITTEN_NOW = """
SELECT j.kind, j.object_type, j.object_id, j.contact_id, j.actor, j.cause, j.changes
FROM follows AS f JOIN journal AS j ON j.contact_id = f.contact_id AND j.at = f.journal_at AND j.id = f.journal_id
WHERE f.follower = $1 AND f.bucket = ANY($2::smallint[]) AND f.id > $3
    AND pg_xact_status(((pg_current_xact_id()::text::bigint >> 32 << 32) + f.xmin::text::bigint)::text::xid8)
        = 'in progress'
ORDER BY f.id LIMIT $4"""


async def newest(connection: Connection) -> int:
    """A place in the queue of followers: what is written from now on stands behind it."""
    return int(await connection.fetchval(_NEWEST))


async def written_since(connection: Connection, place: int, most: int) -> list[Record]:
    """The first ``most`` entries that the present transaction has written since ``newest`` gave ``place``, in order.

    ``changes`` is JSON text.
    """
    buckets = list(range(BUCKETS))
    return list(await connection.fetch(_WRITTEN_NOW, int(Follower.LIVE_PAGES), buckets, place, most))


def encode(value: Any) -> str:
    """JSON text as PostgreSQL takes it for a ``json`` or ``jsonb`` parameter."""
    return msgspec.json.encode(value).decode()


async def keep_followers(connection: Connection, workspace_id: int) -> None:
    """Let nobody begin to follow a workspace until the transaction ends; needed before its journal is written.

    A statement of its own: the snapshot of the next one is newer than the lock.
    """
    await connection.execute(_KEEP_FOLLOWERS, HOLD_FOLLOWERS, workspace_id)


async def record(connection: Connection, workspace_id: int, entries: Iterable[Entry], now: datetime) -> None:
    """Append ``entries`` to the journal and queue them for every follower, in the caller's transaction."""
    rows = list(entries)
    if rows:
        await keep_followers(connection, workspace_id)
        await connection.execute(_RECORD, encode(rows), now, workspace_id)


async def mark_stale(
    connection: Connection,
    workspace_id: int,
    contact_ids: Iterable[int],
    now: datetime,
    *,
    lane: Lane = Lane.INTERACTIVE,
    cause: Cause = Cause.LIVE,
    hop: int = 0,
    facets: int = ANYTHING,
    reads: int = ANYTHING,
) -> None:
    """Say that what is derived for these contacts from ``facets`` of them must be computed anew.

    ``reads`` are those of the definitions, where the transaction trusts these: what meets none marks nobody.
    """
    ids = list(contact_ids)
    if ids and facets & reads:
        await connection.execute(_MARK_STALE, ids, workspace_id, int(lane), int(cause), hop, now, facets)


def marks_for(wanted: Iterable[Mark], reads: int) -> list[Mark]:
    """One mark for each contact, lane, cause and hop, those left out that meet none of ``reads``."""
    joined: dict[tuple[int, int, int, int], int] = {}
    for mark in wanted:
        key = (mark.contact_id, mark.lane, mark.cause, mark.hop)
        joined[key] = joined.get(key, 0) | mark.facets
    return [Mark(*key, facets) for key, facets in joined.items() if facets & reads]


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields in which two images of an object differ, each with its value before and after (None = absent)."""
    if not before:
        return {name: (None, value) for name, value in after.items()}
    return {
        name: (before.get(name), after.get(name))
        for name in {**before, **after}
        if not same_json(before.get(name), after.get(name))
    }


def same_json(before: Any, after: Any) -> bool:
    """Whether two values are equal as JSON, where true is not 1."""
    if before != after:
        return False
    if isinstance(before, dict):
        return all(same_json(value, after[name]) for name, value in before.items())
    if isinstance(before, list):
        return all(map(same_json, before, after))
    return isinstance(before, bool) == isinstance(after, bool)
