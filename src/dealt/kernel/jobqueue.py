"""The tables behind the jobs: claiming, letting go, and giving up. A worker process is the only caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from dealt.kernel.db import Connection, Pool, Record, affected
from dealt.kernel.watch import has_come

# ARRAY(...) is computed once; a sub-select with SKIP LOCKED may be run again for every row of a join.
_MOVE_DUE = """
WITH due AS (
    DELETE FROM delayed_jobs WHERE id = ANY(ARRAY(
        SELECT id FROM delayed_jobs WHERE run_at <= $1 ORDER BY run_at LIMIT $2 FOR UPDATE SKIP LOCKED))
    RETURNING workspace_id, run_at, kind, payload, attempts, created_at
)
INSERT INTO jobs (workspace_id, kind, payload, attempts, created_at)
SELECT workspace_id, kind, payload, attempts, created_at FROM due ORDER BY run_at"""

_CLAIM = """
UPDATE jobs SET leased_until = $2, attempts = attempts + 1 WHERE id = ANY(ARRAY(
    SELECT id FROM jobs WHERE {free} AND kind = ANY($1::text[])
    ORDER BY leased_until NULLS FIRST, id LIMIT $3 FOR UPDATE SKIP LOCKED))
RETURNING id, workspace_id, kind, payload, attempts"""

_CLAIM_FRESH = _CLAIM.format(free="leased_until IS NULL")
_CLAIM_ABANDONED = _CLAIM.format(free="leased_until <= $4::timestamptz")

# A job is ours as long as its number of attempts is the one we claimed it with.
_OURS = "unnest($1::bigint[], $2::smallint[]) AS h(id, attempts) WHERE j.id = h.id AND j.attempts = h.attempts"

_FINISH = f"DELETE FROM jobs AS j USING {_OURS}"
_RENEW = f"UPDATE jobs AS j SET leased_until = $3 FROM {_OURS}"
_GIVE_BACK = f"UPDATE jobs AS j SET leased_until = NULL, attempts = j.attempts - 1 FROM {_OURS}"

_DELAY = """
WITH failed AS (DELETE FROM jobs WHERE id = $1 AND attempts = $2 RETURNING *)
INSERT INTO delayed_jobs (workspace_id, run_at, kind, payload, attempts, created_at)
SELECT workspace_id, $3, kind, payload, attempts, created_at FROM failed"""

_BURY = """
WITH failed AS (DELETE FROM jobs WHERE id = $1 AND attempts = $2 RETURNING *)
INSERT INTO dead_jobs (workspace_id, id, kind, payload, attempts, error, created_at, died_at)
SELECT workspace_id, id, kind, payload, attempts, $4, created_at, $3 FROM failed"""

_DEAD = """
SELECT id, payload, error FROM dead_jobs WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3"""
_CLEAN_DEAD = """
UPDATE dead_jobs AS d SET payload = c.payload, error = c.error
FROM jsonb_to_recordset($2::jsonb) AS c(id bigint, payload jsonb, error text)
WHERE d.workspace_id = $1 AND d.id = c.id"""
_DEAD_A_PAGE = 1_000

DUE = " OR ".join(
    ("EXISTS (SELECT FROM jobs WHERE leased_until IS NULL)", has_come("jobs", "leased_until"),
     has_come("delayed_jobs", "run_at"))
)  # fmt: skip


_GIVEN_UP = """
SELECT id, kind, attempts, died_at, error FROM dead_jobs WHERE workspace_id = $1 ORDER BY died_at DESC, id LIMIT 200"""
_GIVE_AGAIN = """
WITH again AS (
    DELETE FROM dead_jobs WHERE workspace_id = $1 AND ($2::bigint IS NULL OR id = $2) RETURNING kind, payload, id
)
INSERT INTO jobs (workspace_id, kind, payload, created_at)
SELECT $1, kind, payload, $3 FROM again ORDER BY id RETURNING id"""


class Job(msgspec.Struct, frozen=True):
    """A claimed job. ``attempts`` counts this one too, and tells our claim from a later one of somebody else."""

    id: int
    workspace_id: int
    kind: str
    payload: Mapping[str, Any]
    attempts: int


async def move_due(pool: Pool, now: datetime, *, limit: int = 1000) -> int:
    """Make delayed jobs whose time has come claimable; how many."""
    return affected(await pool.execute(_MOVE_DUE, now, limit))


async def claim_fresh(pool: Pool, kinds: Sequence[str], lease: timedelta, now: datetime, limit: int) -> list[Job]:
    """Up to ``limit`` jobs that nobody holds, the oldest first, held by us for the lease."""
    return _jobs(await pool.fetch(_CLAIM_FRESH, kinds, now + lease, limit))


async def claim_abandoned(pool: Pool, kinds: Sequence[str], lease: timedelta, now: datetime) -> list[Job]:
    """One job, if any, whose holder let its lease run out."""
    return _jobs(await pool.fetch(_CLAIM_ABANDONED, kinds, now + lease, 1, now))


async def finish(pool: Pool, jobs: Sequence[Job]) -> None:
    """Delete jobs that are done."""
    if jobs:
        await pool.execute(_FINISH, *_columns(jobs))


async def renew(pool: Pool, jobs: Sequence[Job], lease: timedelta, now: datetime) -> None:
    """Hold jobs for another lease from now."""
    if jobs:
        await pool.execute(_RENEW, *_columns(jobs), now + lease)


async def give_back(pool: Pool, jobs: Sequence[Job]) -> None:
    """Let others have jobs that were not begun, as if they had never been claimed."""
    if jobs:
        await pool.execute(_GIVE_BACK, *_columns(jobs))


async def delay(connection: Connection, job: Job, run_at: datetime) -> None:
    """Try a failed job again at ``run_at``."""
    await connection.execute(_DELAY, job.id, job.attempts, run_at)


async def bury(connection: Connection, job: Job, error: str, now: datetime) -> None:
    """Give a job up: it stays among the dead letters with what went wrong."""
    await connection.execute(_BURY, job.id, job.attempts, now, error)


async def clean_dead_jobs(connection: Connection, workspace_id: int, clean: Callable[[Any], Any]) -> int:
    """Put what ``clean`` makes of them in the place of payloads and errors of dead letters; how many changed.

    ``clean`` gives back the very value that it was given where nothing is to be cleaned.
    """
    last, total = -1, 0
    while rows := await connection.fetch(_DEAD, workspace_id, last, _DEAD_A_PAGE):
        last = rows[-1]["id"]
        cleaned = []
        for row in rows:
            told = {"payload": msgspec.json.decode(row["payload"]), "error": row["error"]}
            if (clean_told := clean(told)) is not told:
                cleaned.append({"id": row["id"], **clean_told})
        if cleaned:
            await connection.execute(_CLEAN_DEAD, workspace_id, msgspec.json.encode(cleaned).decode())
            total += len(cleaned)
    return total


async def list_given_up(connection: Connection, workspace_id: int) -> list[Record]:
    """The newest 200 jobs of a workspace that were given up, with their errors."""
    return list(await connection.fetch(_GIVEN_UP, workspace_id))


async def give_again(connection: Connection, workspace_id: int, job_id: int | None, *, now: datetime) -> int:
    """Give one job that was given up (None: all) back to the workers; how many."""
    return len(await connection.fetch(_GIVE_AGAIN, workspace_id, job_id, now))


def _jobs(rows: Sequence[Record]) -> list[Job]:
    jobs = [
        Job(row["id"], row["workspace_id"], row["kind"], msgspec.json.decode(row["payload"]), row["attempts"])
        for row in rows
    ]
    return sorted(jobs, key=lambda job: job.id)


def _columns(jobs: Sequence[Job]) -> tuple[list[int], list[int]]:
    return [job.id for job in jobs], [job.attempts for job in jobs]
