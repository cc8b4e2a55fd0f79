"""Routes of the reasons for which deals are lost."""

from __future__ import annotations

from dealt.kernel.errors import NotFound
from dealt.kernel.http import Response, Route
from dealt.kernel.schema import read_fields, refuse_unknown, text
from dealt.pipelines import (
    PIPELINES,
    create_loss_reason,
    delete_loss_reason,
    page_of_loss_reasons,
    rename_loss_reason,
)
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.defining import changing
from dealt.publicapi.listing import Listing, plain

_FIELDS = {"name": text()}


async def list_loss_reasons(call: Call) -> Response:
    async with call.reading() as connection:
        page = await page_of_loss_reasons(connection, call.workspace_id, call.page_request)
    return paged(call, page, dict)


async def add_loss_reason(call: Call) -> Response:
    refuse_unknown(call.body, _FIELDS)
    name = read_fields(call.body, _FIELDS, required=_FIELDS)["name"]
    async with changing(call) as connection:
        made = await create_loss_reason(connection, call.workspace_id, name, now=call.now, actor=call.actor.name)
    return answer({"id": made, "name": name}, 201)


async def get_loss_reason(call: Call) -> Response:
    async with call.reading() as connection:
        name = (await PIPELINES.load(connection, call.workspace_id)).loss_reasons.get(call.id())
    if name is None:
        raise NotFound
    return answer({"id": call.id(), "name": name})


async def change_loss_reason(call: Call) -> Response:
    refuse_unknown(call.body, {*_FIELDS, "id"})
    fields = read_fields(call.body, _FIELDS)
    if not fields:
        return await get_loss_reason(call)
    async with changing(call) as connection:
        await rename_loss_reason(
            connection, call.workspace_id, call.id(), fields["name"], now=call.now, actor=call.actor.name
        )
    return answer({"id": call.id(), "name": fields["name"]})


async def remove_loss_reason(call: Call) -> Response:
    async with changing(call) as connection:
        await delete_loss_reason(connection, call.workspace_id, call.id(), now=call.now, actor=call.actor.name)
    return Response(204)


_LISTING = Listing(plain(id="integer", name="string"), sorts=("id", "name"), small=True)
ROUTES: list[Route[Call]] = [
    Route(("GET",), "/loss-reasons/", list_loss_reasons, "read", listing=_LISTING),
    Route(("POST",), "/loss-reasons/", add_loss_reason, "write"),
    Route(("GET",), "/loss-reasons/<int:id>/", get_loss_reason, "read"),
    Route(("PUT", "PATCH"), "/loss-reasons/<int:id>/", change_loss_reason, "write"),
    Route(("DELETE",), "/loss-reasons/<int:id>/", remove_loss_reason, "write"),
]
