"""Reading and changing what the models are fitted to, and asking for a refresh."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dealt.accounts import Actor, settings_changed
from dealt.deals import Status
from dealt.kernel.clock import iso
from dealt.kernel.db import Connection, Record
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import SETTINGS, Entry, difference, encode, record
from dealt.kernel.schema import flag, read_fields
from dealt.lifetime import queries
from dealt.lifetime.histories import check
from dealt.lifetime.model import Findings, History, Lifetime, Model, Prediction

REFRESH = "lifetime.refresh"
NIGHTLY = "lifetime.nightly"
NIGHT_HOUR = 2
STUCK_AFTER = timedelta(hours=2)
WON = {"field": "status", "op": "equals", "value": int(Status.WON)}
"""Which deals count where nobody said another filter."""
FIELDS = {"filter": lambda value: value, "nightly": flag}


async def read_model(connection: Connection, workspace_id: int) -> Model:
    """The models of a workspace, also of one that never asked for them."""
    row = await connection.fetchrow(queries.READ, workspace_id)
    return Model(WON) if row is None else model_of(row)


def model_of(row: Record) -> Model:
    """A row of ``queries.COLUMNS``."""
    told = dict(row)
    told["filter"] = msgspec.json.decode(told["filter"])
    told["findings"] = msgspec.json.decode(told["findings"], type=Findings)
    return Model(**told)


async def update_model(connection: Connection, actor: Actor, body: Mapping[str, Any], *, now: datetime) -> Model:
    """Change what ``body`` names. Raises InvalidInput for a filter that makes no sense of deals."""
    fields = read_fields(body, FIELDS)
    if "filter" in fields:
        await check(connection, actor.workspace_id, fields["filter"])
    before = await _hold(connection, actor.workspace_id)
    after = msgspec.structs.replace(before, **fields)
    changes = difference(_told(before), _told(after))
    if not changes:
        return before
    night = before.next_refresh_at if after.nightly else None
    if after.nightly and not before.nightly:
        night = await _plan(connection, actor.workspace_id, now)
    await connection.execute(queries.UPDATE, actor.workspace_id, encode(after.filter), after.nightly, night)
    await _record(connection, actor, changes, now)
    return await read_model(connection, actor.workspace_id)


async def ask_for_refresh(connection: Connection, actor: Actor, *, now: datetime) -> Model:
    """Have the models fitted as soon as a worker is free; once, however often it is asked for meanwhile.

    Whoever asks for the first time has them fitted every night from then on.
    """
    workspace_id = actor.workspace_id
    before = await _hold(connection, workspace_id)
    if before.refresh_id == 0 and not before.nightly:
        night = await _plan(connection, workspace_id, now)
        await connection.execute(queries.UPDATE, workspace_id, encode(before.filter), True, night)
        await _record(connection, actor, {"nightly": (False, True)}, now)
    if before.refresh_id == 0:
        # From now on users' answers look for predictions.
        await settings_changed(connection, workspace_id)
    await _ask(connection, workspace_id, now)
    return await read_model(connection, workspace_id)


async def begin_night(connection: Connection, workspace_id: int, due: datetime, *, now: datetime) -> None:
    """What the nightly job does: plan the next night and ask for a refresh. Done once for each ``due``."""
    row = await connection.fetchrow(queries.LOCK, workspace_id)
    if row is None or not row["nightly"] or row["next_refresh_at"] != due:
        return
    await connection.execute(queries.PLAN, workspace_id, await _plan(connection, workspace_id, now))
    await _ask(connection, workspace_id, now)


async def plan_lifetime(connection: Connection, workspace_id: int, *, now: datetime) -> None:
    """Plan the next night of a workspace that was moved here without its jobs and predictions."""
    if await connection.fetchval(queries.SETTLE, workspace_id):
        await connection.execute(queries.PLAN, workspace_id, await _plan(connection, workspace_id, now))


async def refit_lifetime(connection: Connection, workspace_id: int, *, now: datetime) -> None:
    """Have models that are fitted every night fitted now: days or amounts mean something else than before."""
    row = await connection.fetchrow(queries.LOCK, workspace_id)
    if row is not None and row["nightly"]:
        await connection.execute(queries.PLAN, workspace_id, await _plan(connection, workspace_id, now))
        await _ask(connection, workspace_id, now)


async def read_lifetime(connection: Connection, workspace_id: int, contact_id: int) -> Lifetime | None:
    """What is predicted of a contact; None where nothing is."""
    row = await connection.fetchrow(queries.OF_CONTACT, workspace_id, contact_id)
    if row is None:
        return None
    history = History(row["repeats"], row["recency"], row["age"], row["mean_value"])
    return Lifetime(history, Prediction(row["alive"], row["purchases"], row["order_value"]), row["as_of"])


def next_night(now: datetime, zone: ZoneInfo, workspace_id: int) -> datetime:
    """Two o'clock in the workspace's next night, each workspace at a minute of its own."""
    local = now.astimezone(zone)
    at = time(NIGHT_HOUR, workspace_id % 60)
    night = datetime.combine(local.date(), at, zone)
    return night if night > local else datetime.combine(local.date() + timedelta(days=1), at, zone)


async def _hold(connection: Connection, workspace_id: int) -> Model:
    await connection.execute(queries.MAKE, workspace_id, encode(WON))
    row = await connection.fetchrow(queries.LOCK, workspace_id)
    return model_of(row)


async def _ask(connection: Connection, workspace_id: int, now: datetime) -> None:
    refresh_id = await connection.fetchval(queries.ASK, workspace_id, now, now - STUCK_AFTER)
    if refresh_id is not None:
        await enqueue(connection, workspace_id, REFRESH, {"refresh": refresh_id}, now=now)


async def _plan(connection: Connection, workspace_id: int, now: datetime) -> datetime:
    zone = ZoneInfo(await connection.fetchval(queries.ZONE, workspace_id))
    night = next_night(now, zone, workspace_id)
    await enqueue(connection, workspace_id, NIGHTLY, {"due": iso(night)}, now=now, run_at=night)
    return night


def _told(model: Model) -> dict[str, Any]:
    return {"filter": model.filter, "nightly": model.nightly}


async def _record(connection: Connection, actor: Actor, changes: Mapping[str, Any], now: datetime) -> None:
    entry = Entry(SETTINGS, "lifetime.updated", "lifetime", 1, actor.name, changes, int(actor.cause), actor.hop)
    await record(connection, actor.workspace_id, [entry], now)
