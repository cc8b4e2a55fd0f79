"""Making, changing and removing the stages of a pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from dealt.accounts import await_writes
from dealt.deletions import begin, keep
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import difference
from dealt.pipelines import queries
from dealt.pipelines.loading import hold_pipelines, load_pipelines, moved, record_change
from dealt.pipelines.model import MOST_STAGES, Pipelines, Stage


async def create_stage(
    connection: Connection,
    workspace_id: int,
    pipeline_id: int,
    *,
    name: str,
    now: datetime,
    position: int | None = None,
    actor: str = "system",
) -> Stage:
    """A new stage at ``position`` (from 1) or last. Raises NotFound for the pipeline, InvalidInput where it is full."""
    known = await hold_pipelines(connection, workspace_id)
    if pipeline_id not in known.pipelines:
        raise NotFound
    [stage_id] = await add_stages(
        connection, workspace_id, pipeline_id, [name], behind=len(known.stages_of(pipeline_id)), now=now, actor=actor
    )
    await _place(connection, workspace_id, known, pipeline_id, stage_id, position)
    return (await load_pipelines(connection, workspace_id)).stages[stage_id]


async def update_stage(
    connection: Connection,
    workspace_id: int,
    stage_id: int,
    *,
    now: datetime,
    name: str | None = None,
    position: int | None = None,
    actor: str = "system",
) -> Stage:
    """Change what is not None; other stages make room for ``position``. Raises NotFound."""
    known = await hold_pipelines(connection, workspace_id)
    before = known.stages.get(stage_id)
    if before is None:
        raise NotFound
    if name is not None:
        await connection.execute(queries.RENAME_STAGE, workspace_id, stage_id, name)
    if position is not None:
        await _place(connection, workspace_id, known, before.pipeline_id, stage_id, position)
    after = (await load_pipelines(connection, workspace_id)).stages[stage_id]
    if changes := difference(asdict(before), asdict(after)):
        await record_change(connection, workspace_id, "stage", "updated", stage_id, changes, now=now, actor=actor)
    return after


async def delete_stage(
    connection: Connection, workspace_id: int, stage_id: int, *, now: datetime, actor: str = "system"
) -> int | None:
    """Remove a stage; by which deletion it comes back.

    Raises NotFound, and Conflict for a pipeline's last one or where deals stand in it.
    """
    await await_writes(connection, workspace_id)
    known = await hold_pipelines(connection, workspace_id)
    stage = known.stages.get(stage_id)
    if stage is None:
        raise NotFound
    siblings = [s.id for s in known.stages_of(stage.pipeline_id) if s.id != stage_id]
    if not siblings:
        raise Conflict("This is the only stage of its pipeline. Create another first, or delete the pipeline.")
    await refuse_occupied(connection, workspace_id, known, [stage_id])
    kept = await begin(connection, workspace_id, actor, "stage", stage_id, stage.name, now)
    await keep(connection, workspace_id, kept, "stages", "t.id = $3", stage_id)
    await connection.execute(queries.DELETE_STAGES, workspace_id, [stage_id])
    await connection.execute(queries.PLACE_STAGES, workspace_id, siblings)
    changes = {"name": (stage.name, None), "pipeline_id": (stage.pipeline_id, None)}
    await record_change(connection, workspace_id, "stage", "deleted", stage_id, changes, now=now, actor=actor)
    return kept


async def add_stages(
    connection: Connection,
    workspace_id: int,
    pipeline_id: int,
    names: Sequence[str],
    *,
    now: datetime,
    actor: str,
    behind: int = 0,
) -> list[int]:
    """The ids of new stages, placed after the ``behind`` that are there. Raises InvalidInput where that is too many."""
    if behind + len(names) > MOST_STAGES:
        raise InvalidInput.of("stages", f"A pipeline has at most {MOST_STAGES} stages.")
    ids = []
    for position, name in enumerate(names, behind + 1):
        stage_id = await next_settings_id(connection, workspace_id, "stage")
        await connection.execute(queries.INSERT_STAGE, workspace_id, stage_id, pipeline_id, name, position, now)
        changes = {"name": (None, name), "pipeline_id": (None, pipeline_id)}
        await record_change(connection, workspace_id, "stage", "created", stage_id, changes, now=now, actor=actor)
        ids.append(stage_id)
    return ids


async def refuse_occupied(
    connection: Connection, workspace_id: int, known: Pipelines, stage_ids: Sequence[int]
) -> None:
    """Raise Conflict where a deal stands in one of these stages."""
    occupied = await connection.fetchval(queries.OCCUPIED_STAGE, workspace_id, stage_ids)
    if occupied is not None:
        raise Conflict(f'Deals stand in the stage "{known.stages[occupied].name}". Move them to another stage first.')


async def _place(
    connection: Connection, workspace_id: int, known: Pipelines, pipeline_id: int, stage_id: int, position: int | None
) -> None:
    order = moved([stage.id for stage in known.stages_of(pipeline_id)], stage_id, position)
    await connection.execute(queries.PLACE_STAGES, workspace_id, order)
