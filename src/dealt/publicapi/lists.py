"""Routes of lists: static groups of users."""

from __future__ import annotations

from typing import Any

from dealt.kernel.http import Response, Route
from dealt.kernel.schema import or_null, read_fields, refuse_unknown, text
from dealt.lists import List, create_list, delete_list, page_of_lists, page_of_members, read_list, update_list
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.defining import changing
from dealt.publicapi.listing import Listing, plain
from dealt.publicapi.user_answers import page_of_members as answer_members
from dealt.publicapi.user_filters import MEMBERS, page_wanted

_NAME = text()
_DESCRIPTION = or_null(text(10_000, blank=True))
_NEW = {"name": _NAME, "description": _DESCRIPTION}
# Some clients send null for what they do not change.
_CHANGEABLE = {"name": or_null(_NAME), "description": _DESCRIPTION}


def list_shape(found: List) -> dict[str, Any]:
    """A list as both versions show it."""
    return {"id": found.id, "name": found.name, "description": found.description}


async def list_all(call: Call) -> Response:
    async with call.reading() as connection:
        page = await page_of_lists(connection, call.workspace_id, call.page_request)
    return paged(call, page, lambda row: list_shape(List(**row)))


async def add(call: Call) -> Response:
    refuse_unknown(call.body, {*_NEW, "id"})
    fields = read_fields(call.body, _NEW, required=("name",))
    async with changing(call) as connection:
        made = await create_list(
            connection, call.workspace_id, name=fields["name"], description=fields.get("description") or "",
            now=call.now, actor=call.actor.name,
        )  # fmt: skip
    return answer(list_shape(made), 201)


async def get(call: Call) -> Response:
    async with call.reading() as connection:
        return answer(list_shape(await read_list(connection, call.workspace_id, call.id())))


async def change(call: Call) -> Response:
    refuse_unknown(call.body, {*_NEW, "id"})
    fields = read_fields(call.body, _CHANGEABLE)
    async with changing(call) as connection:
        changed = await update_list(
            connection, call.workspace_id, call.id(), **fields, now=call.now, actor=call.actor.name
        )
    return answer(list_shape(changed))


async def remove(call: Call) -> Response:
    async with changing(call) as connection:
        await delete_list(connection, call.workspace_id, call.id(), now=call.now, actor=call.actor.name)
    return Response(204)


async def members(call: Call) -> Response:
    """``GET /lists/<id>/users/``: a page of the users who are on it."""
    async with call.reading() as connection:
        page = await page_of_members(
            connection, call.workspace_id, call.id(), await page_wanted(call, connection, MEMBERS)
        )
        return await answer_members(call, connection, await call.definitions(connection), page)


_LISTING = Listing(plain(id="integer", name="string", description="string"), sorts=("id", "name"), small=True)
ROUTES: list[Route[Call]] = [
    Route(("GET",), "/lists/", list_all, "read", listing=_LISTING),
    Route(("POST",), "/lists/", add, "write"),
    Route(("GET",), "/lists/<int:id>/", get, "read"),
    Route(("PUT", "PATCH"), "/lists/<int:id>/", change, "write"),
    Route(("DELETE",), "/lists/<int:id>/", remove, "write"),
    Route(("GET",), "/lists/<int:id>/users/", members, "read", listing=MEMBERS),
]
