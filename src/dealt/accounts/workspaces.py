"""What a workspace is called, and which time zone its days are counted in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import available_timezones

import asyncpg
from msgspec import UNSET, UnsetType

from dealt.accounts import queries
from dealt.accounts.definitions import settings_changed
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import SETTINGS, Entry, difference, record
from dealt.kernel.shown import shown

SHORTEST_LIMIT_MS, LONGEST_LIMIT_MS = 100, 30_000
"""Bounds of ``longest_filter_ms``: the server ends any statement of a request after 30 seconds."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """``time_zone`` is an IANA name, ``base_currency`` an ISO 4217 code.

    ``requests_per_second``: how often each token may ask that has no limit of its own; 0 means without limit, None
    as the settings of the process say. A filter that takes longer than ``longest_filter_ms`` to look at everybody is
    refused.
    """

    id: int
    name: str
    time_zone: str
    base_currency: str
    requests_per_second: int | None = None
    longest_filter_ms: int = 5_000


async def read_workspace(connection: Connection, workspace_id: int) -> Workspace:
    """A workspace that exists."""
    return Workspace(**await connection.fetchrow(queries.READ_WORKSPACE, workspace_id))


async def update_workspace(
    connection: Connection,
    workspace_id: int,
    *,
    now: datetime,
    name: str | None = None,
    time_zone: str | None = None,
    requests_per_second: int | UnsetType | None = UNSET,
    longest_filter_ms: int | None = None,
    actor: str = "system",
) -> Workspace:
    """Change what is given and, but for the rate, not None.

    Raises InvalidInput for a time zone that this server does not know, and for a limit that is out of bounds. Another
    time zone has other days, so that everything derived from days is due to be computed anew.
    """
    await settings_changed(connection, workspace_id)
    before = await read_workspace(connection, workspace_id)
    if time_zone is not None:
        await _check_zone(connection, time_zone, now)
    limit = before.longest_filter_ms if longest_filter_ms is None else longest_filter_ms
    if not SHORTEST_LIMIT_MS <= limit <= LONGEST_LIMIT_MS:
        raise InvalidInput.of("longest_filter_ms", f"From {SHORTEST_LIMIT_MS} to {LONGEST_LIMIT_MS} milliseconds.")
    rate = before.requests_per_second if isinstance(requests_per_second, UnsetType) else requests_per_second
    values = (name or before.name, time_zone or before.time_zone, rate, limit)
    await connection.execute(queries.UPDATE_WORKSPACE, workspace_id, *values)
    after = await read_workspace(connection, workspace_id)
    if changes := difference(asdict(before), asdict(after)):
        entry = Entry(SETTINGS, "workspace.updated", "workspace", workspace_id, actor, changes)
        await record(connection, workspace_id, [entry], now)
    if after.time_zone != before.time_zone:
        await enqueue(connection, workspace_id, "deals.redate", {"pipeline": None}, now=now)
    return after


async def _check_zone(connection: Connection, name: str, now: datetime) -> None:
    """Both must know it: this process, which reads times in it, and the database, which counts days in it."""
    known = name in available_timezones()
    if known:
        try:
            await connection.fetchval(queries.LOCAL_TIME, now, name)
        except asyncpg.InvalidParameterValueError:
            known = False
    if not known:
        raise InvalidInput.of("time_zone", f"{shown(name)} is not a time zone such as Europe/Warsaw.")
