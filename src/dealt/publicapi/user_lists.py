"""One user on and off lists, and what is listed of one user and has nothing to list yet."""

from __future__ import annotations

from typing import Any

from dealt.accounts import trusting
from dealt.contacts import hold_contact, read_contact
from dealt.kernel.clock import iso
from dealt.kernel.db import Record
from dealt.kernel.errors import NotFound
from dealt.kernel.http import Response, Route
from dealt.kernel.lookups import Column
from dealt.kernel.schema import read_fields, whole_number
from dealt.lists import add_to_list, read_list, remove_from_list
from dealt.publicapi.ages import note_age
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.defining import LARGEST_ID
from dealt.publicapi.listing import Listing
from dealt.publicapi.lists import list_shape
from dealt.publicapi.not_yet import EMAILS, empty
from dealt.publicapi.segment_shapes import segment_shape
from dealt.publicapi.user_answers import BASES, named_user
from dealt.segments import Segment, page_of_contacts_segments, standings

_LIST = {"list": whole_number(1, LARGEST_ID)}


async def join_list(call: Call) -> Response:
    """``{"list": id}``: the list. Whoever is on it stays on it."""
    return await _move(call, joins=True)


async def leave_list(call: Call) -> Response:
    """``{"list": id}``: the list. Whoever is not on it stays off it."""
    return await _move(call, joins=False)


async def _move(call: Call, *, joins: bool) -> Response:
    list_id = read_fields(call.body, _LIST, required=_LIST)["list"]
    async with call.writing() as connection:
        # Before anything is looked up: nobody is merged into another one in between.
        await connection.execute(trusting(call.workspace_id))
        contact_id = await named_user(call, connection)
        await hold_contact(connection, call.workspace_id, contact_id)
        move = add_to_list if joins else remove_from_list
        try:
            await move(connection, call.actor, list_id, [contact_id], now=call.now)
        except NotFound:
            raise NotFound(f"There is no list {list_id}.") from None
        return answer(list_shape(await read_list(connection, call.workspace_id, list_id)))


async def list_segments(call: Call) -> Response:
    """``segments/``: the segments that the user belongs to now, and since when."""
    workspace_id = call.workspace_id
    async with call.reading() as connection:
        contact_id = await named_user(call, connection)
        await read_contact(connection, workspace_id, contact_id)
        await call.services.settling.settle_on_read(connection, workspace_id, [contact_id], call.now)
        await note_age(call, connection)
        page = await page_of_contacts_segments(connection, workspace_id, contact_id, call.page_request)
        found = [Segment.of(row) for row in page.rows]
        held = await standings(connection, call.services.derived, workspace_id, found, call.now)

    def shape(row: Record) -> dict[str, Any]:
        entered = {"entered_at": iso(row["entered_at"])}
        return segment_shape(held[row["id"]], call.request.origin, call.now) | entered

    return paged(call, page, shape)


async def list_nothing(call: Call) -> Response:
    """``emails/``: an empty page, until there are any."""
    async with call.reading() as connection:
        await read_contact(connection, call.workspace_id, await named_user(call, connection))
    return empty(call)


_SEGMENTS = Listing(
    {
        **{name: Column(f"s.{name}", kind) for name, kind in (
            ("id", "integer"), ("name", "string"), ("description", "string"), ("kind", "string"),
        )},
        "entered_at": Column("m.entered_at", "datetime"),
    },
    sorts=("id", "name", "entered_at"), small=True, id_column="s.id",
)  # fmt: skip
ROUTES: list[Route[Call]] = []
for _base in BASES:
    ROUTES += [
        Route(("POST",), f"{_base}add_to_list/", join_list, "write"),
        Route(("POST", "DELETE"), f"{_base}remove_from_list/", leave_list, "write"),
        Route(("GET",), f"{_base}segments/", list_segments, "read", listing=_SEGMENTS),
        Route(("GET",), f"{_base}emails/", list_nothing, "read", listing=EMAILS),
    ]
