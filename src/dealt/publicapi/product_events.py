"""Product events: what users do with products, told by the product and listed by the user or the product."""

from __future__ import annotations

from dealt.events import events_of_product, parse_product_event, product_events_of_contact
from dealt.kernel.http import Response, Route
from dealt.products import find_product_id, read_product
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.event_filters import EVENTS_OF_PRODUCT, PRODUCT_EVENTS_OF_USER
from dealt.publicapi.event_shapes import shape_product_event
from dealt.publicapi.one_object import named
from dealt.publicapi.telling import found_contact, telling


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
    async with call.reading() as connection:
        contact_id = await found_contact(call, connection)
        page = await product_events_of_contact(connection, call.workspace_id, contact_id, call.page_request)
    return paged(call, page, shape_product_event)


async def list_of_product(call: Call) -> Response:
    """GET /products/<id>/product_events/: what all users did with it, newest first."""
    async with call.reading() as connection:
        product_id = await named(call, connection, find_product_id)
        await read_product(connection, call.workspace_id, product_id)
        page = await events_of_product(connection, call.workspace_id, product_id, call.page_request)
    return paged(call, page, shape_product_event)


ROUTES: list[Route[Call]] = []
for _base in ("/products/<int:id>/", "/products-by-id/<custom_id>/"):
    ROUTES += [
        Route(("POST",), f"{_base}product_event/", create, "write"),
        Route(("GET",), f"{_base}product_events/", list_of_product, "read", listing=EVENTS_OF_PRODUCT),
    ]
for _base in ("/users/<int:id>/", "/users-by-id/<custom_id>/"):
    ROUTES.append(Route(("GET",), f"{_base}product_events/", list_of_user, "read", listing=PRODUCT_EVENTS_OF_USER))
