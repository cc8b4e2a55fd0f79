"""Routes of pipelines and their stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.http import Response, Route
from dealt.kernel.lookups import Column
from dealt.kernel.schema import list_of, or_null, read_fields, refuse_unknown, text, whole_number
from dealt.pipelines import (
    MOST_REQUIRED,
    PIPELINES,
    Pipelines,
    Stage,
    create_pipeline,
    create_stage,
    delete_pipeline,
    delete_stage,
    page_of_pipelines,
    page_of_stages,
    rule_stage,
    update_pipeline,
    update_stage,
)
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.defining import LARGEST_ID, argument, changing
from dealt.publicapi.listing import Listing, plain

_position = whole_number(1, 2**31 - 1)
_id = whole_number(1, LARGEST_ID)
_PIPELINE = {"name": text(), "position": _position, "date_attribute": text()}
_NEW_PIPELINE = _PIPELINE | {"stages": list_of(text(), 100)}
_STAGE = {"name": text(), "position": _position}
_RULES = {"required": list_of(text(), MOST_REQUIRED), "sets_status": or_null(whole_number(0, 4))}


async def list_pipelines(call: Call) -> Response:
    async with call.reading() as connection:
        page = await page_of_pipelines(connection, call.workspace_id, call.page_request)
        known = await PIPELINES.load(connection, call.workspace_id)
    return paged(call, page, lambda row: _with_stages(row, known))


async def add_pipeline(call: Call) -> Response:
    refuse_unknown(call.body, _NEW_PIPELINE)
    fields = read_fields(call.body, _NEW_PIPELINE, required=("name",))
    async with changing(call) as connection:
        made = await create_pipeline(connection, call.workspace_id, **fields, now=call.now, actor=call.actor.name)
        known = await PIPELINES.load(connection, call.workspace_id)
    return answer(_pipeline(known, made.id), 201)


async def get_pipeline(call: Call) -> Response:
    async with call.reading() as connection:
        known = await PIPELINES.load(connection, call.workspace_id)
    return answer(_pipeline(known, call.id()))


async def change_pipeline(call: Call) -> Response:
    refuse_unknown(call.body, {*_PIPELINE, "id", "stages"})
    fields = read_fields(call.body, _PIPELINE)
    async with changing(call) as connection:
        await update_pipeline(connection, call.workspace_id, call.id(), **fields, now=call.now, actor=call.actor.name)
        known = await PIPELINES.load(connection, call.workspace_id)
    return answer(_pipeline(known, call.id()))


async def remove_pipeline(call: Call) -> Response:
    async with changing(call) as connection:
        await delete_pipeline(connection, call.workspace_id, call.id(), now=call.now, actor=call.actor.name)
    return Response(204)


async def list_stages(call: Call) -> Response:
    pipeline_id = argument(call, "pipeline", _id)
    async with call.reading() as connection:
        page = await page_of_stages(connection, call.workspace_id, call.page_request, pipeline_id)
    return paged(call, page, _stage_row)


async def list_stages_of_pipeline(call: Call) -> Response:
    async with call.reading() as connection:
        known = await PIPELINES.load(connection, call.workspace_id)
        if call.id() not in known.pipelines:
            raise NotFound
        page = await page_of_stages(connection, call.workspace_id, call.page_request, call.id())
    return paged(call, page, _stage_row)


async def add_stage(call: Call) -> Response:
    readers = _STAGE | _RULES | {"pipeline": _id}
    refuse_unknown(call.body, readers)
    fields = read_fields(call.body, readers, required=("name", "pipeline"))
    pipeline_id = fields.pop("pipeline")
    try:
        return await _add_stage(call, pipeline_id, fields)
    except NotFound:
        raise InvalidInput.of("pipeline", f"There is no pipeline {pipeline_id}.") from None


async def add_stage_to_pipeline(call: Call) -> Response:
    readers = _STAGE | _RULES
    refuse_unknown(call.body, readers)
    return await _add_stage(call, call.id(), read_fields(call.body, readers, required=("name",)))


async def get_stage(call: Call) -> Response:
    async with call.reading() as connection:
        stage = (await PIPELINES.load(connection, call.workspace_id)).stages.get(call.id())
    if stage is None:
        raise NotFound
    return answer(_stage(stage))


async def change_stage(call: Call) -> Response:
    refuse_unknown(call.body, {*_STAGE, *_RULES, "id", "pipeline"})
    fields = read_fields(call.body, _STAGE | _RULES | {"pipeline": _id})
    pipeline_id, rules = fields.pop("pipeline", None), _rules(fields)
    async with changing(call) as connection:
        stage = await update_stage(
            connection, call.workspace_id, call.id(), **fields, now=call.now, actor=call.actor.name
        )
        stage = await _rule(call, connection, stage, rules)
        if pipeline_id not in (None, stage.pipeline_id):
            raise InvalidInput.of("pipeline", "A stage stays in its pipeline; create one there and move the deals.")
    return answer(_stage(stage))


async def remove_stage(call: Call) -> Response:
    async with changing(call) as connection:
        await delete_stage(connection, call.workspace_id, call.id(), now=call.now, actor=call.actor.name)
    return Response(204)


async def _add_stage(call: Call, pipeline_id: int, fields: dict[str, Any]) -> Response:
    rules = _rules(fields)
    async with changing(call) as connection:
        stage = await create_stage(
            connection, call.workspace_id, pipeline_id, **fields, now=call.now, actor=call.actor.name
        )
        stage = await _rule(call, connection, stage, rules)
    return answer(_stage(stage), 201)


def _rules(fields: dict[str, Any]) -> dict[str, Any]:
    """What is sent of a stage's rules, taken out of the other fields."""
    return {name: fields.pop(name) for name in _RULES if name in fields}


