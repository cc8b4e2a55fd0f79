"""What a stage asks for where somebody moves a deal there by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from dealt.attributes import ATTRIBUTES
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.journal import difference
from dealt.pipelines import queries
from dealt.pipelines.loading import hold_pipelines, load_pipelines, record_change
from dealt.pipelines.model import MOST_REQUIRED, Stage

REQUIRABLE = {
    "value": "Value",
    "currency": "Currency",
    "assigned_to": "Assigned to",
    "expected_close_date": "Expected to close",
}
"""The standard fields of a deal that a stage can ask for."""


async def requirable(connection: Connection, workspace_id: int) -> dict[str, str]:
    """The fields and attributes of deals that a stage can ask for, with what they are called."""
    attributes = (await ATTRIBUTES.load(connection, workspace_id)).of("deal")
    return REQUIRABLE | {name: one.name for name, one in attributes.items() if one.aggregator_id is None}


async def rule_stage(
    connection: Connection,
    workspace_id: int,
    stage_id: int,
    *,
    required: Sequence[str],
    sets_status: int | None,
    now: datetime,
    actor: str = "system",
) -> Stage:
    """What a deal must have that is moved here by hand, and the status that it gets. Raises NotFound, InvalidInput.

    A name that the stage asked for already may stay, although its attribute is gone.
    """
    known = await hold_pipelines(connection, workspace_id)
    before = known.stages.get(stage_id)
    if before is None:
        raise NotFound
    if len(required) > MOST_REQUIRED:
        raise InvalidInput.of("required", f"A stage asks for at most {MOST_REQUIRED} fields.")
    if sets_status not in (None, 0, 1, 2, 3, 4):
        raise InvalidInput.of("sets_status", "A status is a number from 0 to 4.")
    if unknown := set(required) - set(before.required) - (await requirable(connection, workspace_id)).keys():
        names = ", ".join(sorted(unknown))
        raise InvalidInput.of(
            "required", f"A stage cannot ask for {names}: name attributes of deals, or {', '.join(REQUIRABLE)}."
        )
    await connection.execute(queries.RULE_STAGE, workspace_id, stage_id, list(dict.fromkeys(required)), sets_status)
    after = (await load_pipelines(connection, workspace_id)).stages[stage_id]
    if changes := difference(asdict(before), asdict(after)):
        await record_change(connection, workspace_id, "stage", "updated", stage_id, changes, now=now, actor=actor)
    return after
