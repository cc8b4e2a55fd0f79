"""What a worker does: fit the models of a workspace, and store what they say of each contact."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dealt.kernel.clock import parse_datetime
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.kernel.errors import InvalidInput
from dealt.kernel.journal import encode
from dealt.lifetime import queries
from dealt.lifetime.assessing import assess
from dealt.lifetime.histories import read_histories
from dealt.lifetime.keeping import begin_night, model_of
from dealt.lifetime.model import Findings, History, Prediction

_BATCH = 5000


async def nightly_lifetime(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Ask for the refresh that is due this night, and plan the next one."""
    due = parse_datetime(payload["due"], ZoneInfo("UTC"))

    async def work(connection: Connection) -> None:
        await begin_night(connection, workspace_id, due, now=now)

    await in_transaction(pool, work)


async def refresh_lifetime(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Fit the models as of ``now``. What they lack is their finding; nothing else is swallowed."""
    refresh_id = payload["refresh"]
    row = await pool.fetchrow(queries.BEGIN, workspace_id, refresh_id, now)
    if row is None:
        return
    ids, histories, state = list[int](), list[History](), "done"
    try:
        async with pool.acquire() as connection, connection.transaction():
            ids, histories, unconverted = await read_histories(connection, workspace_id, model_of(row).filter, now)
        findings, predictions = await asyncio.to_thread(assess, ids, histories)
        findings.unconverted = unconverted
    except InvalidInput as error:
        findings, predictions, state = Findings(note=error.detail), [], "failed"

    async def store(connection: Connection) -> None:
        ended = await connection.fetchval(queries.END, workspace_id, refresh_id, state, now, encode(findings))
        if not ended:
            return
        for first in range(0, len(predictions), _BATCH):
            piece = slice(first, first + _BATCH)
            columns = _columns(ids[piece], histories[piece], predictions[piece])
            await connection.execute(queries.STORE, workspace_id, refresh_id, now, *columns)
        await connection.execute(queries.SWEEP, workspace_id, refresh_id)

    await in_transaction(pool, store)


def _columns(
    ids: Sequence[int], histories: Sequence[History], predictions: Sequence[Prediction]
) -> tuple[Sequence[Any], ...]:
    return (
        ids, [one.repeats for one in histories], [one.recency for one in histories], [one.age for one in histories],
        [one.mean_value for one in histories], [one.alive for one in predictions],
        [one.purchases for one in predictions], [one.order_value for one in predictions],
    )  # fmt: skip
