"""What the document says of writing many at once."""

from __future__ import annotations

from typing import Any

import msgspec

from dealt.publicapi import bulk
from dealt.publicapi.described.deal_shapes import BULK_RESULT
from dealt.publicapi.openapi import NDJSON, Answer, Body, Chapter, Operation, argument, flag, text

_LINES = '{"name": "Order #1", "custom_id": "1", "value": 10}\n{"name": "Order #2", "stage": 99}\n'
_RESULTS = (
    '{"line": 1, "status": 201, "id": 812, "custom_id": "1", "created": true}\n'
    '{"line": 2, "status": 400, "errors": {"stage": ["There is no stage 99."]}, "custom_id": null}\n'
)


def _many(what: str, lines: str, refused: dict[str, Any]) -> Operation:
    """The same for other kinds: the first line of the example is taken, the second refused."""
    taken = {"line": 1, "status": 201, "id": 1, "created": True}
    results = "".join(f"{msgspec.json.encode(result).decode()}\n" for result in (taken, refused))
    return Operation(
        id=f"write{what}",
        summary=f"Create or change many {what.lower()}",
        query=(argument("silent", flag(), "Automations ignore these changes."),),
        body=Body(text("One object a line, as the single routes take it."), lines, media=NDJSON, required=False),
        answers={200: Answer("One `BulkResult` a line.", text(), results, NDJSON)},
    )


CHAPTER = Chapter(
    "Bulk",
    "Many at once: newline-delimited JSON in, one result line for each line out, as it goes.",
    {
        bulk.write_deals: Operation(
            id="writeDeals",
            summary="Create or change many deals",
            query=(argument("silent", flag(), "Automations ignore these changes."),),
            body=Body(text("One `SentDeal` a line."), _LINES, media=NDJSON, required=False),
            answers={200: Answer("One `BulkResult` a line.", text(), _RESULTS, NDJSON)},
        ),
        bulk.write_users: _many("Users", '{"custom_id": "john", "email": "john@example.com"}\n{"email": "nobody"}\n', {
            "line": 2, "status": 400, "errors": {"email": ["Enter a valid email address."]}, "custom_id": None,
        }),
        bulk.write_products: _many("Products", '{"custom_id": "SKU-1", "name": "Mug"}\n{"name": "Cup"}\n', {
            "line": 2, "status": 400, "errors": {"custom_id": ["This field is required."]}, "custom_id": None,
        }),
        bulk.write_companies: _many("Companies", '{"custom_id": "acme", "name": "Acme"}\n{"name": "Nameless"}\n', {
            "line": 2, "status": 400, "errors": {"custom_id": ["This field is required."]}, "custom_id": None,
        }),
    },
)  # fmt: skip
SHAPES = (BULK_RESULT,)
