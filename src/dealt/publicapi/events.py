"""Events: told one by one or in bulk, and listed; and the names that they have."""

from __future__ import annotations

from typing import Any

from dealt.accounts import Snapshot
from dealt.events import (
    EVENTS,
    LONGEST_NAME,
    EventWork,
    Occurred,
    Telling,
    declare_event,
    definition_of,
    events_of_contact,
    occurrences_of_event,
    page_of_definitions,
    parse_event,
    read_definition,
    update_definition,
)
from dealt.kernel.db import Record
from dealt.kernel.http import Response, Route
from dealt.kernel.paging import Page
from dealt.kernel.schema import read_fields, refuse_unknown, text
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.defining import changing
from dealt.publicapi.event_filters import EVENTS_OF_USER, NAMES, OCCURRENCES
from dealt.publicapi.event_shapes import shape_definition, shape_event
from dealt.publicapi.streaming import Bulk, is_silent, respond
from dealt.publicapi.telling import contact_in_path, found_contact, telling

_DESCRIBED = {"name": text(LONGEST_NAME), "description": text(10_000, blank=True)}


async def create(call: Call) -> Response:
    """POST /events/: ``{id, created}``, where ``created`` says that no event of this name occurred before."""
    return await _submit(call, parse_event(call.body, await telling(call)))


async def create_for_user(call: Call) -> Response:
    """POST /users/<id>/events/ and its twin by custom id: the same, of the user in the path."""
    return await _submit(call, parse_event(call.body, await telling(call, contact_in_path(call))))


async def create_many(call: Call) -> Response:
    """POST /events/bulk/: an event for each line; a bad line stops no other. ``?silent=true`` wakes no automation."""
    snapshot = await call.snapshot()
    actor = call.actor.in_bulk(silent=is_silent(call))
    reading = Telling(actor, snapshot.time_zone, call.now, user_id_is_custom=call.version == 1)
    bulk = Bulk(
        parse=lambda body: parse_event(body, reading),
        keys=lambda work: work.keys,
        write=lambda call, works: call.services.events.write_many(call.workspace_id, works),
        told=lambda occurred: {"status": 200 if occurred.repeated else 201, **_told(occurred)},
        named=lambda work: {"custom_id": work.custom_id} if work.custom_id else {},
        object_type="event",
    )
    return respond(call, bulk)


async def list_of_user(call: Call) -> Response:
    """GET /users/<id>/events/: newest first; of one name with ``event=``, within bounds of ``timestamp``."""
    async with call.reading() as connection:
        contact_id = await found_contact(call, connection)
        page = await events_of_contact(connection, call.workspace_id, contact_id, call.page_request)
        return await _paged(call, page, await call.definitions(connection))


async def list_names(call: Call) -> Response:
    """GET /events/: the names that events have, oldest first."""
    async with call.reading() as connection:
        page = await page_of_definitions(connection, call.workspace_id, call.page_request)
    return paged(call, page, lambda row: shape_definition(definition_of(row)))


async def declare(call: Call) -> Response:
    """POST /events/definitions/: name an event before it occurs, so that its attributes can be declared too."""
    body = call.body
    refuse_unknown(body, _DESCRIBED)
    fields = read_fields(body, _DESCRIBED, required=("name",))
    async with changing(call) as connection:
        made = await declare_event(connection, call.workspace_id, **fields, actor=call.actor.name, now=call.now)
    return answer(shape_definition(made), 201)


async def read_name(call: Call) -> Response:
    """GET /events/<id>/: one name."""
    async with call.reading() as connection:
        return answer(shape_definition(await read_definition(connection, call.workspace_id, call.id())))


async def change_name(call: Call) -> Response:
    """PATCH /events/<id>/: another name or description; occurrences stay."""
    body = call.body
    refuse_unknown(body, (*_DESCRIBED, "id", "first_at", "created_at"))
    fields = read_fields(body, _DESCRIBED)
    async with changing(call) as connection:
        changed = await update_definition(
            connection, call.workspace_id, call.id(), **fields, actor=call.actor.name, now=call.now
        )
    return answer(shape_definition(changed))


async def list_occurrences(call: Call) -> Response:
    """GET /events/<id>/occurrences/: of all users, newest first."""
    async with call.reading() as connection:
        definition = await read_definition(connection, call.workspace_id, call.id())
        page = await occurrences_of_event(connection, call.workspace_id, definition.id, call.page_request)
        return await _paged(call, page, await call.definitions(connection))


async def _submit(call: Call, work: EventWork) -> Response:
    occurred = await call.services.events.submit(work)
    return answer(_told(occurred), 200 if occurred.repeated else 201)


def _told(occurred: Occurred) -> dict[str, Any]:
    return {"id": occurred.id, "created": occurred.first}


async def _paged(call: Call, page: Page, snapshot: Snapshot) -> Response:
    names = snapshot.part(EVENTS)
    if any(row["definition_id"] not in names.by_id for row in page.rows):
        # One that was named a moment ago.
        async with call.reading() as connection:
            names = (await call.services.definitions.for_writing(connection, call.workspace_id)).part(EVENTS)

    def shape(row: Record) -> dict[str, Any]:
        return shape_event(row, names)

    return paged(call, page, shape)


ROUTES: list[Route[Call]] = [
    Route(("GET",), "/events/", list_names, "read", listing=NAMES),
    Route(("POST",), "/events/", create, "write"),
    Route(("POST",), "/events/bulk/", create_many, "write", streams=True, rehearses=True),
    Route(("POST",), "/events/definitions/", declare, "write"),
    Route(("GET",), "/events/<int:id>/", read_name, "read"),
    Route(("PUT", "PATCH"), "/events/<int:id>/", change_name, "write"),
    Route(("GET",), "/events/<int:id>/occurrences/", list_occurrences, "read", listing=OCCURRENCES),
]
for _base in ("/users/<int:id>/", "/users-by-id/<custom_id>/"):
    ROUTES += [
        Route(("GET",), f"{_base}events/", list_of_user, "read", listing=EVENTS_OF_USER),
        Route(("POST",), f"{_base}events/", create_for_user, "write"),
    ]
