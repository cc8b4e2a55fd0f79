"""Rounds of the auditor as they are kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from dealt.auditing import queries
from dealt.auditing.model import KEPT, Audit, Standing
from dealt.kernel.db import Connection
from dealt.kernel.journal import encode
from dealt.kernel.paging import count_rows
from dealt.kernel.sql import sql


async def take_round(connection: Connection, workspace_id: int, now: datetime, rest: timedelta) -> Audit | None:
    """The workers' round under way, held by this transaction, or the next one where ``rest`` has passed; else None."""
    row = await connection.fetchrow(queries.TAKE, workspace_id)
    if row is None:
        row = await connection.fetchrow(queries.BEGIN, workspace_id, now, now - rest)
    return Audit.of(row) if row else None


async def save_round(connection: Connection, workspace_id: int, audit: Audit) -> None:
    """Write down how far a round of the workers is."""
    await connection.execute(
        queries.SAVE, workspace_id, audit.id, audit.finished_at, audit.stage, audit.last_id, audit.looked,
        audit.waiting, audit.drift, audit.mended, encode(audit.findings), audit.last_key,
    )  # fmt: skip
    if audit.finished_at is not None:
        await connection.execute(queries.FORGET, workspace_id, KEPT)


async def keep_round(connection: Connection, workspace_id: int, audit: Audit) -> None:
    """Write down a round of a command, which has ended."""
    await connection.execute(
        queries.KEEP, workspace_id, audit.started_at, audit.finished_at, audit.stage, audit.last_id, audit.looked,
        audit.waiting, audit.drift, audit.mended, encode(audit.findings),
    )  # fmt: skip
    await connection.execute(queries.FORGET, workspace_id, KEPT)


async def newest_rounds(connection: Connection, workspace_id: int) -> list[Audit]:
    """The rounds that are kept, the newest first."""
    return [Audit.of(row) for row in await connection.fetch(queries.NEWEST, workspace_id, KEPT)]


async def read_standing(connection: Connection, workspace_id: int) -> Standing:
    """The last round that has ended, by whomever, and the workers' round under way."""
    rounds = await newest_rounds(connection, workspace_id)
    return Standing(
        next((one for one in rounds if one.finished_at is not None), None),
        next((one for one in rounds if one.finished_at is None), None),
        (await count_rows(connection, sql(queries.CONTACTS, workspace_id, workspace_id)))[0],
    )
