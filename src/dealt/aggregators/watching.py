"""Whoever counts contacts by what aggregators find is told of every change, in the transaction that brings it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dealt.aggregators import queries
from dealt.kernel.db import Connection
from dealt.people import Derived, Forgetting, Move


async def watch(connection: Connection, workspace_id: int, aggregator_ids: Sequence[int], watcher: int) -> None:
    """From now on every change of what these find is appended to ``figure_changes`` for ``watcher``.

    To be called in the transaction that makes them, so that nothing of them is stored yet.
    """
    await connection.execute(queries.WATCH, workspace_id, list(aggregator_ids), watcher)


@dataclass(frozen=True, slots=True)
class _Values(Derived):
    """What is derived for contacts: nothing of it moves, and whoever counted them is told that they are gone."""

    async def merge(self, move: Move) -> int:
        await move.connection.execute(queries.FORGET_CONTACTS, move.workspace_id, list(move.sources))
        return 0

    async def forget(self, forgetting: Forgetting) -> None:
        gone = await forgetting.connection.fetchval(
            queries.FORGET_CONTACTS, forgetting.workspace_id, list(forgetting.contact_ids)
        )
        forgetting.report.deleted[self.table] += gone


VALUES = _Values("contact_derived")
