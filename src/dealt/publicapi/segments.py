"""Routes of segments: saved filters over users, deals, products and companies."""

from __future__ import annotations

from typing import Any

from dealt.kernel.clock import iso
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.http import Response, Route
from dealt.kernel.lookups import BOUNDS, Column
from dealt.kernel.schema import or_null, read_fields, refuse_unknown, text, whole_number
from dealt.kernel.shown import shown
from dealt.predicates import Explained
from dealt.publicapi.ages import note_age
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.defining import LARGEST_ID, changing
from dealt.publicapi.listing import Listing, plain
from dealt.publicapi.naming import named_contact
from dealt.publicapi.segment_shapes import TOLD, segment_shape
from dealt.publicapi.user_answers import page_of_members as answer_users
from dealt.publicapi.user_filters import MEMBERS, page_wanted
from dealt.segments import (
    SUBJECTS,
    Keeper,
    Segment,
    Some,
    create_segment,
    delete_segment,
    explain_member,
    page_of_members,
    page_of_segments,
    preview,
    preview_changes,
    read_segment,
    snapshot_segment,
    standings,
    update_segment,
)


def _subject(value: Any) -> str:
    if value not in SUBJECTS:
        raise ValueError(f"{shown(value)} is not one of {', '.join(SUBJECTS)}.")
    return str(value)


def _as_written(value: Any) -> Any:
    """A filter's shape is checked with its words, so that the place is named."""
    return value


_NAME, _DESCRIPTION = text(), or_null(text(10_000, blank=True))
_FIELDS = {"name": _NAME, "description": _DESCRIPTION, "filter": _as_written, "subject": _subject}
_ID = whole_number(1, LARGEST_ID)
_NAMES = {"name": _NAME, "description": _DESCRIPTION}


async def list_segments(call: Call) -> Response:
    async with call.reading() as connection:
        await note_age(call, connection)
        page = await page_of_segments(connection, call.workspace_id, call.page_request)
        found = [Segment.of(row) for row in page.rows]
        held = await standings(connection, call.services.derived, call.workspace_id, found, call.now)
    return paged(call, page, lambda row: segment_shape(held[row["id"]], call.request.origin, call.now))


async def add_segment(call: Call) -> Response:
    """Its members are found in the background; ``progress`` tells how far that is."""
    refuse_unknown(call.body, {*_FIELDS, *TOLD})
    fields = {"subject": "contact"} | read_fields(call.body, _FIELDS, required=("name", "filter"))
    fields["description"], fields["written"] = fields.get("description") or "", fields.pop("filter")
    async with changing(call) as connection:
        return await _answer(call, connection, await create_segment(connection, _keeper(call), **fields), 201)


async def get_segment(call: Call) -> Response:
    async with call.reading() as connection:
        return await _answer(call, connection, await read_segment(connection, call.workspace_id, call.id()))


async def change_segment(call: Call) -> Response:
    """Change what the body names. Another filter has everybody looked at again, in the background."""
    refuse_unknown(call.body, {*_FIELDS, *TOLD})
    fields = read_fields(call.body, _FIELDS)
    subject = fields.pop("subject", None)
    if "filter" in fields:
        fields["written"] = fields.pop("filter")
    async with changing(call) as connection:
        if subject is not None:
            await _refuse_other_subject(call, connection, subject)
        changed = await update_segment(connection, _keeper(call), call.id(), **fields)
        return await _answer(call, connection, changed)


async def remove_segment(call: Call) -> Response:
    async with changing(call) as connection:
        await delete_segment(connection, _keeper(call), call.id())
    return Response(204)


async def list_users(call: Call) -> Response:
    """``GET /segments/<id>/users/``: a page of the users who belong."""
    async with call.reading() as connection:
        segment = await read_segment(connection, call.workspace_id, call.id())
        if segment.subject != "contact":
            raise NotFound(f"This is a segment of the subject {segment.subject}; its members are at members/.")
        await note_age(call, connection)
        page = await page_of_members(
            connection, call.workspace_id, segment.id, await page_wanted(call, connection, MEMBERS)
        )
        return await answer_users(call, connection, await call.definitions(connection), page)


async def list_members(call: Call) -> Response:
    """``GET /segments/<id>/members/``: a page of whatever belongs, and since when."""
    async with call.reading() as connection:
        await note_age(call, connection)
        page = await page_of_members(connection, call.workspace_id, call.id(), call.page_request)
    return paged(call, page, lambda row: _member(row) | {"entered_at": iso(row["entered_at"])})


async def preview_segment(call: Call) -> Response:
    """Who passes a filter that is not saved: how many, and some of them."""
    readers = {"subject": _subject, "filter": _as_written}
    refuse_unknown(call.body, readers)
    fields = {"subject": "contact"} | read_fields(call.body, readers, required=("filter",))
    async with call.reading() as connection:
        plan = await call.services.derived.plan(connection, call.workspace_id)
        found = await preview(connection, plan, fields["subject"], fields["filter"], call.now)
    return answer({"subject": fields["subject"], "sentence": found.sentence} | _some(found.passing))


