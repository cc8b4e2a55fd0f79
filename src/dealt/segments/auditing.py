"""Segments of companies and products against a computation from nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dealt.freshness import Definition, Derived, Drift, Unit, strata
from dealt.kernel.db import Connection
from dealt.segments import queries
from dealt.segments.compiling import compile_range
from dealt.segments.model import DYNAMIC, KIND, TABLES
from dealt.segments.settling_objects import BATCH, LAST, ROUND

LOOKED_AT = timedelta(seconds=10)
"""What rounds have looked at since then may differ: the next round brings it up."""


@dataclass(frozen=True, slots=True)
class Objects:
    """What was found among the objects behind a place; ``upto`` is the last of them, None where none are left."""

    upto: int | None
    looked: int = 0
    drift: list[Drift] = field(default_factory=list)


async def check_objects(
    connection: Connection, derived: Derived, workspace_id: int, subject: str, last: int, now: datetime
) -> Objects:
    """Compute the segments of up to 1,000 companies or products behind ``last``, store them, say what differed.

    The caller's transaction may be undone. Segments that rounds have looked at within the last ten seconds, and those
    that no round has looked at since they were changed, are left out.
    """
    plan = await derived.plan(connection, workspace_id)
    ours = [one for one in plan.definitions if _is_audited(one, subject)]
    if not ours or not await connection.fetchval(queries.HOLD_OBJECTS, ROUND, workspace_id):
        return Objects(None)
    settled = await connection.fetch(queries.LOOKED_AT, workspace_id, [one.id for one in ours], now - LOOKED_AT)
    told = {row["id"]: row["name"] for row in settled}
    statement = queries.LAST_OF_BATCH.format(table=TABLES[subject].table)
    found = await connection.fetchrow(statement, workspace_id, last, BATCH)
    upto: int = found["last"] if found["number"] == BATCH else LAST
    drift: list[Drift] = []
    references = {one.reference for one in ours}
    for level in strata(plan.definitions):
        if some := [one for one in level if one.reference in references]:
            compiled = compile_range(plan.vocabulary, subject, some)
            for row in await connection.fetch(compiled.text, *compiled.bound(after=last, upto=upto, now=now)):
                if row["segment_id"] in told:
                    name = told[row["segment_id"]]
                    unit = Unit(0, subject, row["object_id"], f"{KIND}:{row['segment_id']}", name)
                    drift.append(_drift(unit, entered=row["entered"]))
    return Objects(None if upto == LAST else upto, found["number"], drift)


def _is_audited(one: Definition, subject: str) -> bool:
    if one.kind != KIND:
        return False
    segment = one.content.segment
    return bool(segment.subject == subject and segment.kind == DYNAMIC)


def _drift(unit: Unit, *, entered: bool) -> Drift:
    return Drift(unit, None, True) if entered else Drift(unit, True, None)
