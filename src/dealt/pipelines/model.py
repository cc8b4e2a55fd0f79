"""Pipelines, their stages and the reasons for which deals are lost."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_DATE_ATTRIBUTE = "order_date"
MOST_PIPELINES = 100
MOST_STAGES = 100
MOST_REQUIRED = 20
MOST_LOSS_REASONS = 1_000


@dataclass(frozen=True, slots=True)
class Pipeline:
    """``date_attribute`` names the deal attribute that says when an order of this pipeline happened."""

    id: int
    name: str
    position: int
    date_attribute: str = DEFAULT_DATE_ATTRIBUTE


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of one pipeline; ``position`` counts from 1 within it.

    ``required`` fields and attributes must be filled, and ``sets_status`` is the status that a deal gets, where
    somebody moves a deal here by hand.
    """

    id: int
    pipeline_id: int
    name: str
    position: int
    required: tuple[str, ...] = ()
    sets_status: int | None = None


@dataclass(frozen=True)
class Pipelines:
    """All of a workspace, by id. Pipelines stand in their order, stages in that of their pipeline and their own.

    There is always a pipeline, and every pipeline always has a stage.
    """

    pipelines: dict[int, Pipeline]
    stages: dict[int, Stage]
    loss_reasons: dict[int, str]

    def default_pipeline(self) -> Pipeline:
        """The first pipeline: where a deal goes that names neither pipeline nor stage."""
        return next(iter(self.pipelines.values()))

    def first_stage(self, pipeline_id: int) -> Stage:
        """The first stage of a pipeline that exists."""
        return self.stages_of(pipeline_id)[0]

    def stages_of(self, pipeline_id: int) -> list[Stage]:
        """The stages of a pipeline in their order."""
        return [stage for stage in self.stages.values() if stage.pipeline_id == pipeline_id]
