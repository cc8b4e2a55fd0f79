"""Product events: what users do with products, told by the product and listed by the user or the product."""

from __future__ import annotations

from dealt.events import (
    PRODUCT_EVENT_TYPES,
    events_of_product,
    parse_product_event,
    product_events_of_contact,
)
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response, Route
from dealt.kernel.shown import shown
from dealt.products import find_product_id, read_product
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.event_shapes import shape_product_event
from dealt.publicapi.one_object import named
from dealt.publicapi.telling import between, found_contact, telling


async def create(call: Call) -> Response:
    """POST .../product_event/: ``{id}``; 404 for an unknown product or user, 400 for another than the 16 types."""
    by_id = "id" in call.params
    work = parse_product_event(
        call.body, await telling(call), ("id", call.id()) if by_id else ("custom_id", call.text())
    )
    occurred = await call.services.events.submit(work)
    return answer({"id": occurred.id}, 200 if occurred.repeated else 201)


async def list_of_user(call: Call) -> Response:
    """GET /users/<id>/product_events/: newest first; of one type with ``event_type=``."""
    event_type = call.request.query.get("event_type") or None
    if event_type is not None and event_type not in PRODUCT_EVENT_TYPES:
        raise InvalidInput.of("event_type", f"{shown(event_type)} is not a valid choice.")
    bounds = await between(call)
    async with call.reading() as connection:
        contact_id = await found_contact(call, connection)
        page = await product_events_of_contact(
            connection, call.workspace_id, contact_id, call.page_request, event_type=event_type, between=bounds
        )
    return paged(call, page, shape_product_event)


async def list_of_product(call: Call) -> Response:
    """GET /products/<id>/product_events/: what all users did with it, newest first."""
    bounds = await between(call)
    async with call.reading() as connection:
        product_id = await named(call, connection, find_product_id)
        await read_product(connection, call.workspace_id, product_id)
        page = await events_of_product(connection, call.workspace_id, product_id, call.page_request, bounds)
    return paged(call, page, shape_product_event)


ROUTES: list[Route[Call]] = []
for _base in ("/products/<int:id>/", "/products-by-id/<custom_id>/"):
    ROUTES += [
        Route(("POST",), f"{_base}product_event/", create, "write"),
        Route(("GET",), f"{_base}product_events/", list_of_product, "read"),
    ]
for _base in ("/users/<int:id>/", "/users-by-id/<custom_id>/"):
    ROUTES.append(Route(("GET",), f"{_base}product_events/", list_of_user, "read"))
