"""Users: the contacts of the public API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from dealt.accounts import Snapshot
from dealt.contacts import (
    By,
    WrittenContact,
    create_contact,
    delete_contact,
    id_of,
    list_contacts,
    memberships,
    parse_contact,
    read_contact,
    search_contacts,
    search_page,
    update_contact,
    upsert_contact,
)
from dealt.kernel.db import Connection, Record, in_transaction
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.http import Response, Route
from dealt.kernel.paging import Page
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.user_filters import parse_bounds
from dealt.publicapi.user_shapes import UserShape, user_shape

_SEARCHES: dict[str, By] = {
    "key": "key",
    "user_key": "key",
    "custom_id": "custom_id",
    "user_id": "custom_id",
    "email": "email",
    "phone_number": "phone_number",
}
MOST_FOUND = 1_000


async def list_users(call: Call) -> Response:
    """``GET /users/``: pages of all users, or of those first or last seen, contacted or changed within bounds.

    ``users?email=`` without the slash is not found, as recorded: who asks so takes any 200 for the user.
    """
    if "email" in call.request.query and not call.request.path.endswith("/"):
        raise NotFound
    async with call.reading() as connection:
        snapshot = await call.definitions(connection)
        bounds = parse_bounds(call.request.query, snapshot.time_zone)
        page = await list_contacts(connection, call.workspace_id, bounds, call.page_request)
        return await _paged(call, connection, snapshot, page)


async def create_user(call: Call) -> Response:
    """``POST /users/``: 201 with the new user."""
    patch = parse_contact(call.body)

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenContact:
        return await create_contact(connection, call.actor, patch, snapshot=snapshot, now=call.now)

    return await _write(call, work, status=201)


async def update_or_create_user(call: Call) -> Response:
    """``POST /users/update_or_create/``: by custom id; 201 or 200 with ``{"created", "id"}``."""
    patch = parse_contact(call.body)
    if call.version == 1:
        patch.custom_id_name = "user_id"

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenContact:
        return await upsert_contact(connection, call.actor, patch, snapshot=snapshot, now=call.now)

    return await _write(call, work, whole=False)


async def read_user(call: Call) -> Response:
    """``GET /users/<id>/`` and ``GET /users-by-id/<custom id>/``."""
    # Some clients search under this path, too; without a search, it is a user whose custom id is this word.
    if call.params.get("custom_id") == "search" and _SEARCHES.keys() & call.request.query.keys():
        return await search_users(call)
    async with call.reading() as connection:
        row = await read_contact(connection, call.workspace_id, await _named(call, connection))
        return await _answer_row(call, connection, await call.definitions(connection), row)


async def update_user(call: Call) -> Response:
    """``PUT`` and ``PATCH``: both change what the body names, and answer the whole user."""
    patch = parse_contact(call.body)

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenContact:
        contact_id = await _named(call, connection)
        return await update_contact(connection, call.actor, contact_id, patch, snapshot=snapshot, now=call.now)

    return await _write(call, work)


async def delete_user(call: Call) -> Response:
    """``DELETE``: 204; the user's orders stay, without the user."""

    async def work(connection: Connection) -> None:
        await delete_contact(connection, call.actor, await _named(call, connection), now=call.now)

    await in_transaction(call.services.pool, work)
    return Response(204)


async def search_users(call: Call) -> Response:
    """``GET /users/search/``: the oldest match as one user, all of them with ``many=true``.

    By phone number, version 2 answers a page.
    """
    by, value = _searched(call)
    async with call.reading() as connection:
        snapshot = await call.definitions(connection)
        if by == "phone_number" and call.version == 2:
            page = await search_page(connection, call.workspace_id, by, value, call.page_request)
            return await _paged(call, connection, snapshot, page)
        many = call.request.query.get("many", "").lower() in ("true", "1")
        rows = await search_contacts(connection, call.workspace_id, by, value, most=MOST_FOUND if many else 1)
        if many:
            shape = (await _shape(call, connection, snapshot, rows)).of_version(call.version)
            return answer([shape(row) for row in rows])
        if not rows:
            raise NotFound
        return await _answer_row(call, connection, snapshot, rows[0])


def _searched(call: Call) -> tuple[By, str]:
    query = call.request.query
    for name, by in _SEARCHES.items():
        if query.get(name):
            return by, query[name]
    raise InvalidInput.of("search", f"Say whom to search for: {', '.join(_SEARCHES)}.")


async def _named(call: Call, connection: Connection) -> int:
    """The contact that the path names."""
    if "id" in call.params:
        return call.id()
    return await id_of(connection, call.workspace_id, call.text())


async def _write(
    call: Call,
    work: Callable[[Connection, Snapshot], Awaitable[WrittenContact]],
    *,
    status: int = 200,
    whole: bool = True,
) -> Response:
    """The answer of a write: the whole user as the write's own transaction sees it, or only what became of it."""
    definitions, workspace_id = call.services.definitions, call.workspace_id

    async def attempt(connection: Connection) -> tuple[WrittenContact, Response]:
        snapshot = await definitions.for_writing(connection, workspace_id)
        written = await work(connection, snapshot)
        if not whole:
            told = {"created": written.created, "id": written.id}
            return written, answer(told, 201 if written.created else 200)
        if written.defined:
            snapshot = await definitions.uncommitted(connection, workspace_id)
        row = await read_contact(connection, workspace_id, written.id)
        return written, await _answer_row(call, connection, snapshot, row, status)

    written, response = await in_transaction(call.services.pool, attempt)
    if written.defined:
        definitions.forget(workspace_id)
    return response


async def _answer_row(
    call: Call, connection: Connection, snapshot: Snapshot, row: Record, status: int = 200
) -> Response:
    shape = await _shape(call, connection, snapshot, [row])
    return answer(shape.of_version(call.version)(row), status)


async def _paged(call: Call, connection: Connection, snapshot: Snapshot, page: Page) -> Response:
    shape = await _shape(call, connection, snapshot, page.rows)
    return paged(call, page, shape.of_version(call.version))


async def _shape(call: Call, connection: Connection, snapshot: Snapshot, rows: Sequence[Record]) -> UserShape:
    belonging = await memberships(connection, call.workspace_id, [row["id"] for row in rows])
    return user_shape(snapshot, belonging)


ROUTES: list[Route[Call]] = [
    Route(("GET",), "/users/", list_users, "read"),
    Route(("POST",), "/users/", create_user, "write"),
    Route(("POST",), "/users/update_or_create/", update_or_create_user, "write"),
    Route(("GET",), "/users/search/", search_users, "read"),
]
for _path in ("/users/<int:id>/", "/users-by-id/<custom_id>/"):
    ROUTES += [
        Route(("GET",), _path, read_user, "read"),
        Route(("PUT", "PATCH"), _path, update_user, "write"),
        Route(("DELETE",), _path, delete_user, "write"),
    ]
