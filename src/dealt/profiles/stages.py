"""The way of a deal through its pipeline, with the time it spent in each stage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dealt.kernel.db import Record
from dealt.pipelines import Pipelines, Stage


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the deal's pipeline; ``seconds`` is the time spent there so far, None where it never was."""

    stage: Stage
    state: Literal["passed", "here", "ahead"]
    seconds: float | None


def steps(pipelines: Pipelines, here: Stage, entered: Sequence[Record], now: datetime) -> list[Step]:
    """The stages in their order. ``entered`` are rows of ``at`` and ``stage_id``, oldest first."""
    spent: dict[int, float] = defaultdict(float)
    for row, following in zip(entered, [*entered[1:], None], strict=True):
        until = now if following is None else following["at"]
        spent[row["stage_id"]] += max(0.0, (until - row["at"]).total_seconds())
    found = []
    for stage in pipelines.stages_of(here.pipeline_id):
        ahead = "passed" if stage.position < here.position else "ahead"
        state: Literal["passed", "here", "ahead"] = "here" if stage.id == here.id else ahead  # type: ignore[assignment]
        found.append(Step(stage, state, spent.get(stage.id)))
    return found
