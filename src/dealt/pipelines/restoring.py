"""Bringing pipelines, stages and loss reasons back, where they stood."""

from __future__ import annotations

from datetime import datetime

from dealt.accounts import await_writes
from dealt.deletions import Deletion, put_back
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict
from dealt.pipelines import queries
from dealt.pipelines.loading import hold_pipelines, load_pipelines, moved, record_change
from dealt.pipelines.model import MOST_STAGES


async def restore_pipeline(
    connection: Connection, workspace_id: int, deletion: Deletion, *, now: datetime, actor: str
) -> None:
    """A pipeline with its stages, at the place where it was."""
    await await_writes(connection, workspace_id)
    await hold_pipelines(connection, workspace_id)
    await put_back(connection, workspace_id, deletion, "pipelines")
    await put_back(connection, workspace_id, deletion, "stages")
    known = await load_pipelines(connection, workspace_id)
    place = known.pipelines[deletion.object_id].position
    order = moved(list(known.pipelines), deletion.object_id, place)
    await connection.execute(queries.PLACE_PIPELINES, workspace_id, order)
    stages = [stage.name for stage in known.stages_of(deletion.object_id)]
    await _tell(connection, workspace_id, deletion, now, actor, stages=(None, stages))


async def restore_stage(
    connection: Connection, workspace_id: int, deletion: Deletion, *, now: datetime, actor: str
) -> None:
    """A stage with its rules, at the place where it was. Raises Conflict where its pipeline is gone or full."""
    await await_writes(connection, workspace_id)
    await hold_pipelines(connection, workspace_id)
    await put_back(connection, workspace_id, deletion, "stages")
    known = await load_pipelines(connection, workspace_id)
    stage = known.stages.get(deletion.object_id)
    if stage is None:
        raise Conflict("Its pipeline is deleted. Bring that back first.")
    siblings = [one.id for one in known.stages_of(stage.pipeline_id)]
    if len(siblings) > MOST_STAGES:
        raise Conflict(f"A pipeline has at most {MOST_STAGES} stages.")
    await connection.execute(queries.PLACE_STAGES, workspace_id, moved(siblings, stage.id, stage.position))
    await _tell(connection, workspace_id, deletion, now, actor, pipeline_id=(None, stage.pipeline_id))


async def restore_loss_reason(
    connection: Connection, workspace_id: int, deletion: Deletion, *, now: datetime, actor: str
) -> None:
    """A loss reason. Raises Conflict where its name is taken."""
    await hold_pipelines(connection, workspace_id)
    if (await put_back(connection, workspace_id, deletion, "loss_reasons"))[0] == 0:
        raise Conflict(f'There is another loss reason "{deletion.name}" now. Rename that first.')
    await _tell(connection, workspace_id, deletion, now, actor)


async def _tell(
    connection: Connection, workspace_id: int, deletion: Deletion, now: datetime, actor: str,
    **more: tuple[object, object],
) -> None:  # fmt: skip
    changes = {"name": (None, deletion.name), **more, "restored": (None, True)}
    await record_change(
        connection, workspace_id, deletion.object_type, "created", deletion.object_id, changes, now=now, actor=actor
    )
