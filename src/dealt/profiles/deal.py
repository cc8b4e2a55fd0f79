"""The page of one deal, and everything that can be done to it there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from dealt.accounts import MEMBERS, may_see_deal
from dealt.board import change_deals
from dealt.deals import (
    DealImage,
    DealPatch,
    DealWork,
    DealWriter,
    DealWritten,
    Submission,
    fetch_images,
    home_of,
    parse_deal,
    parse_line_edit,
    undoing,
)
from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.pipelines import PIPELINES, Stage
from dealt.profiles.deal_view import see
from dealt.profiles.keeping import attributes_of, tag_named
from dealt.profiles.numbers import number_in
from dealt.profiles.telling import STATUSES
from dealt.profiles.typed import Typed, due_tomorrow, sent, shown, shown_attributes
from dealt.tags import TAGS
from dealt.web import PageRoute, Undo, Visit, action, bring_back, page

FIELDS = (
    Typed("name", "Name", required=True),
    Typed("custom_id", "Own id"),
    Typed("value", "Value", "number"),
    Typed("currency", "Currency", hint="Such as EUR"),
    Typed("expected_close_date", "Expected to close", "date"),
    Typed("assigned_to", "Assigned to", "select"),
)
ASKED = "f."
"""What stands before a field's name where a stage asks for it."""
_LINE_NUMBERS = ("quantity", "value", "discount", "returned_quantity", "refunded_value")
_LOOKS = 10


@dataclass(frozen=True, slots=True)
class Asking:
    """A stage into which the deal is to go, and what it needs for that: name, label and type of each field."""

    stage: Stage
    fields: Sequence[Mapping[str, str]]


async def show(visit: Visit, asking: Asking | None = None) -> Response:
    """The receipt beside the catalogue, the way through the pipeline, the contact, and the whole history."""
    older_than = number_in(visit.query.get("before", ""), "before", default=0) or None
    async with visit.reading() as connection:
        snapshot = await visit.house.definitions.for_reading(connection, visit.workspace_id)
        image = await _image(visit, connection)
        seen = await see(visit, connection, snapshot, image, older_than)
    if visit.by_htmx:
        return await visit.page("profiles/_changes.html", history=seen.history, address=_here(visit), what="deal")
    attributes = attributes_of(snapshot, "deal")
    pipelines = snapshot.part(PIPELINES)
    return await visit.page(
        "profiles/deal.html",
        seen=seen,
        asking=asking,
        due=due_tomorrow(visit.now, snapshot),
        statuses=STATUSES,
        loss_reasons=pipelines.loss_reasons,
        pipelines=pipelines,
        members=snapshot.part(MEMBERS),
        tags=snapshot.part(TAGS),
        attributes=attributes,
        fields=FIELDS,
        typed=shown(visit, FIELDS, msgspec.structs.asdict(image.deal)),
        typed_attributes=shown_attributes(visit, attributes, image.deal.attributes),
    )


async def move(visit: Visit) -> Response:
    """Into another stage, by its rules: what it asks for is asked first."""
    snapshot = await visit.snapshot()
    stage = snapshot.part(PIPELINES).stages.get(number_in(visit.text("stage"), "stage"))
    if stage is None:
        raise InvalidInput.of("stage", "There is no such stage any more. Reload the page.")
    given = {key.removeprefix(ASKED): visit.text(key) for key in visit.form if key.startswith(ASKED)}
    reason = {"loss_reason": given.pop("loss_reason")} if given.get("loss_reason") else {}
    body = {"deals": [visit.id()], "stage": stage.id, "fields": given} | reason
    changed = await change_deals(visit, snapshot, body)
    if changed.asks:
        return await show(visit, Asking(stage, changed.asks))
    if changed.refused:
        raise InvalidInput.of("stage", changed.refused[0])
    return visit.go(_here(visit), f"Moved to {stage.name}.", Undo(f"{_here(visit)}undo/"))


async def decide(visit: Visit) -> Response:
    """Another status, with the reason where it is lost."""
    body: dict[str, Any] = {"status": number_in(visit.text("status"), "status")}
    if body["status"] == 3:
        body |= {"loss_reason": visit.text("loss_reason"), "loss_reason_description": visit.text("description")}
    return await _write(visit, body, f"The deal is {STATUSES.get(body['status'], 'changed').lower()}.")


async def edit(visit: Visit) -> Response:
    """Its fields and attributes: those that the form has."""
    return await _write(visit, sent(visit, FIELDS), "The changes are saved.")


async def give(visit: Visit) -> Response:
    """To a contact, with its tasks and its history."""
    if not visit.may("contacts"):
        raise InvalidInput.of("user_id", "Your role does not include contacts.")
    return await _write(visit, {"user_id": number_in(visit.text("user_id"), "user_id")}, "It is this contact's now.")


async def adopt(visit: Visit) -> Response:
    """The lines' total becomes the value."""
    async with visit.reading() as connection:
        image = await _image(visit, connection)
    return await _write(visit, {"value": image.deal.lines_total}, "The value is the lines' total now.")


