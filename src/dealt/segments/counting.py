"""How many belong to segments: exactly, or for a list of many segments about how many where there are many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from dealt.kernel.db import Connection
from dealt.kernel.paging import EXACT_COUNT
from dealt.kernel.sql import Sql, join, sql
from dealt.segments import queries
from dealt.segments.model import TABLES, Segment


async def count_members(connection: Connection, workspace_id: int, ids: Sequence[int]) -> dict[int, int]:
    """How many belong to each of these segments; who has none is left out."""
    return {row["segment_id"]: row["members"] for row in await connection.fetch(queries.MEMBERS, workspace_id, ids)}


async def count_roughly(
    connection: Connection, workspace_id: int, segments: Sequence[Segment]
) -> tuple[dict[int, int], frozenset[int]]:
    """How many belong to each, and for which of them that is an estimate: those with more than 10,000."""
    ids = [one.id for one in segments]
    rows = await connection.fetch(queries.MEMBERS_AT_MOST, workspace_id, ids, EXACT_COUNT + 1)
    counts = {row["segment_id"]: row["members"] for row in rows}
    many = [one for one in segments if counts[one.id] > EXACT_COUNT]
    if many:
        estimates = await _estimates(connection, workspace_id, many)
        counts |= {one: max(counts[one], estimate) for one, estimate in estimates.items()}
    return counts, frozenset(one.id for one in many)


async def _estimates(connection: Connection, workspace_id: int, segments: Sequence[Segment]) -> Mapping[int, int]:
    """What the planner expects, for all in one plan; in parallel it would put them in another order."""
    each: Sequence[Sql] = [
        sql(f"SELECT 1 FROM {TABLES[one.subject].members} WHERE workspace_id = {{}} AND segment_id = {{}}",
            workspace_id, one.id)
        for one in segments
    ]  # fmt: skip
    text, values = join(" UNION ALL ", each).render()
    async with connection.transaction():
        await connection.execute(queries.ONE_PROCESS)
        plan = msgspec.json.decode(await connection.fetchval(f"EXPLAIN (FORMAT JSON) {text}", *values))[0]["Plan"]
    plans = plan["Plans"] if len(segments) > 1 else [plan]
    return {one.id: int(found["Plan Rows"]) for one, found in zip(segments, plans, strict=True)}
