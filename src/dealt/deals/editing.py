"""A deal before and a patch give the deal after: the rules of an order's life, without any I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dealt.deals.lines import LineDraft, merge_lines, parse_line, restore_line, totals
from dealt.deals.model import Deal, DealImage, Line, Status
from dealt.deals.schemas import DealPatch
from dealt.kernel.clock import parse_datetime
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.journal import same_json
from dealt.pipelines import Pipelines
from dealt.products import ProductFacts


@dataclass(slots=True)
class Resolved:
    """A patch's references, looked up: what it takes to apply the patch without asking anybody."""

    workspace_id: int
    pipelines: Pipelines
    zone: ZoneInfo
    product_ids: Mapping[str, int]
    facts: Mapping[int, ProductFacts]
    contact_id: int | None = None
    path: tuple[int, ...] = ()
    """From the merged contact whose name was used to ``contact_id``."""
    user_custom_id: str | None = None
    guest: bool = False
    company_id: int | None = None
    company_custom_id: str | None = None
    tag_ids: list[int] | None = None
    added_tag_ids: Sequence[int] = ()
    removed_tag_ids: frozenset[int] = frozenset()
    attributes: dict[str, Any] | None = None

    def product_of(self, draft: LineDraft) -> int | None:
        """The product a line is about; None for a number that the catalogue never gave out."""
        if draft.product_custom_id is not None:
            return self.product_ids[draft.product_custom_id]
        return draft.product_id if draft.product_id in self.facts else None


def apply_patch(before: DealImage | None, patch: DealPatch, to: Resolved, deal_id: int, now: datetime) -> DealImage:
    """The image after ``patch``; ``before`` is None for a new deal. Raises InvalidInput or NotFound."""
    after = _blank(patch, to, deal_id, now) if before is None else _copy(before)
    deal = after.deal
    for column, value in patch.fields.items():
        if column not in ("stage_id", "pipeline_id"):
            setattr(deal, column, value)
    _refer(after, patch, to)
    _place(deal, patch, to.pipelines, now)
    if to.attributes:
        deal.attributes = _merged(deal.attributes, to.attributes)
    deal.ordered_at = ordered_at(deal, to)
    _decide(deal, before, patch, now)
    _set_lines(after, patch, to)
    _set_links(deal, patch, to)
    deal.lines_total, deal.refunded_total, deal.net_value = totals(after.lines, deal.currency, deal.value)
    if patch.source_updated_at is not None:
        deal.source_updated_at, deal.content_hash = patch.source_updated_at, patch.content_hash
    return after


def product_links(deal: Deal, lines: list[Line]) -> set[int]:
    """Every product that a deal is about: those linked and those bought."""
    linked = {product_id for product_id in deal.product_ids if product_id is not None}
    return linked | {line.product_id for line in lines if line.product_id is not None}


def is_late(before: Deal, patch: DealPatch) -> bool:
    """Whether a message says nothing new by its source's clock: older than what is stored, or that very message.

    Of two with the same time the one with the larger hash counts as the newer.
    """
    if before.source_updated_at is None or patch.source_updated_at is None:
        return False
    stored = (before.source_updated_at, before.content_hash or 0)
    return (patch.source_updated_at, patch.content_hash or 0) <= stored


def _blank(patch: DealPatch, to: Resolved, deal_id: int, now: datetime) -> DealImage:
    if "name" not in patch.fields:
        raise InvalidInput.of("name", "This field is required.")
    assert to.contact_id is not None, "a new deal's contact is resolved, or a placeholder"
    stage = to.pipelines.first_stage(to.pipelines.default_pipeline().id)
    deal = Deal(
        contact_id=to.contact_id, id=deal_id, workspace_id=to.workspace_id,
        pipeline_id=stage.pipeline_id, stage_id=stage.id, stage_entered_at=now,
        ordered_at=now, created_at=now, updated_at=now,
    )  # fmt: skip
    return DealImage(deal=deal, guest=to.guest, user_custom_id=to.user_custom_id)


def _copy(before: DealImage) -> DealImage:
    company_id = None if before.company_gone else before.deal.company_id
    return DealImage(
        deal=msgspec.structs.replace(before.deal, company_id=company_id),
        lines=before.lines,
        guest=before.guest,
        user_custom_id=before.user_custom_id,
        company_custom_id=before.company_custom_id,
    )


def _refer(after: DealImage, patch: DealPatch, to: Resolved) -> None:
    if patch.contact is not msgspec.UNSET and to.contact_id is not None:
        after.deal.contact_id = to.contact_id
        after.user_custom_id, after.guest = to.user_custom_id, to.guest
    if patch.company is not msgspec.UNSET:
        after.deal.company_id, after.company_custom_id = to.company_id, to.company_custom_id
    if patch.participants is not msgspec.UNSET:
        after.deal.participants = patch.participants
    if to.tag_ids is not None:
        after.deal.tag_ids = to.tag_ids
    if to.added_tag_ids or to.removed_tag_ids:
        worn = dict.fromkeys([*after.deal.tag_ids, *to.added_tag_ids])
        after.deal.tag_ids = [tag_id for tag_id in worn if tag_id not in to.removed_tag_ids]


