"""Aggregators of companies against a computation from nothing, and which contacts are noted as counting for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from dealt.aggregators import queries_of_companies as queries
from dealt.aggregators.following import needed_version
from dealt.aggregators.model import KIND, unconverted_key
from dealt.aggregators.settling_companies import LOCK, steps_of, version_now
from dealt.freshness import BEGIN_SETTLING, Derived, Drift, Failed, Plan, Unit, Work, is_spreading, run_steps
from dealt.kernel.clock import iso
from dealt.kernel.db import Connection, Record, attempting
from dealt.kernel.journal import Cause

WAKE, NOTED = "wake_at", "contact_companies"
BATCH = 100


@dataclass(frozen=True, slots=True)
class CompaniesFound:
    """What was found among the companies behind a place; ``upto`` is the last of them, None where none are left."""

    upto: int | None
    looked: int = 0
    waiting: int = 0
    drift: list[Drift] = field(default_factory=list)


async def check_companies(
    connection: Connection, derived: Derived, workspace_id: int, last: int, now: datetime, *, mend: bool
) -> CompaniesFound:
    """Compute everything for up to 100 companies behind ``last``, and say what differed; kept where it is to mend.

    Companies that are marked, to be woken or of older definitions are left out, and so are those one of whose contacts
    is: that is asked last, so that no change is seen without its mark.
    """
    rows = await connection.fetch(queries.NEXT, workspace_id, last, BATCH)
    ids = [row["id"] for row in rows]
    plan = await derived.plan(connection, workspace_id)
    needed = needed_version(plan.definitions, plan.whole_version)
    if not ids or not needed:
        return CompaniesFound(None)
    upto = ids[-1] if len(ids) == BATCH else None
    await connection.execute(BEGIN_SETTLING)
    await connection.execute(queries.WAIT_FOR_LOCKS, ids, LOCK)
    drift: list[Drift] = []
    try:
        async with attempting(connection, keep=mend):
            drift = await _differences(connection, plan, ids, now)
    except Failed:
        return CompaniesFound(upto, len(ids), len(ids))
    waiting = {row["id"] for row in await connection.fetch(queries.WAITING, workspace_id, ids, now, needed)}
    if not await version_now(connection, plan) or await is_spreading(connection, workspace_id):
        waiting = set(ids)
    return CompaniesFound(upto, len(ids), len(waiting), [one for one in drift if one.unit.object_id not in waiting])


async def _differences(connection: Connection, plan: Plan, ids: list[int], now: datetime) -> list[Drift]:
    workspace_id, steps = plan.vocabulary.workspace_id, steps_of(plan)
    before = {row["company_id"]: row for row in await connection.fetch(queries.VALUES, workspace_id, ids)}
    named = {
        key: one.reference
        for step in steps
        for one in step.definitions
        for key in (one.content.aggregator.target, unconverted_key(one.content.aggregator.target))
    }
    await connection.execute(queries.FORGET_GONE, workspace_id, ids)
    await connection.execute(queries.TIDY, workspace_id, ids, list(named))
    wakes = await run_steps(connection, plan, steps, Work(workspace_id, ids, now, Cause.BACKFILL, {}))
    after = {row["company_id"]: row for row in await connection.fetch(queries.VALUES, workspace_id, ids)}
    moments = [wakes.get(company_id) for company_id in ids]
    await connection.execute(queries.SETTLED, workspace_id, ids, now, 0, moments)
    drift: list[Drift] = []
    for company_id in ids:
        drift += _values(company_id, before.get(company_id), after.get(company_id), named)
        stored = before[company_id]["wake_at"] if company_id in before else None
        due = wakes.get(company_id)
        if due is not None and (stored is None or stored > due):
            drift.append(Drift(Unit(0, "company", company_id, WAKE, WAKE), stored and iso(stored), iso(due)))
    for row in await connection.fetch(queries.CHECK_NOTED, workspace_id, ids):
        unit = Unit(0, "company", row["company_id"], NOTED, f"{NOTED}:{row['contact_id']}")
        drift.append(Drift(unit, row["noted"] or None, None if row["noted"] else True))
    return drift


def _values(company_id: int, before: Record | None, after: Record | None, named: Mapping[str, str]) -> list[Drift]:
    stored, computed = _read(before), _read(after)
    return [
        Drift(
            Unit(0, "company", company_id, named.get(name, f"{KIND}:0"), name), stored.get(name), computed.get(name)
        )
        for name in sorted({*stored, *computed})
        if stored.get(name) != computed.get(name)
    ]  # fmt: skip


def _read(row: Record | None) -> dict[str, Any]:
    return msgspec.json.decode(row["aggregates"]) if row else {}
