"""Routes of people: joining, separating, erasing and exporting users."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from dealt.contacts import find_contacts, read_contact
from dealt.kernel.db import Connection, Record, in_transaction
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.http import LARGEST_BODY, Response, Route
from dealt.kernel.lookups import Column
from dealt.kernel.schema import list_of, read_fields, refuse_unknown, whole_number
from dealt.people import (
    MOST_AT_ONCE,
    delete_person,
    erase_person,
    export_person,
    journal_access,
    list_merges,
    merge,
    unmerge,
)
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.listing import Listing, plain

_id = whole_number(1, 2**63 - 1)
_users = list_of(_id, MOST_AT_ONCE)
_MERGE = {"parent": _id, "users_list": _users, "user_list": _users}
_UNMERGE = {"users_list": _users, "user_list": _users}


async def merge_users(call: Call) -> Response:
    """``POST /users/merge/``: everything of some users goes to one."""
    body = call.body
    refuse_unknown(body, _MERGE)
    named = read_fields(body, _MERGE, required=["parent"])
    users = named.get("users_list", named.get("user_list"))
    if not users:
        raise InvalidInput.of("users_list", "Name the users that are to be merged into the parent.")

    async def work(connection: Connection) -> None:
        await merge(connection, call.services.movers, call.actor, named["parent"], users, now=call.now)

    await in_transaction(call.services.pool, work)
    return answer({"success": True})


async def unmerge_user(call: Call) -> Response:
    """``POST /users/<id>/unmerge/``: of a merged user, or of one into whom others were merged."""
    body = call.body if call.request.body else {}
    refuse_unknown(body, _UNMERGE)
    named = read_fields(body, _UNMERGE)
    users = named.get("users_list", named.get("user_list"))
    if users == []:
        raise InvalidInput.of("users_list", "Name the users that are to be separated, or send no list.")

    async def work(connection: Connection) -> list[int]:
        contact_id = await _former(call, connection)
        return await unmerge(connection, call.services.movers, call.actor, contact_id, users, now=call.now)

    return answer({"success": True, "users_list": await in_transaction(call.services.pool, work)})


async def read_merges(call: Call) -> Response:
    """``GET /users/<id>/merges/``: who was merged into a user, the latest first."""
    async with call.reading() as connection:
        row = await read_contact(connection, call.workspace_id, await _named(call, connection))
        page = await list_merges(connection, call.workspace_id, row["id"], call.page_request)
    return paged(call, page, _shape)


async def delete_user(call: Call) -> Response:
    """``DELETE``: 204; the user's orders stay, without the user."""

    async def work(connection: Connection) -> None:
        contact_id = await _named(call, connection, own=True)
        await delete_person(connection, call.services.movers, call.actor, contact_id, now=call.now)

    await in_transaction(call.services.pool, work)
    return Response(204)


async def erase_user(call: Call) -> Response:
    """``POST /users/<id>/erase/``: all that is told of a person goes; says how much of what."""
    refuse_unknown(call.body, ())

    async def work(connection: Connection) -> dict[str, Any]:
        contact_id = await _named(call, connection)
        report = await erase_person(connection, call.services.movers, call.actor, contact_id, now=call.now)
        return {"erased": contact_id, **report.as_dict()}

    return answer(await in_transaction(call.services.pool, work))


async def export_user(call: Call) -> Response:
    """``GET /users/<id>/export/``: everything that is stored about a person; a stream where it is large."""

    async def access(connection: Connection) -> int:
        row = await read_contact(connection, call.workspace_id, await _named(call, connection))
        await journal_access(connection, call.actor, row["id"], now=call.now)
        return int(row["id"])

    pieces = _exported(call, await in_transaction(call.services.pool, access))
    first = b""
    async for piece in pieces:
        first += piece
        if len(first) > LARGEST_BODY:
            return Response(200, _after(first, pieces))
    return Response(200, first)


async def _exported(call: Call, contact_id: int) -> AsyncIterator[bytes]:
    async with (
        call.services.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        async for piece in export_person(connection, call.services.movers, call.workspace_id, contact_id):
            yield piece


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


async def _named(call: Call, connection: Connection, *, own: bool = False) -> int:
    """The contact that the path names; ``own``: not by a name of one that was merged into it. Raises NotFound."""
    if "id" in call.params:
        return call.id()
    custom_id = call.text()
    found = (await find_contacts(connection, call.workspace_id, custom_ids=[custom_id])).by_custom_id.get(custom_id)
    if found is None or (own and found.path):
        raise NotFound
    return found.id


async def _former(call: Call, connection: Connection) -> int:
    """The contact that the path names, be it merged or not."""
    if "id" in call.params:
        return call.id()
    custom_id = call.text()
    found = (await find_contacts(connection, call.workspace_id, custom_ids=[custom_id])).by_custom_id.get(custom_id)
    if found is None:
        raise NotFound
    return found.path[-2] if found.path else found.id


def _shape(row: Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "parent": row["contact_id"],
        "user": row["former_id"],
        "guest": row["was_placeholder"],
        "moved": msgspec.json.decode(row["moved"]),
        "merged_at": row["merged_at"],
        "merged_by": row["merged_by"],
        "unmerged_at": row["unmerged_at"],
        "unmerged_by": row["unmerged_by"],
    }


_MERGES = Listing(
    {
        **plain(
            id="integer", merged_at="datetime", merged_by="string", unmerged_at="datetime", unmerged_by="string"
        ),
        "user": Column("former_id", "integer"),
        "guest": Column("was_placeholder", "boolean"),
    },
    sorts=("id", "merged_at"), small=True,
)  # fmt: skip
ROUTES: list[Route[Call]] = [Route(("POST",), "/users/merge/", merge_users, "write")]
for _path in ("/users/<int:id>/", "/users-by-id/<custom_id>/"):
    ROUTES += [
        Route(("DELETE",), _path, delete_user, "write"),
        Route(("GET",), f"{_path}merges/", read_merges, "read", listing=_MERGES),
        Route(("POST",), f"{_path}unmerge/", unmerge_user, "write"),
        Route(("POST",), f"{_path}erase/", erase_user, "write"),
        Route(("GET",), f"{_path}export/", export_user, "read"),
    ]
