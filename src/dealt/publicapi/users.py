"""Users: the contacts of the public API."""

from __future__ import annotations

from dealt.accounts import Snapshot
from dealt.contacts import (
    WrittenContact,
    create_contact,
    read_contact,
    update_contact,
    upsert_work,
)
from dealt.kernel.db import Connection
from dealt.kernel.http import Response, Route
from dealt.publicapi.call import Call, answer
from dealt.publicapi.user_answers import BASES, answer_user, named_user, user_patch, write_and_answer
from dealt.publicapi.user_filters import USERS, is_search
from dealt.publicapi.user_search import list_users, search_users


async def create_user(call: Call) -> Response:
    """``POST /users/``: 201 with the new user."""
    patch = user_patch(call, call.body)

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenContact:
        return await create_contact(connection, call.actor, patch, snapshot=snapshot, now=call.now)

    return await write_and_answer(call, work, 201)


async def update_or_create_user(call: Call) -> Response:
    """``POST /users/update_or_create/``: by custom id; 201 or 200 with ``{"created", "id"}``."""
    patch = user_patch(call, call.body)
    if call.version == 1:
        patch.custom_id_name = "user_id"

    written = await call.services.contacts.submit(upsert_work(call.actor, patch))
    return answer({"created": written.created, "id": written.id}, 201 if written.created else 200)


async def read_user(call: Call) -> Response:
    """``GET /users/<id>/`` and ``GET /users-by-id/<custom id>/``."""
    # Some clients search under this path, too; without a look-up, it is a user whose custom id is this word.
    if call.params.get("custom_id") == "search" and is_search(call.request.query):
        call.narrowed = USERS.narrow(call.request.query, await call.snapshot(), call.now)
        return await search_users(call)
    async with call.reading() as connection:
        row = await read_contact(connection, call.workspace_id, await named_user(call, connection))
        return await answer_user(call, connection, await call.definitions(connection), row)


async def update_user(call: Call) -> Response:
    """``PUT`` and ``PATCH``: both change what the body names, and answer the whole user."""
    patch = user_patch(call, call.body)

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenContact:
        contact_id = await named_user(call, connection)
        return await update_contact(connection, call.actor, contact_id, patch, snapshot=snapshot, now=call.now)

    return await write_and_answer(call, work)


ROUTES: list[Route[Call]] = [
    Route(("GET",), "/users/", list_users, "read", listing=USERS),
    Route(("POST",), "/users/", create_user, "write"),
    Route(("POST",), "/users/update_or_create/", update_or_create_user, "write"),
    Route(("GET",), "/users/search/", search_users, "read", listing=USERS),
]
for _path in BASES:
    ROUTES += [
        Route(("GET",), _path, read_user, "read"),
        Route(("PUT", "PATCH"), _path, update_user, "write"),
    ]
