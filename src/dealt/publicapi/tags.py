"""Routes of tags: free labels on users, companies, deals and products."""

from __future__ import annotations

from dealt.companies import companies_with_tag, list_companies
from dealt.contacts import follow_deleted_tag, page_of_tagged
from dealt.kernel.http import Response, Route
from dealt.kernel.paging import Order
from dealt.kernel.schema import read_fields, refuse_unknown, text
from dealt.publicapi.ages import note_age_of_companies
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.companies import COMPANIES, page_of_companies
from dealt.publicapi.defining import changing
from dealt.publicapi.listing import Listing, plain
from dealt.publicapi.user_answers import page_of_users
from dealt.publicapi.user_filters import USERS, page_wanted
from dealt.tags import create_tag, delete_tag, page_of_tags, read_tag, rename_tag

_FIELDS = {"name": text()}


async def list_all(call: Call) -> Response:
    async with call.reading() as connection:
        page = await page_of_tags(connection, call.workspace_id, call.page_request)
    return paged(call, page, dict)


async def add(call: Call) -> Response:
    refuse_unknown(call.body, {*_FIELDS, "id"})
    name = read_fields(call.body, _FIELDS, required=_FIELDS)["name"]
    async with changing(call) as connection:
        made = await create_tag(connection, call.workspace_id, name, now=call.now, actor=call.actor.name)
    return answer({"id": made, "name": name}, 201)


async def get(call: Call) -> Response:
    async with call.reading() as connection:
        return answer({"id": call.id(), "name": await read_tag(connection, call.workspace_id, call.id())})


async def change(call: Call) -> Response:
    refuse_unknown(call.body, {*_FIELDS, "id"})
    fields = read_fields(call.body, _FIELDS)
    if not fields:
        return await get(call)
    async with changing(call) as connection:
        await rename_tag(
            connection, call.workspace_id, call.id(), fields["name"], now=call.now, actor=call.actor.name
        )  # fmt: skip
    return answer({"id": call.id(), "name": fields["name"]})


async def remove(call: Call) -> Response:
    async with changing(call) as connection:
        await delete_tag(connection, call.workspace_id, call.id(), now=call.now, actor=call.actor.name)
        await follow_deleted_tag(connection, call.actor, call.id(), now=call.now)
    return Response(204)


async def users(call: Call) -> Response:
    """``GET /tags/<id>/users/``: a page of the users with this tag."""
    async with call.reading() as connection:
        await read_tag(connection, call.workspace_id, call.id())
        page = await page_of_tagged(connection, call.workspace_id, call.id(), await page_wanted(call, connection))
        return await page_of_users(call, connection, await call.definitions(connection), page)


async def companies(call: Call) -> Response:
    """``GET /tags/<id>/companies/``: a page of the companies with this tag."""
    async with call.reading() as connection:
        await read_tag(connection, call.workspace_id, call.id())
        where = [companies_with_tag(call.id())]
        await note_age_of_companies(call, connection)
        page = await list_companies(connection, call.workspace_id, where, Order("id"), call.page_request)
        return await page_of_companies(call, connection, await call.definitions(connection), page)


_LISTING = Listing(plain(id="integer", name="string"), sorts=("id", "name"), small=True)
ROUTES: list[Route[Call]] = [
    Route(("GET",), "/tags/", list_all, "read", listing=_LISTING),
    Route(("POST",), "/tags/", add, "write"),
    Route(("GET",), "/tags/<int:id>/", get, "read"),
    Route(("PUT", "PATCH"), "/tags/<int:id>/", change, "write"),
    Route(("DELETE",), "/tags/<int:id>/", remove, "write"),
    Route(("GET",), "/tags/<int:id>/users/", users, "read", listing=USERS),
    Route(("GET",), "/tags/<int:id>/companies/", companies, "read", listing=COMPANIES),
]
