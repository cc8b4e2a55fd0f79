"""What is derived for contacts against a computation from nothing: where they differ, somebody forgot something."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dealt.freshness import queries
from dealt.freshness.backfill import read_progress
from dealt.freshness.derived import Derived, Plan, run_steps
from dealt.freshness.derivers import Stored, Unit, Work
from dealt.freshness.fanning import FAN_OUT
from dealt.kernel.clock import iso
from dealt.kernel.db import Connection, Record
from dealt.kernel.journal import Cause

WAKE, VERSION, READS = "wake_at", "definitions_version", "reads"


@dataclass(frozen=True, slots=True)
class Drift:
    """A unit that is stored otherwise than a computation from nothing has it; None where there is nothing."""

    unit: Unit
    stored: Any
    recomputed: Any


@dataclass(frozen=True, slots=True)
class Found:
    """What an auditor found for some contacts. ``waiting`` are stale and say so: what they have may be old."""

    drift: list[Drift] = field(default_factory=list)
    waiting: Collection[int] = frozenset()


async def check_derived(
    connection: Connection, derived: Derived, workspace_id: int, contact_ids: Sequence[int], now: datetime
) -> Found:
    """Compute everything for these contacts (ascending, at most 500), store it, and say what differed before.

    The caller's transaction holds their locks, and may be undone. Whoever is stale, is to be woken, or lacks what a
    walk has yet to bring is left out; that is asked last, so that no change is seen without its stale mark.
    """
    plan = await derived.plan(connection, workspace_id)
    before = await derived.stored(connection, workspace_id, contact_ids)
    standing = {row["contact_id"]: row for row in await connection.fetch(queries.STANDING, contact_ids)}
    wakes: Mapping[int, datetime] = {}
    if plan.definitions:
        work = Work(workspace_id, contact_ids, now, Cause.BACKFILL, {})
        wakes = await run_steps(connection, plan, plan.steps(), work)
    known = {one.reference for one in plan.definitions}
    after = {
        unit: value
        for unit, value in (await derived.stored(connection, workspace_id, contact_ids)).items()
        if unit.definition in known and not unit.orphaned
    }
    drift = _differences(before, after)
    if plan.definitions:
        drift += _standings(plan, contact_ids, standing, wakes)
    spreading = await is_spreading(connection, workspace_id)
    waiting = await _waiting(connection, workspace_id, plan, contact_ids, now)
    if spreading:
        waiting |= {one.unit.contact_id for one in drift}
    return Found([one for one in drift if one.unit.contact_id not in waiting], waiting)


async def is_spreading(connection: Connection, workspace_id: int) -> bool:
    """Whether a change of a company or a product may be seen before the job has marked whoever looks at it."""
    found: bool = await connection.fetchval(queries.SPREADING, workspace_id, FAN_OUT)
    return found


async def check_reads(connection: Connection, derived: Derived, workspace_id: int, *, mend: bool) -> list[Drift]:
    """Whether every change that a definition looks at marks its contact; what nothing looks at may do so, too."""
    plan = await derived.plan(connection, workspace_id)
    row = await connection.fetchrow(queries.READS, workspace_id)
    if row is None or row["definitions_version"] != plan.version or not plan.reads & ~row["reads"]:
        return []
    if mend:
        await connection.execute(queries.READ_ANYTHING, workspace_id)
    unit = Unit(0, "workspace", workspace_id, READS, READS)
    return [Drift(unit, row["reads"], row["reads"] | plan.reads)]


async def mend_derived(
    connection: Connection, derived: Derived, workspace_id: int, drift: Sequence[Drift], now: datetime
) -> None:
    """Settle the contacts of ``drift`` for good and remove what belongs to nothing. Their locks are held."""
    contact_ids = sorted({one.unit.contact_id for one in drift})
    if not contact_ids:
        return
    plan = await derived.plan(connection, workspace_id)
    await derived.drop(connection, workspace_id, [one.unit for one in drift if one.recomputed is None])
    work = Work(workspace_id, contact_ids, now, Cause.BACKFILL, {})
    wakes = await run_steps(connection, plan, plan.steps(), work)
    moments = [wakes.get(contact_id) for contact_id in contact_ids]
    await connection.execute(queries.SETTLED, workspace_id, contact_ids, now, plan.version, moments)


def _differences(before: Stored, after: Stored) -> list[Drift]:
    units = sorted(before.keys() | after.keys())
    return [
        Drift(unit, before.get(unit), after.get(unit)) for unit in units if before.get(unit) != after.get(unit)
    ]  # fmt: skip


def _standings(
    plan: Plan, contact_ids: Sequence[int], standing: Mapping[int, Record], wakes: Mapping[int, datetime]
) -> list[Drift]:
    """Contacts that no walk has reached, and those that would sleep too long; to be woken early does no harm."""
    found: list[Drift] = []
    for contact_id in contact_ids:
        row = standing.get(contact_id)
        version, stored = (row["definitions_version"], row["wake_at"]) if row else (0, None)
        if version < plan.version:
            found.append(Drift(_of_contact(contact_id, VERSION), version, plan.version))
        due = wakes.get(contact_id)
        if due is not None and (stored is None or stored > due):
            found.append(Drift(_of_contact(contact_id, WAKE), stored and iso(stored), iso(due)))
    return found


def _of_contact(contact_id: int, what: str) -> Unit:
    return Unit(contact_id, "contact", contact_id, what, what)


async def _waiting(
    connection: Connection, workspace_id: int, plan: Plan, contact_ids: Sequence[int], now: datetime
) -> set[int]:
    if not await connection.fetchval(queries.STILL_AT, workspace_id, plan.version, plan.whole_version):
        return set(contact_ids)
    progress = await read_progress(connection, workspace_id)
    walked = progress is not None and progress.covers(plan.version)
    rows = await connection.fetch(queries.WAITING, workspace_id, contact_ids, now, 0 if walked else plan.version)
    return {row["id"] for row in rows}
