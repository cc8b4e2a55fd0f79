"""What the document says of writing many deals at once."""

from __future__ import annotations

from dealt.publicapi import bulk
from dealt.publicapi.described.deal_shapes import BULK_RESULT
from dealt.publicapi.openapi import NDJSON, Answer, Body, Chapter, Operation, argument, flag, text

_LINES = '{"name": "Order #1", "custom_id": "1", "value": 10}\n{"name": "Order #2", "stage": 99}\n'
_RESULTS = (
    '{"line": 1, "status": 201, "id": 812, "custom_id": "1", "created": true}\n'
    '{"line": 2, "status": 400, "errors": {"stage": ["There is no stage 99."]}, "custom_id": null}\n'
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
    },
)
SHAPES = (BULK_RESULT,)
