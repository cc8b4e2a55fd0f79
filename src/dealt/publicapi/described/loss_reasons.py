"""What the document says of loss reasons."""

from __future__ import annotations

from dealt.publicapi import loss_reasons
from dealt.publicapi.described.parts import recorded
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Chapter,
    Operation,
    deleted,
    identifier,
    made,
    obj,
    page_of,
    said,
    text,
)

_PATHS = ("/loss-reasons/<int:id>/",)
_REASON = recorded("LossReason", obj({"id": identifier(), "name": text()}))
_SENT = obj({"name": text(longest=255)})
CHAPTER = Chapter(
    "Loss reasons",
    "Why deals are lost.",
    {
        loss_reasons.list_loss_reasons: Operation(
            id="listLossReasons", summary="List loss reasons", query=PAGING, lists=_PATHS, refusals=(404,),
            answers={200: Answer("One page.", page_of(_REASON))},
        ),
        loss_reasons.add_loss_reason: Operation(
            id="createLossReason", summary="Create a loss reason", body=Body(_SENT, {"name": "Too expensive"}),
            answers=made(_REASON), makes=_PATHS,
        ),
        loss_reasons.get_loss_reason: Operation(
            id="getLossReason", summary="Read a loss reason", answers=said(_REASON)
        ),
        loss_reasons.change_loss_reason: Operation(
            id="updateLossReason", summary="Rename a loss reason", body=Body(_SENT, {"name": "Bought elsewhere"}),
            answers=said(_REASON),
        ),
        loss_reasons.remove_loss_reason: Operation(
            id="deleteLossReason", summary="Delete a loss reason", answers=deleted,
        ),
    },
)  # fmt: skip
