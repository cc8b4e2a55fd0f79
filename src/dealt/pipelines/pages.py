"""Pages of pipelines, their stages, and the reasons for which deals are lost."""

from __future__ import annotations

from typing import Any

from dealt.attributes import ATTRIBUTES
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.pipelines.loading import PIPELINES
from dealt.pipelines.loss_reasons import create_loss_reason, delete_loss_reason, rename_loss_reason
from dealt.pipelines.pipelines import create_pipeline, delete_pipeline, update_pipeline
from dealt.pipelines.rules import requirable, rule_stage
from dealt.pipelines.stages import create_stage, delete_stage, update_stage
from dealt.web import PageRoute, Visit, action, bring_back, page

_HERE, _REASONS = "/settings/pipelines/", "/settings/loss-reasons/"


async def show_all(visit: Visit) -> Response:
    """Every pipeline with its stages."""
    async with visit.reading() as connection:
        known = await PIPELINES.load(connection, visit.workspace_id)
    return await visit.page("pipelines/list.html", known=known)


async def show(visit: Visit) -> Response:
    """One pipeline: its name, when its orders happened, and its stages in order."""
    async with visit.reading() as connection:
        known = await PIPELINES.load(connection, visit.workspace_id)
        attributes = (await ATTRIBUTES.load(connection, visit.workspace_id)).of("deal").values()
        can_ask_for = await requirable(connection, visit.workspace_id)
    pipeline = known.pipelines.get(visit.id())
    if pipeline is None:
        raise visit.not_found("pipeline")
    dates = [(each.name_std, each.name) for each in attributes if each.value_type in ("date", "datetime")]
    return await visit.page(
        "pipelines/one.html", pipeline=pipeline, stages=known.stages_of(pipeline.id), dates=dates,
        is_last=len(known.pipelines) == 1, requirable=list(can_ask_for.items()),
    )  # fmt: skip


async def add(visit: Visit) -> Response:
    """A pipeline with the stages that were named, one a line."""
    name = _named(visit)
    stages = [line.strip() for line in visit.text("stages").splitlines() if line.strip()]
    if any(len(stage) > 255 for stage in stages):
        raise InvalidInput.of("stages", "A stage's name has at most 255 characters.")
    async with visit.changing() as connection:
        made = await create_pipeline(connection, name=name, stages=stages or ("New",), **_by(visit))
    return visit.go(f"{_HERE}{made.id}/", f'The pipeline "{name}" is added.')


async def change(visit: Visit) -> Response:
    """Another name, or another attribute that says when an order happened."""
    async with visit.changing() as connection:
        await update_pipeline(
            connection, pipeline_id=visit.id(), name=_named(visit),
            date_attribute=visit.text("date_attribute") or None, **_by(visit),
        )  # fmt: skip
    return visit.go(f"{_HERE}{visit.id()}/", "The pipeline is saved.")


async def place(visit: Visit) -> Response:
    """Move a pipeline to another place among all."""
    async with visit.changing() as connection:
        await update_pipeline(connection, pipeline_id=visit.id(), position=_position(visit), **_by(visit))
    return visit.json({}) if visit.by_module else visit.go(_HERE)


async def delete(visit: Visit) -> Response:
    """A pipeline in which no deal stands."""
    async with visit.changing() as connection:
        kept = await delete_pipeline(connection, pipeline_id=visit.id(), **_by(visit))
    return visit.go(_HERE, "The pipeline is deleted.", bring_back(kept))


async def add_stage(visit: Visit) -> Response:
    """A stage behind the others."""
    name = _named(visit)
    async with visit.changing() as connection:
        await create_stage(connection, pipeline_id=visit.id(), name=name, **_by(visit))
    return visit.go(f"{_HERE}{visit.id()}/", f'The stage "{name}" is added.')


async def change_stage(visit: Visit) -> Response:
    """Another name for a stage."""
    async with visit.changing() as connection:
        changed = await update_stage(connection, stage_id=visit.id(), name=_named(visit), **_by(visit))
    return visit.go(f"{_HERE}{changed.pipeline_id}/", f'The stage is now called "{changed.name}".')