async def tag(visit: Visit) -> Response:
    """One tag more."""
    patch = DealPatch(fields={}, attributes={}, add_tags=[tag_named(visit)])
    return await _write_patch(visit, patch, "The tag is added.")


async def untag(visit: Visit) -> Response:
    """One tag less."""
    patch = DealPatch(fields={}, attributes={}, remove_tags=[tag_named(visit)])
    return await _write_patch(visit, patch, "The tag is taken off.")


async def edit_line(visit: Visit) -> Response:
    """A line's quantity, price, discount, and what of it came back."""
    sent = {name: visit.text(name) for name in _LINE_NUMBERS if name in visit.form}
    # An empty refund follows from what was returned; an empty number is none.
    body: dict[str, Any] = {name: value or None for name, value in sent.items()}
    return await _write_patch(visit, parse_line_edit(visit.id("line"), body), "The line is changed.")


async def remove_line(visit: Visit) -> Response:
    return await _write_patch(visit, parse_line_edit(visit.id("line"), None), "The line is removed.")


async def add_line(visit: Visit) -> Response:
    """A line more; the others stay as they are."""
    async with visit.reading() as connection:
        image = await _image(visit, connection)
    added = {name: visit.text(name) for name in ("product_custom_id", "name", "quantity", "value") if visit.text(name)}
    lines: list[dict[str, Any]] = [{"id": line.id} for line in image.lines]
    return await _write(visit, {"order_products": [*lines, added]}, "The line is added.")


async def undo(visit: Visit) -> Response:
    """The last change is taken back, if it is still the one that the page showed."""
    change_id = number_in(visit.text("change"), "change", default=0) or None
    async with visit.reading() as connection:
        await _image(visit, connection)
        zone = (await visit.house.definitions.for_reading(connection, visit.workspace_id)).time_zone
        work = await undoing(connection, visit.actor, visit.id(), zone, change_id=change_id)
    await visit.of(DealWriter).submit(Submission(work=work))
    return visit.go(_here(visit), "The last change is undone.", Undo(f"{_here(visit)}undo/"))


async def delete(visit: Visit) -> Response:
    """Gone with its lines; it can be brought back."""
    async with visit.reading() as connection:
        image = await _image(visit, connection)
    work = DealWork(how="delete", actor=visit.actor, deal_id=visit.id())
    written = await visit.of(DealWriter).submit(Submission(work=work))
    kept = written.deletion_id if isinstance(written, DealWritten) else None
    return visit.go("/deals/", f"{image.deal.name} is deleted.", bring_back(kept))


async def _image(visit: Visit, connection: Connection) -> DealImage:
    """The deal with its whole lines, if the member may see it. Raises NotFound."""
    for _ in range(_LOOKS):
        contact_id = await home_of(connection, visit.workspace_id, visit.id())
        if contact_id is None:
            break
        found = await fetch_images(connection, visit.workspace_id, [(contact_id, visit.id())])
        image = found.get(visit.id())
        if image is not None:
            if may_see_deal(visit.member, image.deal.assigned_to):
                return image
            break
    raise visit.not_found("deal")


async def _write(visit: Visit, body: dict[str, Any], said: str) -> Response:
    zone = (await visit.snapshot()).time_zone
    return await _write_patch(visit, parse_deal(body, zone), said)


async def _write_patch(visit: Visit, patch: DealPatch, said: str) -> Response:
    async with visit.reading() as connection:
        before = await _image(visit, connection)
    work = DealWork(how="update", actor=visit.actor, deal_id=visit.id(), patch=patch)
    written = await visit.of(DealWriter).submit(Submission(work=work))
    if isinstance(written, DealWritten) and written.image and written.image.deal.version == before.deal.version:
        return visit.go(_here(visit), "Nothing was different, so nothing was changed.")
    return visit.go(_here(visit), said, Undo(f"{_here(visit)}undo/"))


def _here(visit: Visit) -> str:
    return f"/deals/{visit.id()}/"


ROUTES: list[PageRoute] = [
    page("/deals/<int:id>/", show, "deals"),
    action("/deals/<int:id>/move/", move, "deals", again=show),
    action("/deals/<int:id>/status/", decide, "deals", again=show),
    action("/deals/<int:id>/edit/", edit, "deals", again=show),
    action("/deals/<int:id>/contact/", give, "deals", again=show),
    action("/deals/<int:id>/adopt/", adopt, "deals", again=show),
    action("/deals/<int:id>/tag/", tag, "deals", again=show),
    action("/deals/<int:id>/untag/", untag, "deals", again=show),
    action("/deals/<int:id>/lines/", add_line, "deals", again=show),
    action("/deals/<int:id>/lines/<int:line>/", edit_line, "deals", again=show),
    action("/deals/<int:id>/lines/<int:line>/remove/", remove_line, "deals", again=show),
    action("/deals/<int:id>/undo/", undo, "deals", again=show),
    action("/deals/<int:id>/delete/", delete, "deals", again=show),
]