async def changes_of_segment(call: Call) -> Response:
    """Who would enter and who would leave, if the filter were this one."""
    refuse_unknown(call.body, ("filter",))
    async with call.reading() as connection:
        segment = await read_segment(connection, call.workspace_id, call.id())
        written = read_fields(call.body, {"filter": _as_written}, required=("filter",))["filter"]
        plan = await call.services.derived.plan(connection, call.workspace_id)
        found = await preview_changes(connection, plan, segment, written, call.now)
    return answer(
        {"sentence": found.sentence, "entering": _some(found.entering), "leaving": _some(found.leaving)}
    )  # fmt: skip


async def explain_segment(call: Call) -> Response:
    """``?user_id=``, or for other subjects ``?id=``: why it belongs, or does not."""
    async with call.reading() as connection:
        segment = await read_segment(connection, call.workspace_id, call.id())
        object_id = await _asked(call, connection, segment.subject)
        plan = await call.services.derived.plan(connection, call.workspace_id)
        found = await explain_member(connection, plan, segment, object_id, call.now)
    return answer(_explained(found) | {"id": object_id})


async def snapshot(call: Call) -> Response:
    """A static segment with the members of now."""
    refuse_unknown(call.body, _NAMES)
    async with changing(call) as connection:
        await read_segment(connection, call.workspace_id, call.id())
        fields = read_fields(call.body, _NAMES, required=("name",))
        fields["description"] = fields.get("description") or ""
        made = await snapshot_segment(connection, _keeper(call), call.id(), **fields)
        return await _answer(call, connection, made, 201)


def _keeper(call: Call) -> Keeper:
    return Keeper(call.services.derived, call.workspace_id, call.now, call.actor.name)


async def _answer(call: Call, connection: Connection, segment: Segment, status: int = 200) -> Response:
    held = await standings(connection, call.services.derived, call.workspace_id, [segment], call.now)
    return answer(segment_shape(held[segment.id], call.request.origin, call.now), status)


async def _refuse_other_subject(call: Call, connection: Connection, subject: str) -> None:
    before = await read_segment(connection, call.workspace_id, call.id())
    if subject != before.subject:
        raise InvalidInput.of("subject", f"A segment keeps its subject, {before.subject}; make another one.")


async def _asked(call: Call, connection: Connection, subject: str) -> int:
    if subject == "contact":
        return await named_contact(call, connection, call.request.query)
    found: int = read_fields(call.request.query, {"id": _ID}, required=("id",))["id"]
    return found


def _member(row: Record) -> dict[str, Any]:
    return {"id": row["id"], "custom_id": row["custom_id"], "name": row["name"]}


def _some(some: Some) -> dict[str, Any]:
    return {"count": some.count, "sample": [_member(row) for row in some.sample]}


def _explained(found: Explained) -> dict[str, Any]:
    return {
        "holds": found.holds,
        "conditions": [
            {
                "path": leaf.path,
                "sentence": leaf.sentence,
                "holds": leaf.holds,
                "figure": leaf.figure,
                "related": leaf.related,
                "related_to": leaf.related_to or None,
                "decides": leaf.decides,
                "flips": leaf.flips,
                "changes_at": leaf.changes_at and iso(leaf.changes_at),
            }
            for leaf in found.leaves
        ],
    }


_LISTING = Listing(
    plain(id="integer", name="string", description="string", subject="string", kind="string", updated_at="datetime"),
    sorts=("id", "name", "updated_at"), small=True,
)  # fmt: skip
_MEMBERS = Listing(
    {
        "id": Column("s.id", "integer", served=BOUNDS),
        "custom_id": Column("s.custom_id", "string"),
        "entered_at": Column("m.entered_at", "datetime"),
    },
    sorts=("id",), slow_sorts=("entered_at",), id_column="s.id",
)  # fmt: skip
_ONE = "/segments/<int:id>/"
ROUTES: list[Route[Call]] = [
    Route(("GET",), "/segments/", list_segments, "read", listing=_LISTING),
    Route(("POST",), "/segments/", add_segment, "write"),
    Route(("POST",), "/segments/preview/", preview_segment, "write"),
    Route(("GET",), _ONE, get_segment, "read"),
    Route(("PUT", "PATCH"), _ONE, change_segment, "write"),
    Route(("DELETE",), _ONE, remove_segment, "write"),
    Route(("GET",), f"{_ONE}users/", list_users, "read", listing=MEMBERS),
    Route(("GET",), f"{_ONE}members/", list_members, "read", listing=_MEMBERS),
    Route(("POST",), f"{_ONE}changes/", changes_of_segment, "write"),
    Route(("GET",), f"{_ONE}explain/", explain_segment, "read"),
    Route(("POST",), f"{_ONE}snapshot/", snapshot, "write"),
]
