"""Activities: the tasks of the public API, by either id."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from dealt.companies import find_company_ids
from dealt.kernel.db import Connection, in_transaction
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response, Route
from dealt.kernel.lookups import BOUNDS, EQUAL
from dealt.kernel.schema import whole_number
from dealt.publicapi.activity_shapes import shape_activity
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.defining import LARGEST_ID
from dealt.publicapi.listing import Listing, columns_of
from dealt.publicapi.one_object import named
from dealt.tasks import (
    FIELDS,
    NAMES,
    ReferenceNotFound,
    TaskFilter,
    TaskPatch,
    Written,
    create_task,
    delete_task,
    find_task_id,
    id_named,
    list_tasks,
    parse_task,
    read_task,
    update_task,
)

# What a list is narrowed by that is looked up first, by the column that holds it.
_REFERENCES = {
    "contact_id": ("user_id", "person"),
    "company_id": ("company_id", "company"),
    "deal_id": ("deal_id", "deal"),
}
REFERENCES = frozenset({"userkey", *(name for names in (*_REFERENCES.values(), *NAMES.values()) for name in names)})
_SERVED = {"due_date": BOUNDS, "assigned_to": EQUAL, "done": EQUAL}
_COLUMNS = columns_of(FIELDS, _SERVED, prefix="t.")
ACTIVITIES = Listing(
    _COLUMNS | {"datetime": _COLUMNS["due_date"]},
    sorts=("due_date", "datetime", "updated_at", "id"),
    domain="task",
    source="t.attributes",
    own=REFERENCES,
    id_column="t.id",
)
_AN_ID = whole_number(1, LARGEST_ID)
NOWHERE = -1
"""An id that no row has: what is unknown gives an empty list."""


async def list_all(call: Call) -> Response:
    """GET /activities/: by user, deal, company, member, whether done, and when due; the earliest due first."""
    async with call.reading() as connection:
        snapshot = await call.definitions(connection)
        wanted = await _references(call, connection, call.request.query)
        page = await list_tasks(connection, call.workspace_id, wanted, call.page_request)
    return paged(call, page, lambda row: shape_activity(row, snapshot, call.version))


async def create(call: Call) -> Response:
    """POST /activities/: 201 with the new activity; the deal's ``activities_status`` follows."""
    patch = await _patch(call)

    async def work(connection: Connection) -> Written:
        return await create_task(connection, call.actor, patch, call.services.definitions, now=call.now)

    return await _write(call, work, 201)


async def read(call: Call) -> Response:
    """GET one activity."""
    async with call.reading() as connection:
        row = await read_task(connection, call.workspace_id, await named(call, connection, find_task_id))
        return answer(shape_activity(row, await call.definitions(connection), call.version))


async def update(call: Call) -> Response:
    """PUT and PATCH: both change what the body names, and answer the whole activity."""
    patch = await _patch(call)

    async def work(connection: Connection) -> Written:
        task_id = await named(call, connection, find_task_id)
        return await update_task(connection, call.actor, task_id, patch, call.services.definitions, now=call.now)

    return await _write(call, work, 200)


async def delete(call: Call) -> Response:
    """DELETE: 204."""

    async def work(connection: Connection) -> None:
        await delete_task(connection, call.actor, await named(call, connection, find_task_id), now=call.now)

    await in_transaction(call.services.pool, work)
    return Response(204)


async def _patch(call: Call) -> TaskPatch:
    snapshot = await call.snapshot()
    return parse_task(call.body, snapshot.time_zone, user_id_is_custom=call.version == 1)


async def _write(call: Call, work: Callable[[Connection], Awaitable[Written]], status: int) -> Response:
    definitions, workspace_id = call.services.definitions, call.workspace_id

    async def attempt(connection: Connection) -> tuple[Written, Response]:
        written = await work(connection)
        known = definitions.uncommitted if written.defined else definitions.for_writing
        row = await read_task(connection, workspace_id, written.id)
        return written, answer(shape_activity(row, await known(connection, workspace_id), call.version), status)

    written, response = await in_transaction(call.services.pool, attempt)
    if written.defined:
        definitions.forget(workspace_id)
    return response


async def _references(call: Call, connection: Connection, args: Mapping[str, str]) -> TaskFilter:
    """What the list is about: the first name of each reference that has a value."""
    found: dict[str, int] = {}
    given = {("user_key" if name == "userkey" else name): text for name, text in args.items() if text}
    for column, names in _REFERENCES.items():
        for name in (*names, *NAMES[column]):
            if name in given and column not in found:
                found[column] = await _id_of(call, connection, name, given[name])
    if (company_id := found.get("company_id")) is not None:
        known = await find_company_ids(connection, call.workspace_id, ids=[company_id])
        found["company_id"] = company_id if company_id in known.by_id else NOWHERE
    return TaskFilter(found.get("contact_id"), found.get("deal_id"), found.get("company_id"))


async def _id_of(call: Call, connection: Connection, name: str, text: str) -> int:
    if name == "user_id" and call.version == 1 and not text.isdigit():
        name = "user_custom_id"
    try:
        if any(name in names for names in NAMES.values()):
            return await id_named(connection, call.workspace_id, name, text)
        return int(_AN_ID(text))
    except ReferenceNotFound:
        return NOWHERE
    except ValueError as error:
        raise InvalidInput.of(name, str(error)) from None


ROUTES: list[Route[Call]] = [
    Route(("GET",), "/activities/", list_all, "read", listing=ACTIVITIES),
    Route(("POST",), "/activities/", create, "write"),
]
for _base in ("/activities/<int:id>/", "/activities-by-id/<custom_id>/"):
    ROUTES += [
        Route(("GET",), _base, read, "read"),
        Route(("PUT", "PATCH"), _base, update, "write"),
        Route(("DELETE",), _base, delete, "write"),
    ]
