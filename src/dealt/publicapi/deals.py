"""Deals: create, upsert, read, edit, delete, by either id, and a deal's history."""

from __future__ import annotations

from typing import Any

from dealt.accounts import Snapshot
from dealt.attributes import ATTRIBUTES
from dealt.deals import (
    DealImage,
    DealPatch,
    DealWork,
    DealWritten,
    Submission,
    find_deal_id,
    get_deal,
    list_deals,
    list_history,
    parse_deal,
    parse_line_edit,
    undoing,
    upsert,
)
from dealt.kernel.clock import parse_datetime
from dealt.kernel.db import Record
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response, Route
from dealt.kernel.idempotency import FirstAnswer
from dealt.kernel.schema import refuse_unknown
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.deal_filters import DEALS, parse_filter
from dealt.publicapi.deal_shapes import shape_deal, shape_entry
from dealt.publicapi.listing import CHANGES
from dealt.publicapi.one_object import named
from dealt.publicapi.single_changes import Asked, Known, SingleChanges


async def create(call: Call) -> Response:
    """POST /deals/: a new deal; 404 while its contact is unknown, 400 when its custom_id is taken."""
    return await _write(call, DealWork(how="create", actor=call.actor, patch=await _patch(call)))


async def create_by_custom_id(call: Call) -> Response:
    """POST /deals-by-id/: the legacy way to create, with the client's id as ``deal_id``."""
    patch = await _patch(call, "deal_id")
    if patch.fields.get("custom_id") is None:
        raise InvalidInput.of("deal_id", "This field is required.")
    return await _write(call, DealWork(how="create", actor=call.actor, patch=patch))


async def update_or_create(call: Call) -> Response:
    """POST /deals/update_or_create/: the deal with this custom_id, made or changed, at once and only once."""
    return await _write(call, upsert(await _patch(call), call.actor), upsert_answer=True)


async def update(call: Call) -> Response:
    """PUT or PATCH: both change only what the body names."""
    return await _write(call, DealWork(how="update", actor=call.actor, patch=await _patch(call), **_target(call)))


async def delete(call: Call) -> Response:
    """DELETE: 204; a tombstone keeps older messages from bringing the deal back."""
    snapshot = await call.snapshot()
    text = call.request.query.get("source_updated_at")
    try:
        source = parse_datetime(text, snapshot.time_zone) if text else None
    except ValueError as error:
        raise InvalidInput.of("source_updated_at", str(error)) from None
    work = DealWork(how="delete", actor=call.actor, source_updated_at=source, **_target(call))
    return await _write(call, work)


async def read(call: Call) -> Response:
    """GET one deal."""
    async with call.reading() as connection:
        deal_id = await named(call, connection, find_deal_id)
        image = await get_deal(connection, call.workspace_id, deal_id)
    return answer(shape_deal(image, await _snapshot_for(call, image), call.version))


async def list_(call: Call) -> Response:
    """GET /deals/: by contact, company, status, stage, pipeline, product and dates; newest order first."""
    async with call.reading() as connection:
        snapshot = await call.definitions(connection)
        wanted = await parse_filter(connection, snapshot, call.request.query, user_id_is_custom=call.version == 1)
        page, images = await list_deals(connection, call.workspace_id, wanted, call.page_request)

    def shape(row: Record) -> dict[str, Any] | None:
        image = images.get(row["id"])
        return shape_deal(image, snapshot, call.version) if image else None

    return paged(call, page, shape)


async def history(call: Call) -> Response:
    """GET .../history/: who changed what, when, from what to what; oldest first."""
    async with call.reading() as connection:
        deal_id = await named(call, connection, find_deal_id)
        page = await list_history(connection, call.workspace_id, deal_id, call.page_request)
    return paged(call, page, shape_entry)


async def edit_line(call: Call) -> Response:
    """PATCH .../lines/<line_id>/: change one line, or say what of it came back."""
    patch = parse_line_edit(call.id("line_id"), call.body)
    return await _write(call, DealWork(how="update", actor=call.actor, patch=patch, **_target(call)))


async def remove_line(call: Call) -> Response:
    """DELETE .../lines/<line_id>/: the answer is the deal without that line."""
    patch = parse_line_edit(call.id("line_id"), None)
    return await _write(call, DealWork(how="update", actor=call.actor, patch=patch, **_target(call)))