async def rule(visit: Visit) -> Response:
    """What a stage asks for when a deal is moved there by hand."""
    status = visit.text("sets_status")
    if status and status not in "01234":
        raise InvalidInput.of("sets_status", "Choose one of the list.")
    async with visit.changing() as connection:
        known = await requirable(connection, visit.workspace_id)
        changed = await rule_stage(
            connection, stage_id=visit.id(), required=[name for name in known if f"needs.{name}" in visit.form],
            sets_status=int(status) if status else None, **_by(visit),
        )  # fmt: skip
    return visit.go(f"{_HERE}{changed.pipeline_id}/", f'The rules of "{changed.name}" are saved.')


async def place_stage(visit: Visit) -> Response:
    """Move a stage to another place in its pipeline."""
    async with visit.changing() as connection:
        changed = await update_stage(connection, stage_id=visit.id(), position=_position(visit), **_by(visit))
    return visit.json({}) if visit.by_module else visit.go(f"{_HERE}{changed.pipeline_id}/")


async def remove_stage(visit: Visit) -> Response:
    """A stage in which no deal stands."""
    async with visit.changing() as connection:
        known = await PIPELINES.load(connection, visit.workspace_id)
        stage = known.stages.get(visit.id())
        kept = await delete_stage(connection, stage_id=visit.id(), **_by(visit))
    return visit.go(f"{_HERE}{stage.pipeline_id if stage else ''}/", "The stage is deleted.", bring_back(kept))


async def show_reasons(visit: Visit) -> Response:
    """Why deals are lost."""
    async with visit.reading() as connection:
        known = await PIPELINES.load(connection, visit.workspace_id)
    return await visit.page("pipelines/loss_reasons.html", reasons=known.loss_reasons)


async def add_reason(visit: Visit) -> Response:
    name = _named(visit)
    async with visit.changing() as connection:
        await create_loss_reason(connection, name=name, **_by(visit))
    return visit.go(_REASONS, f'The reason "{name}" is added.')


async def rename_reason(visit: Visit) -> Response:
    name = _named(visit)
    async with visit.changing() as connection:
        await rename_loss_reason(connection, reason_id=visit.id(), name=name, **_by(visit))
    return visit.go(_REASONS, f'The reason is now "{name}", on past deals too.')


async def delete_reason(visit: Visit) -> Response:
    async with visit.changing() as connection:
        kept = await delete_loss_reason(connection, reason_id=visit.id(), **_by(visit))
    return visit.go(_REASONS, "The reason is deleted.", bring_back(kept))


def _by(visit: Visit) -> dict[str, Any]:
    return {"workspace_id": visit.workspace_id, "now": visit.now, "actor": visit.actor.name}


def _named(visit: Visit) -> str:
    name = visit.text("name")
    if not 0 < len(name) <= 255:
        raise InvalidInput.of("name", "A name has 1 to 255 characters.")
    return name


def _position(visit: Visit) -> int:
    given = str(visit.form.get("position", ""))
    if not (given.isascii() and given.isdigit() and 0 < int(given[:9]) < 10_000):
        raise InvalidInput.of("position", "A place counts from 1.")
    return int(given)


_ONE, _STAGE, _REASON = f"{_HERE}<int:id>/", "/settings/stages/<int:id>/", f"{_REASONS}<int:id>/"
ROUTES: list[PageRoute] = [
    page(_HERE, show_all, "settings"),
    action(_HERE, add, "settings", again=show_all),
    page(_ONE, show, "settings"),
    action(_ONE, change, "settings", again=show),
    action(f"{_ONE}place/", place, "settings"),
    action(f"{_ONE}delete/", delete, "settings", again=show),
    action(f"{_ONE}stages/", add_stage, "settings", again=show),
    action(_STAGE, change_stage, "settings"),
    action(f"{_STAGE}rules/", rule, "settings"),
    action(f"{_STAGE}place/", place_stage, "settings"),
    action(f"{_STAGE}delete/", remove_stage, "settings"),
    page(_REASONS, show_reasons, "settings"),
    action(_REASONS, add_reason, "settings", again=show_reasons),
    action(_REASON, rename_reason, "settings", again=show_reasons),
    action(f"{_REASON}delete/", delete_reason, "settings", again=show_reasons),
]
