"""What the document says of the auditor."""

from __future__ import annotations

from dealt.publicapi import audits
from dealt.publicapi.described.parts import or_null, recorded
from dealt.publicapi.openapi import (
    Chapter,
    Operation,
    anything,
    array,
    choice,
    flag,
    identifier,
    moment,
    nullable,
    obj,
    said,
    text,
    whole,
)

_ROUND = {
    "id": identifier(),
    "made_by": choice(("workers", "command"), "Workers always audit a little; a command does it at once."),
    "started_at": moment(),
    "finished_at": nullable(moment()),
    "looked": whole("How many contacts, companies and products were looked at.", least=0),
    "waiting": whole("How many contacts were about to be computed anyway.", least=0),
    "drift": whole("How many values were not what a computation from nothing gives.", least=0),
    "repaired": flag("Whether what differed was stored anew."),
}
_FINDING = obj({
    "object_type": text("contact, deal, company or product."),
    "object_id": identifier(),
    "definition": text("What derives it, such as aggregator:7 or segment:3."),
    "name": text(),
    "stored": anything("What was stored; null where nothing was."),
    "recomputed": anything("What a computation from nothing gives."),
})  # fmt: skip
_AUDIT = recorded(
    "Audit",
    obj({
        "drift": or_null(whole(least=0), "Of the last whole round. It should be 0; null before the first one."),
        "as_of": nullable(moment()),
        "findings": array(_FINDING, "The first hundred values that differed."),
        "running": or_null(obj(_ROUND | {"total": whole("Of contacts.", least=0)}), "The workers' round."),
        "rounds": array(obj(_ROUND), "The last twenty, the newest first."),
    }),
)  # fmt: skip
CHAPTER = Chapter(
    "Audit",
    "Whether everything that is derived is what a computation from nothing gives.",
    {audits.get_audit: Operation(id="getAudit", summary="Read what the auditor found", answers=said(_AUDIT))},
)
