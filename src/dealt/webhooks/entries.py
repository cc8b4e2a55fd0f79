"""What a follower's rows speak of: entries of the journal, and records that are entries themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from dealt.kernel.db import Connection, Record
from dealt.webhooks import queries


async def find_entries(connection: Connection, rows: Sequence[Record]) -> dict[int, Record]:
    """The entry of each row, by the row's id. One that is there no more, because a person was erased, is left out."""
    sources: dict[str, list[Record]] = defaultdict(list)
    for row in rows:
        word = row["kind"].partition(".")[0]
        sources[word if word in queries.ENTRIES else ""].append(row)
    found: dict[int, Record] = {}
    for word, own in sources.items():
        entries = await _look(connection, word, own)
        found.update((row["id"], entries[row["journal_id"]]) for row in own if row["journal_id"] in entries)
    return found


async def _look(connection: Connection, word: str, rows: Sequence[Record]) -> dict[int, Record]:
    contact_ids, moments, ids = zip(*((r["contact_id"], r["journal_at"], r["journal_id"]) for r in rows), strict=True)
    entries = {row["id"]: row for row in await connection.fetch(queries.ENTRIES[word], contact_ids, moments, ids)}
    moved = [row for row in rows if row["journal_id"] not in entries]
    if moved:
        moments, ids = zip(*((row["journal_at"], row["journal_id"]) for row in moved), strict=True)
        entries |= {row["id"]: row for row in await connection.fetch(queries.MOVED_ENTRIES[word], moments, ids)}
    return entries
