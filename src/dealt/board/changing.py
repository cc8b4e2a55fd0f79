"""Moving and editing deals from the board: what a stage asks for, all in one set, and the way back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from dealt.accounts import Snapshot, may_see_deal
from dealt.attributes import ATTRIBUTES
from dealt.board import queries
from dealt.board.model import MOST_CHANGED
from dealt.deals import FIELDS, DealImage, DealPatch, DealWork, DealWriter, DealWritten, fetch_images, parse_deal
from dealt.kernel.errors import InvalidInput
from dealt.pipelines import PIPELINES, Stage
from dealt.web import Visit

LOST = 3
_CHANGES = {"stage", "status", "loss_reason", "loss_reason_description", "assigned_to"}
_COLUMNS = {one.name: one.column for one in FIELDS}
_LABELS = {one.name: one.label for one in FIELDS}


@dataclass
class Changed:
    """``undo`` gives each deal back what it had, if nobody changed it since. ``asks`` is what a stage still needs."""

    deal_ids: list[int] = field(default_factory=list)
    undo: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    asks: list[dict[str, str]] = field(default_factory=list)


async def change(visit: Visit, snapshot: Snapshot, body: Mapping[str, Any]) -> Changed:
    """Do to the deals of ``body`` what it says. Raises InvalidInput, NotFound."""
    images = await _images(visit, _ids(body.get("deals")))
    changes = {name: body[name] for name in _CHANGES if name in body}
    given = body.get("fields")
    changes |= given if isinstance(given, dict) else {}
    stage = snapshot.part(PIPELINES).stages.get(changes["stage"]) if isinstance(changes.get("stage"), int) else None
    if "stage" in changes:
        if stage is None:
            raise InvalidInput.of("stage", "There is no such stage any more. Reload the page.")
        if stage.sets_status is not None:
            changes["status"] = stage.sets_status
    if asks := _asks(snapshot, stage, images.values(), changes):
        return Changed(asks=asks)
    works = []
    for image in images.values():
        patch = parse_deal(changes, snapshot.time_zone)
        _tag(patch, body)
        works.append(DealWork(how="update", actor=visit.actor, patch=patch, deal_id=image.deal.id))
    return _told(await visit.of(DealWriter).write_many(visit.workspace_id, works), images)


async def undo(visit: Visit, snapshot: Snapshot, body: Mapping[str, Any]) -> Changed:
    """Give deals back what a change took, as ``Changed.undo`` told; refused where somebody changed them since."""
    items = body.get("undo")
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise InvalidInput.of("undo", "This is no change that can be taken back.")
    images = await _images(visit, _ids([one.get("id") for one in items]))
    works = []
    for one in items:
        before = one.get("before")
        if not isinstance(before, dict) or not isinstance(one.get("version"), int):
            raise InvalidInput.of("undo", "This is no change that can be taken back.")
        patch, version = parse_deal(before, snapshot.time_zone), one["version"]
        works.append(DealWork(how="update", actor=visit.actor, patch=patch, deal_id=one["id"], only_version=version))
    return _told(await visit.of(DealWriter).write_many(visit.workspace_id, works), images)


def _ids(given: Any) -> list[int]:
    if not isinstance(given, list) or not given or len(given) > MOST_CHANGED:
        raise InvalidInput.of("deals", f"Choose 1 to {MOST_CHANGED} deals.")
    if not all(isinstance(one, int) and not isinstance(one, bool) and 0 < one < 2**63 for one in given):
        raise InvalidInput.of("deals", "Every deal is named by its number.")
    return list(dict.fromkeys(given))


async def _images(visit: Visit, deal_ids: Sequence[int]) -> dict[int, DealImage]:
    """The deals that the member may see; all of them or NotFound."""
    async with visit.reading() as connection:
        rows = await connection.fetch(queries.HOMES, visit.workspace_id, list(deal_ids))
        keys = [(row["contact_id"], row["deal_id"]) for row in rows]
        found = await fetch_images(connection, visit.workspace_id, keys, to_show=True)
    images = {
        one: found[one] for one in deal_ids if one in found and may_see_deal(visit.member, found[one].deal.assigned_to)
    }
    if len(images) < len(deal_ids):
        raise visit.not_found("deal")
    return images


def _tag(patch: DealPatch, body: Mapping[str, Any]) -> None:
    name = body.get("add_tag")
    if name is None:
        return
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 255:
        raise InvalidInput.of("add_tag", "A tag's name has 1 to 255 characters.")
    patch.add_tags = [name.strip()]


def _asks(
    snapshot: Snapshot, stage: Stage | None, images: Collection[DealImage], changes: Mapping[str, Any]
) -> list[dict[str, str]]:
    """What the rules of a stage, or a loss, still need of some of these deals."""
    needed = [name for name in (stage.required if stage else ()) if _is_empty(changes.get(name))]
    missing = [name for name in needed if any(_is_empty(_value(image, name)) for image in images)]
    attributes = snapshot.part(ATTRIBUTES).of("deal")
    asks = [
        {
            "name": name,
            "label": _LABELS.get(name) or (attributes[name].name if name in attributes else name),
            "type": attributes[name].value_type if name in attributes else _type(name),
        }
        for name in missing
    ]
    lost = changes.get("status") == LOST and any(image.deal.status != LOST for image in images)
    if lost and _is_empty(changes.get("loss_reason")) and snapshot.part(PIPELINES).loss_reasons:
        asks.append({"name": "loss_reason", "label": "Why it was lost", "type": "loss_reason"})
    return asks


def _type(name: str) -> str:
    return next((one.value_type for one in FIELDS if one.name == name), "string")


def _value(image: DealImage, name: str) -> Any:
    column = _COLUMNS.get(name)
    return getattr(image.deal, column) if column else image.deal.attributes.get(name)


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


def _told(outcomes: Sequence[DealWritten | Exception], before: Mapping[int, DealImage]) -> Changed:
    told = Changed()
    for outcome in outcomes:
        if isinstance(outcome, InvalidInput):
            told.refused.append(" ".join(sentence for each in outcome.fields.values() for sentence in each))
        elif isinstance(outcome, Exception):
            told.refused.append(getattr(outcome, "detail", "") or "The deal could not be changed.")
        elif outcome.image is not None:
            told.deal_ids.append(outcome.deal_id)
            told.undo.append(_back(before[outcome.deal_id], outcome.image))
    return told


def _back(before: DealImage, after: DealImage) -> dict[str, Any]:
    deal, now = before.deal, after.deal
    fields: dict[str, Any] = {}
    for name, column in (
        ("stage", "stage_id"), ("status", "status"), ("loss_reason", "loss_reason_id"),
        ("loss_reason_description", "loss_reason_description"), ("assigned_to", "assigned_to"), ("tags", "tag_ids"),
        ("value", "value"), ("currency", "currency"), ("expected_close_date", "expected_close_date"), ("name", "name"),
    ):  # fmt: skip
        was = getattr(deal, column)
        if was != getattr(now, column):
            fields[name] = was
    fields |= {
        name: deal.attributes.get(name)
        for name in now.attributes.keys() | deal.attributes.keys()
        if deal.attributes.get(name) != now.attributes.get(name)
    }
    return {"id": deal.id, "version": now.version, "before": msgspec.to_builtins(fields, enc_hook=str)}
