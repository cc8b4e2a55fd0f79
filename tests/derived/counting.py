"""The matrix of the RFM of a shop at random, told plainly from what its aggregators found."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from dealt.rfm import Matrix, Rfm, read_matrix, read_rfm
from tests.derived.scoring import KEY

_FIGURES = """
SELECT d.aggregates FROM contact_derived AS d JOIN contacts AS c ON c.id = d.contact_id
WHERE d.workspace_id = $1 AND NOT c.placeholder"""

Cells = dict[tuple[int, int, int], tuple[int, Decimal]]


async def matrices(pool: asyncpg.Pool, workspace_id: int, rfm_id: int) -> tuple[Cells, Cells] | None:
    """The matrix as it is read and as it must be; None while everybody is counted by other edges."""
    async with pool.acquire() as connection:
        rfm = await read_rfm(connection, workspace_id, rfm_id)
        found: Matrix = await read_matrix(connection, workspace_id, rfm)
        rows = await connection.fetch(_FIGURES, workspace_id)
    if not found.is_current:
        return None
    wanted = _told(rfm, [json.loads(row["aggregates"], parse_float=Decimal) for row in rows])
    return {(c.recency, c.frequency, c.monetary): (c.users, c.value) for c in found.cells}, wanted


def _told(rfm: Rfm, people: list[dict[str, Any]]) -> Cells:
    users, worth = Counter[tuple[int, int, int]](), defaultdict[tuple[int, int, int], Decimal](Decimal)
    edges = rfm.edges
    for one in people if edges else ():
        assert edges
        orders, last, value = (one.get(f"{KEY}_{name}") for name in ("orders", "last_order", "value"))
        if not orders or last is None:
            continue
        day = datetime.fromisoformat(last.replace("Z", "+00:00")).astimezone(ZoneInfo(rfm.zone.key)).date()
        of: Any = ((edges.recency, day), (edges.frequency, orders), (edges.monetary, value or 0))
        scores: Any = tuple(1 + sum(edge is not None and read >= edge for edge in each) for each, read in of)
        users[scores] += 1
        worth[scores] += Decimal(value or 0)
    return {scores: (number, worth[scores]) for scores, number in users.items()}