async def undo(call: Call) -> Response:
    """POST .../undo/: take back the last change, or the one named by ``change`` if it is the last; 409 otherwise."""
    refuse_unknown(call.body, ("change",))
    change_id = call.body.get("change")
    if change_id is not None and (isinstance(change_id, bool) or not isinstance(change_id, int)):
        raise InvalidInput.of("change", "The id of an entry of the deal's history is needed.")
    async with call.reading() as connection:
        snapshot = await call.definitions(connection)
        deal_id = call.id() if "id" in call.params else await find_deal_id(connection, call.workspace_id, call.text())
        work = await undoing(connection, call.actor, deal_id, snapshot.time_zone, change_id=change_id)
    return await _write(call, work)


async def _patch(call: Call, custom_id_key: str | None = None) -> DealPatch:
    body = call.body
    if custom_id_key in body and "custom_id" not in body:
        body["custom_id"] = body.pop(custom_id_key)
    snapshot = await call.snapshot()
    return parse_deal(body, snapshot.time_zone, user_id_is_custom=call.version == 1)


async def _apply(call: Call, asked: Asked) -> Known:
    """Change one thing of the deal that the path names."""
    before = await call.snapshot()
    patch = parse_deal(asked.body, before.time_zone, user_id_is_custom=call.version == 1)
    patch.add_tags, patch.remove_tags = asked.add_tags, asked.remove_tags
    work = DealWork(how="update", actor=call.actor, patch=patch, **_target(call))
    await call.services.deals.submit(Submission(work=work))
    async with call.reading() as connection:
        return Known(before, await call.services.definitions.for_writing(connection, call.workspace_id))


changes = SingleChanges(_apply)


def _target(call: Call) -> dict[str, Any]:
    return {"deal_id": call.id()} if "id" in call.params else {"custom_id": call.text()}


async def _write(call: Call, work: DealWork, *, upsert_answer: bool = False) -> Response:
    key, version = call.key, call.version

    def render(written: DealWritten, snapshot: Snapshot) -> FirstAnswer:
        response = _answer(written, snapshot, version, upsert_answer=upsert_answer)
        return FirstAnswer(response.status, bytes(response.body))  # type: ignore[arg-type]

    submission = Submission(work=work, key=key, render=render if key else None)
    written = await call.services.deals.submit(submission)
    if isinstance(written, FirstAnswer):
        return Response(written.status, written.body, headers={"Idempotency-Replayed": "true"})
    snapshot = await _snapshot_for(call, written.image)
    return _answer(written, snapshot, version, upsert_answer=upsert_answer)


def _answer(written: DealWritten, snapshot: Snapshot, version: int, *, upsert_answer: bool) -> Response:
    if written.image is None and written.ignored is None:
        return Response(204)
    body: dict[str, Any] = {"id": written.deal_id}
    if written.image is not None:
        body = shape_deal(written.image, snapshot, version)
    if upsert_answer:
        body["created"] = written.created
    if written.ignored:
        body["ignored"] = written.ignored
    return answer(body, 201 if written.created else 200)


async def _snapshot_for(call: Call, image: DealImage | None) -> Snapshot:
    """A snapshot that knows every attribute of the image: one defined a moment ago is read anew."""
    snapshot = await call.snapshot()
    if image is None or image.deal.attributes.keys() <= snapshot.part(ATTRIBUTES).of("deal").keys():
        return snapshot
    async with call.reading() as connection:
        return await call.services.definitions.for_writing(connection, call.workspace_id)


ROUTES: list[Route[Call]] = [
    Route(("GET",), "/deals/", list_, "read", listing=DEALS),
    Route(("POST",), "/deals/", create, "write", keeps_key=True),
    Route(("POST",), "/deals/update_or_create/", update_or_create, "write", keeps_key=True),
    Route(("POST",), "/deals-by-id/", create_by_custom_id, "write", keeps_key=True),
]
for _base in ("/deals/<int:id>/", "/deals-by-id/<custom_id>/"):
    ROUTES += [
        Route(("GET",), _base, read, "read"),
        Route(("PUT", "PATCH"), _base, update, "write", keeps_key=True),
        Route(("DELETE",), _base, delete, "write", keeps_key=True),
        Route(("GET",), f"{_base}history/", history, "read", listing=CHANGES),
        Route(("PUT", "PATCH"), f"{_base}lines/<int:line_id>/", edit_line, "write", keeps_key=True),
        Route(("DELETE",), f"{_base}lines/<int:line_id>/", remove_line, "write", keeps_key=True),
        Route(("POST",), f"{_base}undo/", undo, "write", keeps_key=True),
        *changes.tag_routes(_base),
        *changes.attribute_routes(_base),
    ]
