"""Work for a worker process: written in the transaction that causes it, so that it exists if the change does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dealt.kernel.db import Connection
from dealt.kernel.journal import encode

_INSERT_DUE = """
INSERT INTO jobs (workspace_id, kind, payload, created_at) VALUES ($1, $2, $3::jsonb, $4)"""

_INSERT_DELAYED = """
INSERT INTO delayed_jobs (workspace_id, kind, payload, created_at, run_at) VALUES ($1, $2, $3::jsonb, $4, $5)"""


async def enqueue(
    connection: Connection,
    workspace_id: int,
    kind: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    run_at: datetime | None = None,
) -> None:
    """Leave a job of ``kind`` (such as ``deals.convert``) for the workers; from ``run_at`` on, where that is later.

    ``payload`` is what msgspec can write as a JSON object; keep ids in it, never secrets. A job runs at least once
    after this transaction commits: its handler must bear being run again.
    """
    body = encode(payload)
    if run_at is None or run_at <= now:
        await connection.execute(_INSERT_DUE, workspace_id, kind, body, now)
    else:
        await connection.execute(_INSERT_DELAYED, workspace_id, kind, body, now, run_at)