async def _rule(call: Call, connection: Connection, stage: Stage, rules: Mapping[str, Any]) -> Stage:
    if not rules:
        return stage
    whole: dict[str, Any] = {"required": stage.required, "sets_status": stage.sets_status, **rules}
    return await rule_stage(connection, call.workspace_id, stage.id, **whole, now=call.now, actor=call.actor.name)


def _pipeline(known: Pipelines, pipeline_id: int) -> dict[str, Any]:
    pipeline = known.pipelines.get(pipeline_id)
    if pipeline is None:
        raise NotFound
    fields = {
        "id": pipeline.id,
        "name": pipeline.name,
        "position": pipeline.position,
        "date_attribute": pipeline.date_attribute,
    }
    return _with_stages(fields, known)


def _with_stages(fields: Mapping[str, Any] | Record, known: Pipelines) -> dict[str, Any]:
    return dict(fields) | {"stages": [_stage(stage) for stage in known.stages_of(fields["id"])]}


def _stage(stage: Stage) -> dict[str, Any]:
    return {
        "id": stage.id, "name": stage.name, "position": stage.position, "pipeline": stage.pipeline_id,
        "required": list(stage.required), "sets_status": stage.sets_status,
    }  # fmt: skip


def _stage_row(row: Record) -> dict[str, Any]:
    return _stage(Stage(**row))


_PIPELINES = Listing(
    plain(id="integer", name="string", position="integer", date_attribute="string"),
    sorts=("id", "name", "position"),
    small=True,
)
_STAGES = Listing(
    plain(id="integer", name="string", position="integer", sets_status="integer")
    | {"pipeline": Column("pipeline_id", "integer")},
    sorts=("id", "name", "position"),
    small=True,
)
ROUTES: list[Route[Call]] = [
    Route(("GET",), "/pipelines/", list_pipelines, "read", listing=_PIPELINES),
    Route(("POST",), "/pipelines/", add_pipeline, "write"),
    Route(("GET",), "/pipelines/<int:id>/", get_pipeline, "read"),
    Route(("PUT", "PATCH"), "/pipelines/<int:id>/", change_pipeline, "write"),
    Route(("DELETE",), "/pipelines/<int:id>/", remove_pipeline, "write"),
    Route(("GET",), "/pipelines/<int:id>/stages/", list_stages_of_pipeline, "read", listing=_STAGES),
    Route(("POST",), "/pipelines/<int:id>/stages/", add_stage_to_pipeline, "write"),
    Route(("GET",), "/stages/", list_stages, "read", listing=replace(_STAGES, own=("pipeline",))),
    Route(("POST",), "/stages/", add_stage, "write"),
    Route(("GET",), "/stages/<int:id>/", get_stage, "read"),
    Route(("PUT", "PATCH"), "/stages/<int:id>/", change_stage, "write"),
    Route(("DELETE",), "/stages/<int:id>/", remove_stage, "write"),
]
