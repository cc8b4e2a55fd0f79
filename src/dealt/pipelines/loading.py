"""The definitions of a workspace as they stand, and how a change of them begins and ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dealt.accounts import Part, settings_changed
from dealt.kernel.db import Connection
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.pipelines import queries
from dealt.pipelines.model import Pipeline, Pipelines, Stage


async def load_pipelines(connection: Connection, workspace_id: int) -> Pipelines:
    """All pipelines, stages and loss reasons of a workspace."""
    pipelines, stages = {}, {}
    for row in await connection.fetch(queries.LOAD_STAGES, workspace_id):
        pipeline_id = row["pipeline_id"]
        pipelines[pipeline_id] = Pipeline(
            pipeline_id, row["pipeline_name"], row["pipeline_position"], row["date_attribute"]
        )
        stages[row["id"]] = Stage(
            row["id"], pipeline_id, row["name"], row["position"], tuple(row["required"]), row["sets_status"]
        )
    reasons = await connection.fetch(queries.LOAD_LOSS_REASONS, workspace_id)
    return Pipelines(pipelines, stages, {row["id"]: row["name"] for row in reasons})


PIPELINES: Part[Pipelines] = Part("pipelines", load_pipelines)


async def hold_pipelines(connection: Connection, workspace_id: int) -> Pipelines:
    """The definitions, held until the transaction ends: no other change of settings can come between."""
    await settings_changed(connection, workspace_id)
    return await load_pipelines(connection, workspace_id)


async def record_change(
    connection: Connection,
    workspace_id: int,
    what: str,
    done: str,
    object_id: int,
    changes: Mapping[str, tuple[Any, Any]],
    *,
    now: datetime,
    actor: str,
) -> None:
    """One journal entry such as ``stage.created``."""
    entry = Entry(SETTINGS, f"{what}.{done}", what, object_id, actor, changes)
    await record(connection, workspace_id, [entry], now)


def moved(ids: list[int], moving: int, position: int | None) -> list[int]:
    """``ids`` with ``moving`` at ``position``, which counts from 1; last for None and for anything beyond the end."""
    rest = [i for i in ids if i != moving]
    place = len(rest) if position is None else position - 1
    return [*rest[:place], moving, *rest[place:]]
