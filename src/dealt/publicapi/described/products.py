"""What the document says of products."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dealt.publicapi import products
from dealt.publicapi.described.parts import (
    CHANGE,
    CURRENCY,
    CUSTOM_VALUE,
    NAMED_VALUES,
    TAG,
    listed,
    or_null,
    recorded,
)
from dealt.publicapi.described.single_changes import single_changes
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Chapter,
    Operation,
    Parameter,
    any_of,
    argument,
    array,
    choice,
    decimal,
    deleted,
    enlarged,
    flag,
    identifier,
    link,
    made,
    moment,
    nullable,
    number,
    obj,
    page_of,
    said,
    text,
)

_PATHS = ("/products/<int:id>/", "/products-by-id/<custom_id>/")
PATH = {"custom_id": Parameter("custom_id", text(minLength=1), "Your own id: the SKU.", "SKU-001")}
_PRODUCT = obj(
    {
        "id": identifier(),
        "custom_id": or_null(text(), "Your own id: the SKU."),
        "name": text(),
        "description": nullable(text()),
        "category": nullable(text()),
        "price": nullable(decimal()),
        "currency": nullable(text()),
        "quantity": or_null(number(), "How many are in stock."),
        "product_url": nullable(link()),
        "image_url": nullable(link()),
        "tags": array(TAG),
        "created_at": moment(),
        "updated_at": moment(),
    },
    extra=CUSTOM_VALUE,
)
PRODUCT = recorded("Product", _PRODUCT, listed(_PRODUCT, {}))
_CREATED: dict[str, Any] = {"created": flag("Whether it was made just now.")}
_UPSERTED = recorded(
    "UpsertedProduct",
    enlarged(_PRODUCT, _CREATED, required=["created"]),
    enlarged(listed(_PRODUCT, {}), _CREATED, required=["created"]),
)
_AMOUNT = any_of(number(), text(), {"type": "null"})
_TAKEN: dict[str, Any] = {
    "custom_id": or_null(text(longest=255), "Your own id: the SKU."),
    "name": nullable(text(longest=255)),
    "description": nullable(text(longest=65_536)),
    "category": nullable(text(longest=255)),
    "price": _AMOUNT | {"description": "A number, or a number as text."},
    "currency": or_null(CURRENCY),
    "quantity": _AMOUNT | {"description": "How many are in stock."},
    "product_url": nullable(link("An http or https address.")),
    "image_url": nullable(link("An http or https address.")),
    "tags": nullable(array(text(), "The whole list, by name.", most=1000)),
    "attributes": NAMED_VALUES,
}
_SENT = obj(_TAKEN, required=[], extra=CUSTOM_VALUE)
_NEW = {
    "custom_id": "SKU-001", "name": "Enamel mug", "price": 99.99, "currency": "USD", "quantity": 12,
    "product_url": "https://shop.example/mug", "image_url": "https://shop.example/mug.jpg", "category": "Kitchen",
    "tags": ["new"], "colour": "blue",
}  # fmt: skip
_READ = Operation(id="getProduct", summary="Read a product", path=PATH, answers=said(PRODUCT))
CHAPTER = Chapter(
    "Products",
    "The catalogue as it is now. Deleting all of it changes no order.",
    {
        products.list_all: Operation(
            id="listProducts", summary="List products", lists=_PATHS, refusals=(404,),
            query=(
                argument("custom_id", text(), "The product with this id of yours.", "SKU-001"),
                argument("name", text(), "Products whose name begins like this."),
                argument("category", text(), "Products of this category."),
                argument("search", text(), "Products whose name has words that begin like each of these.", "mug"),
                argument("currency", text(), "Products priced in this currency."),
                argument("price__gte", number(), "At this price or above; `__gt`, `__lte`, `__lt` alike.", 10),
                argument("created_at__gte", moment(), "Made at or after; `__gt`, `__lte`, `__lt` alike."),
                argument("updated_at__gte", moment(), "Changed at or after; `__gt`, `__lte`, `__lt` alike."),
                argument("ordering", choice(("id", "-id", "updated_at", "-updated_at")), "By id unless given.", "-id"),
                *PAGING,
            ),
            answers={200: Answer("One page.", page_of(PRODUCT))},
        ),
        products.create: Operation(
            id="createProduct", summary="Create a product", body=Body(_SENT, _NEW), answers=made(PRODUCT),
            makes=_PATHS,
        ),
        products.update_or_create: Operation(
            id="updateOrCreateProduct", summary="Create or change a product by its custom id",
            body=Body(_SENT, _NEW), makes=_PATHS,
            answers={
                200: Answer("It was there, and is now like this.", _UPSERTED), 201: Answer("It was made.", _UPSERTED),
            },
        ),
        products.read: _READ,
        products.update: Operation(
            id="updateProduct", summary="Change a product", path=PATH, body=Body(_SENT, {"price": 89.99}),
            answers=said(PRODUCT),
        ),
        products.delete: Operation(
            id="deleteProduct", summary="Delete a product", path=PATH, answers=deleted,
        ),
        products.history: Operation(
            id="listProductChanges", summary="List the changes of a product", path=PATH, query=PAGING,
            answers={200: Answer("One page, oldest first.", page_of(CHANGE))},
        ),
    },
    {
        f"{path}details/": replace(_READ, id="getProductDetails", summary="Read a product (another address)")
        for path in _PATHS
    }
    | single_changes(_PATHS, "product", PATH, attribute="colour", value="blue"),
)  # fmt: skip
