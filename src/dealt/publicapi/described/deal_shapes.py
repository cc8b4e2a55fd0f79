"""The schemas of a deal and its lines."""

from __future__ import annotations

from typing import Any

from dealt.publicapi.described.parts import CURRENCY, CUSTOM_VALUE, NAMED_VALUES, TAG, listed, or_null, recorded
from dealt.publicapi.openapi import (
    Json,
    Shape,
    any_of,
    array,
    choice,
    day,
    decimal,
    enlarged,
    flag,
    identifier,
    moment,
    nullable,
    number,
    obj,
    text,
    whole,
)

STATUS = "0 abandoned, 1 in progress, 2 won, 3 lost, 4 archived."
_MONEY: Json = any_of(number(), text(), {"type": "null"}, description="A number, or a number as text.")


def _amount(description: str) -> Json:
    return _MONEY | {"description": description}


_LINE: dict[str, Any] = {
    "product_id": or_null(identifier() | {"minimum": 0}, "The product, by Dealt's number; 0 means none."),
    "product_custom_id": or_null(text(), "The product, by your own id."),
    "quantity": _amount("How many; 1 unless given."),
    "value": _amount("The price of one piece."),
    "currency": or_null(CURRENCY, "The deal's unless given."),
    "discount": _amount("Off the whole line."),
    "tax": _amount("Told, not added."),
    "total": _amount("The line's price; quantity x value - discount unless given."),
    "returned_quantity": _amount("How many came back."),
    "refunded_value": _amount("For how much; at the line's price unless given."),
}
LINE = Shape(
    "Line",
    obj({"id": identifier("The line's number in the deal.")} | _LINE, required=["id"], extra=True,
        description="A line of the receipt, every key kept as it was sent."),
    {"id": 1, "name": "Enamel mug", "value": 99.99, "currency": "USD", "quantity": 1, "product_custom_id": "SKU-001"},
)  # fmt: skip
SENT_LINE = Shape(
    "SentLine",
    obj({"id": or_null(identifier(), "A line that is there, which may then be partial.")} | _LINE, required=[],
        extra=True, description="A line names a product, or has a name, and has a value or a total; any key is kept."),
    {"product_custom_id": "SKU-001", "value": 99.99, "currency": "USD", "quantity": 1},
)  # fmt: skip
LINE_EDIT = Shape("LineEdit", obj(_LINE, required=[], extra=True), {"returned_quantity": 1})
_ID = nullable(identifier())
_DEAL = obj(
    {
        "id": identifier(),
        "name": text(),
        "value": or_null(decimal(), "What was last sent."),
        "currency": nullable(text()),
        "custom_id": or_null(text(), "Your own id: the order's number."),
        "stage": identifier(),
        "pipeline": identifier(),
        "assigned_to": _ID,
        "restricted_to": _ID,
        "agent": _ID,
        "company_id": _ID,
        "user_id": or_null(identifier(), "The contact; null for a guest's order."),
        "status": choice((0, 1, 2, 3, 4), STATUS),
        "products": array(identifier(), "The products that it is linked to."),
        "scope": whole(),
        "created_by": _ID,
        "created_at": moment(),
        "updated_at": moment(),
        "tags": array(TAG),
        "activities_status": choice(("planned", "no planned"), "Whether it has open tasks."),
        "expected_close_date": nullable(day()),
        "loss_reason": _ID,
        "loss_reason_description": text(),
        "lost_at": nullable(moment()),
        "won_at": nullable(moment()),
        "participants": array(identifier(), "Other contacts."),
        "user_custom_id": nullable(text()),
        "products_custom_id": array(text()),
        "company_custom_id": nullable(text()),
        "order_products": array(LINE, "The receipt."),
        "lines_total": or_null(decimal(), "What the lines add up to; null in mixed currencies."),
        "refunded_total": decimal(),
        "net_value": nullable(decimal()),
        "base_value": or_null(decimal(), "In the workspace's base currency at the order's own day."),
        "ordered_at": moment("When the order happened."),
        "version": whole("Counts the changes of the deal.", least=1),
    },
    extra=CUSTOM_VALUE,
)
_DEAL_1 = listed(
    _DEAL | {"properties": _DEAL["properties"] | {"activities_status_updated_at": nullable(moment())}},
    {
        "company_id": ("company", _ID),
        "user_id": ("person", _ID),
        "status": ("status", choice(("0", "1", "2", "3", "4"), STATUS)),
        "scope": ("scope", text()),
        "activities_status": ("activities_status", choice(("1", "3"), "1 planned, 3 not planned.")),
    },
)
DEAL = recorded("Deal", _DEAL, _DEAL_1)
_TOLD = {"ignored": text("Why nothing was changed; there only if nothing was.")}
_UPSERTED = {"created": flag("Whether it was made just now.")} | _TOLD
IGNORED = Shape(
    "Ignored",
    obj({"id": identifier(), "created": flag(), **_TOLD}, required=["id", "ignored"]),
    {"id": 1, "ignored": "A newer update was taken before."},
)
CHANGED = recorded("ChangedDeal", enlarged(_DEAL, _TOLD), enlarged(_DEAL_1, _TOLD))
UPSERTED = recorded(
    "UpsertedDeal", enlarged(_DEAL, _UPSERTED, required=["created"]), enlarged(_DEAL_1, _UPSERTED, required=["created"])
)
_TAKEN: dict[str, Any] = {
    "name": text("What it is called.", longest=255),
    "custom_id": nullable(text("Your own id of it: the order's number.", longest=255)),
    "value": _amount("What it is worth."),
    "currency": or_null(CURRENCY),
    "stage": identifier("It decides the pipeline."),
    "pipeline": identifier("Alone it means its first stage."),
    "status": choice((0, 1, 2, 3, 4), STATUS),
    "scope": whole(least=0),
    "assigned_to": _ID,
    "created_by": _ID,
    "user_id": or_null(identifier(), "The contact, by Dealt's number; in version 1 `person`."),
    "user_custom_id": or_null(text(), "The contact, by your own id; 404 while there is none."),
    "user_key": or_null(text(), "The contact, by the key of its cookie."),
    "company_id": _ID,
    "company_custom_id": nullable(text()),
    "order_products": nullable(array(SENT_LINE, "The whole receipt.", most=1000)),
    "products": array(identifier(), "The products to link, by Dealt's numbers.", most=1000),
    "products_custom_id": array(text(), "The products to link, by your own ids; they need not exist yet.", most=1000),
    "tags": array(any_of(text(), identifier()), "The whole list, by name or number.", most=1000),
    "participants": array(identifier(), "Other contacts.", most=1000),
    "expected_close_date": nullable(day()),
    "loss_reason": _ID,
    "loss_reason_description": nullable(text(longest=10_000)),
    "won_at": nullable(moment()),
    "lost_at": nullable(moment()),
    "source_updated_at": nullable(moment("When your system changed it; an older update changes nothing.")),
    "attributes": NAMED_VALUES,
}
SENT = Shape(
    "SentDeal",
    obj(_TAKEN, required=["name"], extra=CUSTOM_VALUE),
    {
        "name": "Order #12345", "custom_id": "12345", "user_custom_id": "john-doe-01", "value": 249.99,
        "currency": "USD", "stage": 1, "status": 1,
        "order_products": [
            {"product_custom_id": "SKU-001", "value": 99.99, "currency": "USD", "quantity": 1},
            {"product_custom_id": "SKU-002", "value": 150.00, "currency": "USD", "quantity": 1},
        ],
        "products_custom_id": ["SKU-001", "SKU-002"], "tags": ["gift"],
        "order_method": "Online", "order_date": "2025-06-24T12:00:00Z",
    },
)  # fmt: skip
CHANGES = Shape(
    "DealChanges", obj(_TAKEN, required=[], extra=CUSTOM_VALUE), {"stage": 4, "status": 2, "tracking_number": "1Z999"}
)
BULK_RESULT = Shape(
    "BulkResult",
    obj(
        {
            "line": whole("The number of the input's line, from 1.", least=1),
            "status": whole("What the status of a single request would have been."),
            "id": identifier(), "custom_id": nullable(text()), "created": flag(), "ignored": text(),
            "errors": {"type": "object"}, "detail": text(),
        },
        required=["line", "status"],
    ),
    {"line": 1, "status": 201, "id": 812, "custom_id": "12345", "created": True},
)  # fmt: skip
