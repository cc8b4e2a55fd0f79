"""Routes of RFM: users scored by how recently, how often and for how much they ordered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dealt.kernel.http import Response, Route
from dealt.kernel.lookups import Column
from dealt.kernel.schema import whole_number
from dealt.kernel.shown import shown
from dealt.publicapi.ages import note_age
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.defining import argument, changing
from dealt.publicapi.listing import Listing
from dealt.publicapi.rfm_shapes import edges_shape, matrix_shape, rfm_shape
from dealt.publicapi.user_answers import page_of_members as answer_users
from dealt.publicapi.user_filters import MEMBERS, page_wanted
from dealt.rfm import (
    GROUPS,
    Keeper,
    Rfm,
    create_rfm,
    delete_rfm,
    page_of_rfms,
    page_of_users,
    preview,
    read_matrix,
    read_new,
    read_preview,
    read_rfm,
    update_rfm,
)

_SCORE = whole_number(1, 5)


def _group(value: Any) -> str:
    if value not in (known := [group.name for group in GROUPS]):
        raise ValueError(f"{shown(value)} is not one of: {', '.join(known)}.")
    return str(value)


_ASKED = {"r": ("recency", _SCORE), "f": ("frequency", _SCORE), "m": ("monetary", _SCORE), "group": ("group", _group)}


async def list_rfms(call: Call) -> Response:
    async with call.reading() as connection:
        page = await page_of_rfms(connection, call.workspace_id, call.page_request)
    return paged(call, page, lambda row: rfm_shape(Rfm.of(row), call.request.origin))


async def add_rfm(call: Call) -> Response:
    """Makes three aggregators, four attributes and a segment for each group; nothing where one of them cannot be."""
    wanted = read_new(call.body)
    async with changing(call) as connection:
        made = await create_rfm(connection, _keeper(call), wanted)
    return answer(rfm_shape(made, call.request.origin), 201)


async def get_rfm(call: Call) -> Response:
    """One, with its matrix as values are now; by the edges before these, while it is being counted by these."""
    async with call.reading() as connection:
        found = await read_rfm(connection, call.workspace_id, call.id())
        await note_age(call, connection)
        matrix = await read_matrix(connection, call.workspace_id, found)
    cells = {"revision": matrix.revision} | matrix_shape(matrix.cells, found, call.request.origin)
    shape = rfm_shape(found, call.request.origin) | {"matrix": cells}
    return answer(shape, headers=call.age)


async def change_rfm(call: Call) -> Response:
    """Change what the body names. Edges are found anew."""
    async with changing(call) as connection:
        changed = await update_rfm(connection, _keeper(call), call.id(), call.body)
    return answer(rfm_shape(changed, call.request.origin))


async def remove_rfm(call: Call) -> Response:
    """With all that was made for it."""
    async with changing(call) as connection:
        await delete_rfm(connection, _keeper(call), call.id())
    return Response(204)


async def preview_rfm(call: Call) -> Response:
    """The edges and the matrix that a body would give now; nothing is stored."""
    wanted = read_preview(call.body)
    async with call.reading() as connection:
        plan = await call.services.derived.plan(connection, call.workspace_id)
        edges, cells = await preview(connection, plan, wanted, call.now)
    return answer(edges_shape(edges) | {"matrix": matrix_shape(cells, None, call.request.origin)})


async def list_users(call: Call) -> Response:
    """``?r=&f=&m=&group=``: a page of the users who have these scores; of all with scores where nothing is asked."""
    asked = {
        column: value
        for name, (column, reader) in _ASKED.items()
        if (value := argument(call, name, reader)) is not None
    }  # fmt: skip
    async with call.reading() as connection:
        found = await read_rfm(connection, call.workspace_id, call.id())
        await note_age(call, connection)
        wanted = await page_wanted(call, connection, MEMBERS)
        page = await page_of_users(connection, call.workspace_id, found, asked, wanted)
        return await answer_users(call, connection, await call.definitions(connection), page)


def _keeper(call: Call) -> Keeper:
    return Keeper(call.services.derived, call.actor, call.now)


_LISTING = Listing(
    {"id": Column("s.id", "integer"), "name": Column("s.name", "string")}, sorts=("id", "name"), small=True,
    id_column="s.id",
)  # fmt: skip
_SCORED = replace(MEMBERS, own=(*MEMBERS.own, *_ASKED))
_ONE = "/rfm/<int:id>/"
ROUTES: list[Route[Call]] = [
    Route(("GET",), "/rfm/", list_rfms, "read", listing=_LISTING),
    Route(("POST",), "/rfm/", add_rfm, "write"),
    Route(("POST",), "/rfm/preview/", preview_rfm, "read"),
    Route(("GET",), _ONE, get_rfm, "read"),
    Route(("PUT", "PATCH"), _ONE, change_rfm, "write"),
    Route(("DELETE",), _ONE, remove_rfm, "write"),
    Route(("GET",), f"{_ONE}users/", list_users, "read", listing=_SCORED),
]
