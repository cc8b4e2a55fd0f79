"""What the document says of pipelines and stages."""

from __future__ import annotations

from dealt.publicapi import pipelines
from dealt.publicapi.described.parts import or_null, recorded
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Chapter,
    Operation,
    argument,
    array,
    deleted,
    identifier,
    made,
    obj,
    page_of,
    said,
    text,
    whole,
)

_NAME = text(longest=255)
_POSITION = whole("Where it stands among the others, from 1.", least=1, most=2**31 - 1)
_DATE = text("The deal attribute that says when an order happened.", longest=255)
_RULES = {
    "required": array(_NAME, "What a deal must have before somebody may move it here by hand.", most=20),
    "sets_status": or_null(
        whole(least=0, most=4),
        "The status that a deal gets by being moved here by hand; 3, lost, asks for a loss reason where there are any.",
    ),
}
_STAGE = recorded(
    "Stage",
    obj({"id": identifier(), "name": text(), "position": whole(least=1), "pipeline": identifier(), **_RULES}),
)
_PIPELINE = recorded(
    "Pipeline",
    obj({
        "id": identifier(), "name": text(), "position": whole(least=1), "date_attribute": text(),
        "stages": array(_STAGE),
    }),
)  # fmt: skip
_SENT = obj({"name": _NAME, "position": _POSITION, "date_attribute": _DATE}, required=[])
_NEW = obj({**_SENT["properties"], "stages": array(_NAME, most=100)}, required=["name"])
_SENT_STAGE = obj({"name": _NAME, "position": _POSITION, **_RULES}, required=["name"])
_NEW_STAGE = obj({**_SENT_STAGE["properties"], "pipeline": identifier()}, required=["name", "pipeline"])
_PATHS, _STAGE_PATHS = ("/pipelines/<int:id>/",), ("/stages/<int:id>/",)
_STAGES = {200: Answer("One page, in their order.", page_of(_STAGE))}
CHAPTER = Chapter(
    "Pipelines and stages",
    "A pipeline is an ordered list of stages; every deal stands in one stage.",
    {
        pipelines.list_pipelines: Operation(
            id="listPipelines", summary="List pipelines", query=PAGING, lists=_PATHS, refusals=(404,),
            answers={200: Answer("One page, each with its stages.", page_of(_PIPELINE))},
        ),
        pipelines.add_pipeline: Operation(
            id="createPipeline", summary="Create a pipeline", makes=_PATHS, answers=made(_PIPELINE),
            body=Body(_NEW, {"name": "Returns", "stages": ["Announced", "Arrived", "Refunded"]}),
        ),
        pipelines.get_pipeline: Operation(id="getPipeline", summary="Read a pipeline", answers=said(_PIPELINE)),
        pipelines.change_pipeline: Operation(
            id="updatePipeline", summary="Rename or move a pipeline", body=Body(_SENT, {"name": "Shop orders"}),
            answers=said(_PIPELINE),
        ),
        pipelines.remove_pipeline: Operation(
            id="deletePipeline", summary="Delete a pipeline without deals", answers=deleted,
        ),
        pipelines.list_stages_of_pipeline: Operation(
            id="listStagesOfPipeline", summary="List the stages of a pipeline", query=PAGING, answers=_STAGES
        ),
        pipelines.add_stage_to_pipeline: Operation(
            id="createStageOfPipeline", summary="Add a stage to a pipeline", makes=_STAGE_PATHS,
            body=Body(_SENT_STAGE, {"name": "Lost on the way"}), answers=made(_STAGE),
        ),
        pipelines.list_stages: Operation(
            id="listStages", summary="List stages", lists=_STAGE_PATHS, answers=_STAGES, refusals=(404,),
            query=(argument("pipeline", identifier(), "Stages of this pipeline.", 1), *PAGING),
        ),
        pipelines.add_stage: Operation(
            id="createStage", summary="Add a stage", body=Body(_NEW_STAGE, {"name": "On hold", "pipeline": 1}),
            answers=made(_STAGE), makes=_STAGE_PATHS,
        ),
        pipelines.get_stage: Operation(id="getStage", summary="Read a stage", answers=said(_STAGE)),
        pipelines.change_stage: Operation(
            id="updateStage", summary="Rename, move or rule a stage", body=Body(_SENT_STAGE | {"required": []},
                                                                          {"position": 2}),
            answers=said(_STAGE),
        ),
        pipelines.remove_stage: Operation(
            id="deleteStage", summary="Delete a stage without deals", answers=deleted,
        ),
    },
)  # fmt: skip