def _place(deal: Deal, patch: DealPatch, pipelines: Pipelines, now: datetime) -> None:
    """The stage decides the pipeline; a pipeline alone means its first stage."""
    stage_id, pipeline_id = patch.fields.get("stage_id"), patch.fields.get("pipeline_id")
    if stage_id is not None:
        stage = pipelines.stages[stage_id]
    elif pipeline_id is not None and pipeline_id != deal.pipeline_id:
        stage = pipelines.first_stage(pipeline_id)
    else:
        return
    if stage.id != deal.stage_id:
        deal.stage_entered_at = now
    deal.stage_id, deal.pipeline_id = stage.id, stage.pipeline_id


def _merged(before: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**before, **changes}.items() if value is not None}


def ordered_at(deal: Deal, to: Resolved) -> datetime:
    """When an order happened: its pipeline's date attribute, else its arrival."""
    pipeline = to.pipelines.pipelines.get(deal.pipeline_id)
    value = deal.attributes.get(pipeline.date_attribute) if pipeline else None
    if value is None:
        return deal.created_at
    try:
        return parse_datetime(value, to.zone)
    except ValueError:
        return deal.created_at


def _decide(deal: Deal, before: DealImage | None, patch: DealPatch, now: datetime) -> None:
    """Keep won_at and lost_at in step with the status; a moment that was sent wins."""
    was = before.deal.status if before else None
    for status, column in ((Status.WON, "won_at"), (Status.LOST, "lost_at")):
        if deal.status != status and was != deal.status and column not in patch.fields:
            setattr(deal, column, None)
        elif deal.status == status and patch.fields.get(column) is None and (was != status or column in patch.fields):
            # A whole order sent again without the moment takes nothing back; one that arrives already decided was, as
            # far as we know, decided when it was ordered.
            known = getattr(before.deal, column) if before and was == status else None
            setattr(deal, column, known or (now if before else min(deal.ordered_at, now)))
    if deal.status != Status.LOST and was == Status.LOST and "loss_reason_id" not in patch.fields:
        deal.loss_reason_id, deal.loss_reason_description = None, ""


def _set_lines(after: DealImage, patch: DealPatch, to: Resolved) -> None:
    drafts = patch.lines
    if patch.restores:
        after.lines = _restored(after, patch.line_edits, to)
    elif patch.line_edits:
        drafts = _edited(after.lines, patch.line_edits)
    if drafts is msgspec.UNSET:
        if "currency" in patch.fields:
            _follow_currency(after)
        return
    deal = after.deal
    merged = merge_lines(after.lines, drafts, to.product_of, to.facts, deal.currency, deal.last_line_id)
    for line in merged:
        line.contact_id, line.deal_id, line.workspace_id = deal.contact_id, deal.id, deal.workspace_id
    if not _same_lines(merged, after.lines):
        after.lines = merged
        deal.last_line_id = max([deal.last_line_id, *(line.id for line in merged)])


def _follow_currency(after: DealImage) -> None:
    """A line that tells no currency of its own is in that of its deal."""
    currency = after.deal.currency
    if any(line.currency != currency and not line.receipt.get("currency") for line in after.lines):
        after.lines = [
            line if line.receipt.get("currency") else msgspec.structs.replace(line, currency=currency)
            for line in after.lines
        ]


def _same_lines(merged: list[Line], lines: list[Line]) -> bool:
    return merged == lines and all(same_json(a.receipt, b.receipt) for a, b in zip(merged, lines, strict=True))


def _edited(lines: list[Line], edits: Mapping[int, LineDraft | None]) -> list[LineDraft]:
    unknown = set(edits) - {line.id for line in lines}
    if unknown:
        raise NotFound(f"The deal has no line {min(unknown)}.")
    drafts = []
    for line in lines:
        edit = edits.get(line.id) if line.id in edits else parse_line(line.receipt, f"order_products.{line.id}")
        if edit is not None:
            edit.id = line.id
            drafts.append(edit)
    return drafts


def _restored(after: DealImage, edits: Mapping[int, LineDraft | None], to: Resolved) -> list[Line]:
    """The lines with those of ``edits`` as they were; what is told of a line that is gone brings it back."""
    if not edits:
        return after.lines
    deal = after.deal
    lines = {line.id: line for line in after.lines}
    for line_id, draft in edits.items():
        if draft is None:
            lines.pop(line_id, None)
        else:
            lines[line_id] = restore_line(draft, line_id, to.product_of(draft), deal.currency)
    in_order = sorted(lines.values(), key=lambda line: (line.position, line.id))
    whose = {"contact_id": deal.contact_id, "deal_id": deal.id, "workspace_id": deal.workspace_id}
    return [msgspec.structs.replace(line, position=place, **whose) for place, line in enumerate(in_order)]


def _set_links(deal: Deal, patch: DealPatch, to: Resolved) -> None:
    if patch.links is msgspec.UNSET:
        return
    links: dict[int, str | None] = {}
    for product_id in patch.links[0]:
        fact = to.facts.get(product_id)
        links[product_id] = fact.custom_id if fact else None
    for custom_id in patch.links[1]:
        links[to.product_ids[custom_id]] = custom_id
    deal.product_ids, deal.product_custom_ids = list(links), list(links.values())
