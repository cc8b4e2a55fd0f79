"""Products: create, read, change, delete, list, by either id, and a product's history."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from dealt.accounts import Snapshot
from dealt.kernel.db import Connection, in_transaction
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response, Route
from dealt.kernel.paging import Order
from dealt.products import (
    WrittenProduct,
    create_product,
    delete_product,
    find_product_id,
    list_products,
    parse_product,
    product_history,
    product_of,
    read_product,
    update_product,
    upsert_products,
)
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.deal_shapes import shape_entry
from dealt.publicapi.listing import CHANGES
from dealt.publicapi.one_object import named, updating, written
from dealt.publicapi.product_filters import PRODUCTS
from dealt.publicapi.product_shapes import shape_product
from dealt.publicapi.single_changes import SingleChanges

Work = Callable[[Connection, Snapshot], Awaitable[WrittenProduct]]


async def create(call: Call) -> Response:
    """POST /products/: 201 with the new product; 400 where its custom_id is in use."""
    patch = parse_product(call.body)

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenProduct:
        return await create_product(connection, call.actor, patch, snapshot=snapshot, now=call.now)

    return await _write(call, work, 201)


async def update_or_create(call: Call) -> Response:
    """POST /products/update_or_create/: the product with this custom_id, made or changed; ``created`` says which."""
    patch = parse_product(call.body)
    created = False

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenProduct:
        nonlocal created
        upserted = await upsert_products(connection, call.actor, [patch], snapshot=snapshot, now=call.now)
        [outcome] = upserted.outcomes
        if isinstance(outcome, InvalidInput):
            raise outcome
        created = outcome.created
        return WrittenProduct(await read_product(connection, call.workspace_id, outcome.id), upserted.defined)

    done, known = await written(call, work)
    shape = shape_product(done.product, known.after, call.version)
    return answer(shape | {"created": created}, 201 if created else 200)


async def update(call: Call) -> Response:
    """PUT and PATCH: both change what the body names, and answer the whole product."""
    patch = parse_product(call.body)

    async def work(connection: Connection, snapshot: Snapshot) -> WrittenProduct:
        product_id = await named(call, connection, find_product_id)
        return await update_product(connection, call.actor, product_id, patch, snapshot=snapshot, now=call.now)

    return await _write(call, work, 200)


async def read(call: Call) -> Response:
    """GET one product; ``details/`` is another address of the same."""
    async with call.reading() as connection:
        product = await read_product(connection, call.workspace_id, await named(call, connection, find_product_id))
        snapshot = await call.definitions(connection)
    return answer(shape_product(product, snapshot, call.version))


async def delete(call: Call) -> Response:
    """DELETE: 204; its custom id keeps its id, and no order changes."""

    async def work(connection: Connection) -> None:
        await delete_product(connection, call.actor, await named(call, connection, find_product_id), now=call.now)

    await in_transaction(call.services.pool, work)
    return Response(204)


async def list_all(call: Call) -> Response:
    """GET /products/: pages, narrowed by custom_id, the beginning of a name, category and time of change."""
    async with call.reading() as connection:
        snapshot = await call.definitions(connection)
        page = await list_products(connection, call.workspace_id, [], Order("id"), call.page_request)
    return paged(call, page, lambda row: shape_product(product_of(row), snapshot, call.version))


async def history(call: Call) -> Response:
    """GET .../history/: who changed what, when, from what to what; oldest first, a deleted product's too."""
    async with call.reading() as connection:
        product_id = await named(call, connection, find_product_id)
        page = await product_history(connection, call.workspace_id, product_id, call.page_request)
    return paged(call, page, shape_entry)


changes = SingleChanges(updating(parse_product, find_product_id, update_product))


async def _write(call: Call, work: Work, status: int) -> Response:
    done, known = await written(call, work)
    return answer(shape_product(done.product, known.after, call.version), status)


def _routes(base: str) -> list[Route[Call]]:
    return [
        Route(("GET",), base, read, "read"),
        Route(("PUT", "PATCH"), base, update, "write"),
        Route(("DELETE",), base, delete, "write"),
        Route(("GET",), f"{base}details/", read, "read"),
        Route(("GET",), f"{base}history/", history, "read", listing=CHANGES),
        *changes.tag_routes(base),
        *changes.attribute_routes(base),
    ]


ROUTES: list[Route[Call]] = [
    Route(("GET",), "/products/", list_all, "read", listing=PRODUCTS),
    Route(("POST",), "/products/", create, "write"),
    Route(("POST",), "/products/update_or_create/", update_or_create, "write"),
    *_routes("/products/<int:id>/"),
    *_routes("/products-by-id/<custom_id>/"),
]
