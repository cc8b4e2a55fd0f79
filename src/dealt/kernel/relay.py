"""The follower LIVE_PAGES: takes its rows of the journal's queue and broadcasts them to all web processes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from dealt.kernel.db import Pool, Record, transaction
from dealt.kernel.doorbell import Channel
from dealt.kernel.following import BY_INDEX, due, take
from dealt.kernel.journal import Follower
from dealt.kernel.rounds import IDLE_S

LARGEST_PAYLOAD = 7900
"""In bytes; NOTIFY takes less than 8,000."""
MOST_ENTRIES = 500
"""What one workspace gets entry by entry in a round; pages that look at more than that look anew."""
_ROWS_A_BUCKET = 100
_LEAST_S_BETWEEN = 0.1
# With the deletion in one transaction: both happen or neither. It need not reach the disk before it counts, for
# what a crash brings back is only broadcast again.
_NOTIFY = "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, p) FROM unnest($2::text[]) AS p"

DUE = due(Follower.LIVE_PAGES)


class Relay:
    """Broadcasts what changed; several may run at once."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def round(self) -> float:
        """Take and broadcast one batch; a short rest after it lets the next be larger."""
        async with transaction(self._pool, BY_INDEX) as connection:
            rows = await take(connection, Follower.LIVE_PAGES, _ROWS_A_BUCKET)
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
