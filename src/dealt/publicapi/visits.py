"""Page views, and the timeline of a user: everything that happened, merged."""

from __future__ import annotations

from urllib.parse import urlencode

from dealt.events import page_views_of_contact, parse_page_view, read_timeline
from dealt.kernel.errors import NotFound
from dealt.kernel.http import Response, Route
from dealt.kernel.paging import PageRequest
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.event_filters import PAGE_VIEWS, TIMELINE, stretch_of
from dealt.publicapi.event_shapes import shape_happening, shape_page_view
from dealt.publicapi.telling import found_contact, telling


async def create(call: Call) -> Response:
    """POST /site-views/: a look at a page, by the user whose cookie key is ``client_user``."""
    work = parse_page_view(call.body, await telling(call))
    occurred = await call.services.events.submit(work)
    return answer({"id": occurred.id}, 200 if occurred.repeated else 201)


async def list_page_views(call: Call) -> Response:
    """GET /users/<id>/ping_hits/: page views, newest first."""
    async with call.reading() as connection:
        contact_id = await found_contact(call, connection)
        page = await page_views_of_contact(connection, call.workspace_id, contact_id, call.page_request)
    return paged(call, page, shape_page_view)


async def timeline(call: Call) -> Response:
    """GET /users/<id>/timeline/: events, product events, page views, orders and changes, newest first, by cursor."""
    query = dict(call.request.query)
    cursor = query.pop("cursor", None) or None
    if cursor is None and call.page_request.number > 1:
        raise NotFound("A timeline has no pages by number; follow the cursor.")
    size = PageRequest.parse({name: query[name] for name in ("page_size", "limit") if name in query}).size
    async with call.reading() as connection:
        contact_id = await found_contact(call, connection)
        stretch = stretch_of(query, await call.definitions(connection))
        found = await read_timeline(connection, call.workspace_id, contact_id, stretch, size=size, cursor=cursor)
    following = None
    if found.following is not None:
        address = f"{call.request.origin}{call.request.path}"
        following = f"{address}?{urlencode(query | {'cursor': found.following})}"
    results = [shape_happening(happening) for happening in found.happenings]
    headers = {} if found.count_is_exact else {"Dealt-Count": "estimate"}
    return answer({"count": found.count, "next": following, "previous": None, "results": results}, headers=headers)


ROUTES: list[Route[Call]] = [Route(("POST",), "/site-views/", create, "write")]
for _base in ("/users/<int:id>/", "/users-by-id/<custom_id>/"):
    ROUTES += [
        Route(("GET",), f"{_base}ping_hits/", list_page_views, "read", listing=PAGE_VIEWS),
        Route(("GET",), f"{_base}timeline/", timeline, "read", listing=TIMELINE),
    ]
