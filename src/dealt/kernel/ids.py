"""Ids given out in advance: a process takes a block from a sequence and spends it without asking again."""

from __future__ import annotations

from dealt.kernel.db import Connection


class IdPool:
    """Ids of one sequence for one process. Unspent ids are lost when the process ends; gaps are harmless."""

    def __init__(self, sequence: str, block: int = 500) -> None:
        self._sequence = sequence
        self._block = block
        self._ids: list[int] = []

    async def take(self, connection: Connection, count: int) -> list[int]:
        """``count`` fresh ids, ascending within a block."""
        while len(self._ids) < count:
            rows = await connection.fetch(
                "SELECT nextval($1::regclass) AS id FROM generate_series(1, $2)",
                self._sequence,
                max(self._block, count),
            )
            self._ids.extend(row["id"] for row in rows)
        taken, self._ids = self._ids[:count], self._ids[count:]
        return taken


async def next_settings_id(connection: Connection, workspace_id: int, kind: str) -> int:
    """The next id of a kind of settings row (stage, pipeline, tag ...); they count from 1 in each workspace."""
    return int(
        await connection.fetchval(
            "INSERT INTO counters (workspace_id, kind, last) VALUES ($1, $2, 1) "
            "ON CONFLICT (workspace_id, kind) DO UPDATE SET last = counters.last + 1 RETURNING last",
            workspace_id,
            kind,
        )
    )
