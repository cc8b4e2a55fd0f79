"""The follower LIVE_PAGES: takes its rows of the journal's queue and broadcasts them to all web processes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from dealt.kernel.db import Connection, Pool, Record, transaction
from dealt.kernel.doorbell import Channel
from dealt.kernel.journal import BUCKETS, Follower
from dealt.kernel.rounds import IDLE_S

LARGEST_PAYLOAD = 7900
"""In bytes; NOTIFY takes less than 8,000."""
MOST_ENTRIES = 500
"""What one workspace gets entry by entry in a round; pages that look at more than that look anew."""
_ROWS_A_BUCKET = 100
_LEAST_S_BETWEEN = 0.1
# The first key of our locks; the second is the bucket. Two keys are a space of their own beside contact ids.
_LOCK_SPACE = 0x6C697665  # "live"

# A plan made while the queue was empty would read the whole table for each bucket, and be kept when it is long.
_BY_INDEX = "SET LOCAL enable_seqscan = off"

# A bucket is one relay's at a time, so that no contact's entries overtake each other. CASE keeps us from locking
# buckets that have nothing.
_LOCK_BUCKETS = """
SELECT bucket FROM generate_series(0, $3::int - 1) AS bucket
WHERE CASE WHEN EXISTS (SELECT FROM follows AS f WHERE f.follower = $1::smallint AND f.bucket = bucket.bucket::smallint)
    THEN pg_try_advisory_xact_lock($2::int, bucket) ELSE false END"""

# By place: a join would read the whole table when it is long. Nobody else moves rows of a bucket that we hold.
_TAKE = """
DELETE FROM follows WHERE ctid = ANY(ARRAY(
    SELECT f.place FROM unnest($2::smallint[]) AS locked(bucket) CROSS JOIN LATERAL (
        SELECT ctid AS place FROM follows WHERE follower = $1 AND bucket = locked.bucket ORDER BY id LIMIT $3) AS f))
RETURNING id, workspace_id, kind, contact_id, object_id, journal_id"""

# With the deletion in one transaction: both happen or neither. It need not reach the disk before it counts, for
# what a crash brings back is only broadcast again.
_NOTIFY = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, p) FROM unnest($2::text[]) AS p"

DUE = f"EXISTS (SELECT FROM follows WHERE follower = {int(Follower.LIVE_PAGES)})"


class Relay:
    """Broadcasts what changed; several may run at once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def round(self) -> float:
        """Take and broadcast one batch; a short rest after it lets the next be larger."""
        async with transaction(self._pool, _BY_INDEX) as connection:
            rows = await _take(connection)
            if rows:
                await connection.execute(_NOTIFY, Channel.LIVE, list(payloads(rows)))
        if not rows:
            return IDLE_S
        await asyncio.sleep(_LEAST_S_BETWEEN)
        return 0.0


def payloads(rows: Iterable[Record]) -> Iterator[str]:
    """The messages for these rows: JSON of at most LARGEST_PAYLOAD bytes, each for one workspace, in order of id.

    ``{"w": workspace, "e": [[kind, contact, object, journal id], ...]}``; or ``{"w": workspace, "gap": true}``
    where there is more than pages should follow entry by entry.
    """
    ordered = sorted(rows, key=lambda row: (row["workspace_id"], row["id"]))
    for workspace_id, own in groupby(ordered, key=lambda row: int(row["workspace_id"])):
        entries = [
            msgspec.json.encode((row["kind"], row["contact_id"], row["object_id"], row["journal_id"])) for row in own
        ]
        head = b'{"w":%d,' % workspace_id
        room = LARGEST_PAYLOAD - len(head) - len(b'"e":[]}')
        if len(entries) > MOST_ENTRIES or any(len(entry) > room for entry in entries):
            yield (head + b'"gap":true}').decode()
            continue
        for part in _split(entries, room):
            yield (head + b'"e":[' + b",".join(part) + b"]}").decode()


async def _take(connection: Connection) -> list[Record]:
    follower = int(Follower.LIVE_PAGES)
    locked = await connection.fetch(_LOCK_BUCKETS, follower, _LOCK_SPACE, BUCKETS)
    if not locked:
        return []
    # A second statement: its snapshot is newer than the locks, so rows that another relay took are gone.
    return list(await connection.fetch(_TAKE, follower, [row["bucket"] for row in locked], _ROWS_A_BUCKET))


def _split(entries: list[bytes], room: int) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = 0
    for entry in entries:
        if part and size + len(entry) > room:
            yield part
            part, size = [], 0
        part.append(entry)
        size += len(entry) + 1
    yield part
