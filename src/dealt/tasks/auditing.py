"""The directories of tasks against the tasks: each is found by its number, and by what the client calls it."""

from __future__ import annotations

from collections.abc import Sequence

from dealt.freshness import Drift, Found, Unit
from dealt.kernel.db import Connection
from dealt.tasks import queries


async def check_tasks(connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Found:
    """List the tasks of these contacts where they are not listed, and say of which that was so.

    A custom id that is listed for another task is told and stays.
    """
    drift = [
        Drift(Unit(row["contact_id"], "task", row["id"], directory, directory), row["listed"], row["wanted"])
        for directory, statement in (("task_ids", queries.CHECK_IDS), ("task_custom_ids", queries.CHECK_CUSTOM_IDS))
        for row in await connection.fetch(statement, workspace_id, contact_ids)
    ]
    return Found(drift)
