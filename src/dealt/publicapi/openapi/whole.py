"""What every operation can do: a write is repeated with its key or rehearsed, a read answers only some fields."""

from __future__ import annotations

from dealt.publicapi.openapi.fragments import (
    Shape,
    anything,
    array,
    choice,
    flag,
    identifier,
    nullable,
    obj,
    text,
    whole,
)
from dealt.publicapi.openapi.operation import Parameter

REPLAYED = {"Idempotency-Replayed": text("`true` where the first answer is given again.")}
DRY_RUN = Parameter("dry_run", flag(), "Only say what would change; nothing is stored.")
IDEMPOTENCY = Parameter(
    "Idempotency-Key",
    text(longest=255),
    "Any text of yours. Sent again within 24 hours with the same request, it brings the first answer again.",
)
FIELDS = Parameter(
    "fields", text(), "Only these keys, with commas between, of the object or of each object of the list."
)
_CHANGE = obj({
    "kind": text("What would happen, such as `deal.updated`."),
    "object_type": text(),
    "object_id": nullable(identifier()) | {"minimum": 0},
    "cause": choice(("live", "silent", "backfill", "merge")),
    "changes": {
        "type": "object",
        "description": "A field's value before and after, by the field's name.",
        "additionalProperties": {"type": "array", "minItems": 2, "maxItems": 2},
    },
})  # fmt: skip
REHEARSAL = Shape(
    "Rehearsal",
    obj(
        {
            "dry_run": {"const": True},
            "status": whole("What the status would be."),
            "answer": anything("What the answer would be; null where there is no body."),
            "changes": array(_CHANGE, "What the journal would get."),
            "more_changes": flag("Whether there are more than the 1,000 told."),
        },
        required=["dry_run", "status", "answer", "changes"],
    ),
    {
        "dry_run": True, "status": 204, "answer": None,
        "changes": [{
            "kind": "stage.deleted", "object_type": "stage", "object_id": 7, "cause": "live",
            "changes": {"name": ["On hold", None]},
        }],
    },
)  # fmt: skip
