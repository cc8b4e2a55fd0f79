"""The journal's queue of a follower: whom it follows, and taking what came, in order."""

from __future__ import annotations

from dealt.kernel.db import Connection, Record
from dealt.kernel.journal import BUCKETS, EVERYWHERE, HOLD_FOLLOWERS, Follower

# The first key of our locks is this and the follower's number, the second one the bucket.
_LOCK_SPACE = 0x666F6C00  # "fol"

# A plan made while the queue was empty would read the whole table for each bucket, and be kept when it is long.
BY_INDEX = "SET LOCAL enable_seqscan = off"
"""How a transaction opens that takes from a queue."""

_FOLLOWERS_OF = "SELECT follower FROM followers WHERE workspace_id = $1 ORDER BY follower"
_AWAIT_WRITERS = "SELECT pg_advisory_xact_lock($1, ($2::bigint % 2147483648)::int)"
_FOLLOW = "INSERT INTO followers (workspace_id, follower) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_UNFOLLOW = "DELETE FROM followers WHERE workspace_id = $1 AND follower = $2"

# A bucket is one process's at a time, so that no entries overtake each other. CASE keeps us from locking buckets
# that have nothing.
_LOCK_BUCKETS = """
SELECT bucket FROM generate_series(0, $3::int - 1) AS bucket
WHERE CASE WHEN EXISTS (SELECT FROM follows AS f WHERE f.follower = $1::smallint AND f.bucket = bucket.bucket::smallint)
    THEN pg_try_advisory_xact_lock($2::int, bucket) ELSE false END"""

# By place: a join would read the whole table when it is long. Nobody else moves rows of a bucket that we hold.
_TAKE = """
DELETE FROM follows WHERE ctid = ANY(ARRAY(
    SELECT f.place FROM unnest($2::smallint[]) AS locked(bucket) CROSS JOIN LATERAL (
        SELECT ctid AS place FROM follows WHERE follower = $1 AND bucket = locked.bucket ORDER BY id LIMIT $3) AS f))
RETURNING id, workspace_id, kind, contact_id, object_id, journal_at, journal_id"""


def due(follower: Follower) -> str:
    """SQL that holds while something waits for the follower."""
    return f"EXISTS (SELECT FROM follows WHERE follower = {int(follower)})"


async def followers_of(connection: Connection, workspace_id: int) -> list[int]:
    """Who follows a workspace now: ``followers`` of WRITE_ENTRIES, true as long as the definitions are trusted."""
    return [*EVERYWHERE, *(row["follower"] for row in await connection.fetch(_FOLLOWERS_OF, workspace_id))]


async def follow(connection: Connection, workspace_id: int, follower: Follower) -> None:
    """Queue every entry of a workspace for the follower from this transaction's end on.

    Waits for the transactions that are writing to the journal. Those that write by a snapshot of the definitions
    must have been waited for before, and the version of the settings raised.
    """
    await connection.execute(_AWAIT_WRITERS, HOLD_FOLLOWERS, workspace_id)
    await connection.execute(_FOLLOW, workspace_id, int(follower))


async def unfollow(connection: Connection, workspace_id: int, follower: Follower) -> None:
    """Queue nothing more; what is queued already stays."""
    await connection.execute(_UNFOLLOW, workspace_id, int(follower))


async def take(connection: Connection, follower: Follower, rows_a_bucket: int) -> list[Record]:
    """Take rows of the queue that nobody else is taking; they are ours if the transaction commits.

    Those of one bucket come before whatever is behind them in the queue; sort them by id.
    """
    locked = await connection.fetch(_LOCK_BUCKETS, int(follower), _LOCK_SPACE + int(follower), BUCKETS)
    if not locked:
        return []
    # A second statement: its snapshot is newer than the locks, so rows that another process took are gone.
    buckets = [row["bucket"] for row in locked]
    return list(await connection.fetch(_TAKE, int(follower), buckets, rows_a_bucket))
