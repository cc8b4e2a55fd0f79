"""Making, changing and removing pipelines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from dealt.accounts import await_writes
from dealt.attributes import ATTRIBUTES, name_std
from dealt.deletions import begin, keep
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import difference
from dealt.pipelines import queries
from dealt.pipelines.loading import hold_pipelines, load_pipelines, moved, record_change
from dealt.pipelines.model import DEFAULT_DATE_ATTRIBUTE, MOST_PIPELINES, Pipeline, Pipelines
from dealt.pipelines.stages import add_stages, refuse_occupied

REDATE = "deals.redate"
ORDERS = "Orders"
ORDER_STAGES = ("Add to cart", "Order placed", "Paid", "Shipped", "Delivered", "Returned")


async def set_up_orders_pipeline(connection: Connection, workspace_id: int, now: datetime) -> Pipeline:
    """The pipeline "Orders" of a new workspace: id 1, with six stages whose ids are 1 to 6."""
    return await create_pipeline(connection, workspace_id, name=ORDERS, stages=ORDER_STAGES, now=now)


async def create_pipeline(
    connection: Connection,
    workspace_id: int,
    *,
    name: str,
    now: datetime,
    stages: Sequence[str] = ("New",),
    position: int | None = None,
    date_attribute: str = DEFAULT_DATE_ATTRIBUTE,
    actor: str = "system",
) -> Pipeline:
    """A new pipeline with its stages, at ``position`` (from 1) or last.

    Raises InvalidInput where there is no stage, too many of them, or no such date attribute of deals.
    """
    if not stages:
        raise InvalidInput.of("stages", "A pipeline needs at least one stage.")
    known = await hold_pipelines(connection, workspace_id)
    if len(known.pipelines) >= MOST_PIPELINES:
        raise InvalidInput.of("name", f"A workspace has at most {MOST_PIPELINES} pipelines; delete one first.")
    if date_attribute != DEFAULT_DATE_ATTRIBUTE:
        date_attribute = await _date_attribute(connection, workspace_id, date_attribute)
    pipeline_id = await next_settings_id(connection, workspace_id, "pipeline")
    values = (workspace_id, pipeline_id, name, len(known.pipelines) + 1, date_attribute, now)
    await connection.execute(queries.INSERT_PIPELINE, *values)
    await _place(connection, workspace_id, known, pipeline_id, position)
    changes = {"name": (None, name), "date_attribute": (None, date_attribute)}
    await record_change(connection, workspace_id, "pipeline", "created", pipeline_id, changes, now=now, actor=actor)
    await add_stages(connection, workspace_id, pipeline_id, stages, now=now, actor=actor)
    return (await load_pipelines(connection, workspace_id)).pipelines[pipeline_id]


async def update_pipeline(
    connection: Connection,
    workspace_id: int,
    pipeline_id: int,
    *,
    now: datetime,
    name: str | None = None,
    position: int | None = None,
    date_attribute: str | None = None,
    actor: str = "system",
) -> Pipeline:
    """Change what is not None; other pipelines make room for ``position``. Raises NotFound, InvalidInput."""
    known = await hold_pipelines(connection, workspace_id)
    before = known.pipelines.get(pipeline_id)
    if before is None:
        raise NotFound
    if date_attribute is not None and date_attribute != before.date_attribute:
        date_attribute = await _date_attribute(connection, workspace_id, date_attribute)
    values = (workspace_id, pipeline_id, name or before.name, date_attribute or before.date_attribute)
    await connection.execute(queries.UPDATE_PIPELINE, *values)
    if date_attribute is not None and date_attribute != before.date_attribute:
        await enqueue(connection, workspace_id, REDATE, {"pipeline": pipeline_id}, now=now)
    if position is not None:
        await _place(connection, workspace_id, known, pipeline_id, position)
    after = (await load_pipelines(connection, workspace_id)).pipelines[pipeline_id]
    if changes := difference(asdict(before), asdict(after)):
        await record_change(connection, workspace_id, "pipeline", "updated", pipeline_id, changes, now=now, actor=actor)
    return after


async def delete_pipeline(
    connection: Connection, workspace_id: int, pipeline_id: int, *, now: datetime, actor: str = "system"
) -> int | None:
    """Remove a pipeline and its stages; by which deletion they come back.

    Raises NotFound, and Conflict for the last one or where deals stand in it.
    """
    await await_writes(connection, workspace_id)
    known = await hold_pipelines(connection, workspace_id)
    pipeline = known.pipelines.get(pipeline_id)
    if pipeline is None:
        raise NotFound
    if len(known.pipelines) == 1:
        raise Conflict("This is the only pipeline, and deals need one. Create another before you delete it.")
    stage_ids = [stage.id for stage in known.stages_of(pipeline_id)]
    await refuse_occupied(connection, workspace_id, known, stage_ids)
    kept = await begin(connection, workspace_id, actor, "pipeline", pipeline_id, pipeline.name, now)
    await keep(connection, workspace_id, kept, "pipelines", "t.id = $3", pipeline_id)
    await keep(connection, workspace_id, kept, "stages", "t.pipeline_id = $3", pipeline_id)
    await connection.execute(queries.DELETE_STAGES, workspace_id, stage_ids)
    await connection.execute(queries.DELETE_PIPELINE, workspace_id, pipeline_id)
    await connection.execute(queries.PLACE_PIPELINES, workspace_id, [i for i in known.pipelines if i != pipeline_id])
    changes = {"name": (pipeline.name, None), "stages": ([s.name for s in known.stages_of(pipeline_id)], None)}
    await record_change(connection, workspace_id, "pipeline", "deleted", pipeline_id, changes, now=now, actor=actor)
    return kept


async def _place(
    connection: Connection, workspace_id: int, known: Pipelines, pipeline_id: int, position: int | None
) -> None:
    order = moved(list(known.pipelines), pipeline_id, position)
    await connection.execute(queries.PLACE_PIPELINES, workspace_id, order)


async def _date_attribute(connection: Connection, workspace_id: int, name: str) -> str:
    attribute = (await ATTRIBUTES.load(connection, workspace_id)).of("deal").get(name_std(name))
    if attribute is None or attribute.value_type not in ("date", "datetime"):
        raise InvalidInput.of(
            "date_attribute", f'Deals have no date or date-time attribute "{name}"; define it first, then name it here.'
        )
    return attribute.name_std
