"""What the document says of deals."""

from __future__ import annotations

from dealt.publicapi import deals
from dealt.publicapi.described.deal_shapes import CHANGED, CHANGES, DEAL, IGNORED, LINE_EDIT, SENT, UPSERTED
from dealt.publicapi.described.parts import CHANGE
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
    choice,
    deleted,
    identifier,
    moment,
    nullable,
    obj,
    page_of,
    said,
    text,
)

_BY_ID, _BY_CUSTOM_ID = "/deals/<int:id>/", "/deals-by-id/<custom_id>/"
_MADE = (_BY_ID, _BY_CUSTOM_ID)
_PATH = {
    "custom_id": Parameter("custom_id", text(minLength=1), "Your own id: the order's number.", "12345"),
    "line_id": Parameter("line_id", identifier(), "The line's number in the deal.", 1),
}
_DATES = ("ordered_at", "created_at", "updated_at", "won_at", "lost_at", "expected_close_date")
_FILTERS = (
    argument("user_id", identifier(), "Deals of this contact."),
    argument("user_custom_id", text(), "Deals of the contact with this id of yours.", "john-doe-01"),
    argument("user_key", text(), "Deals of the contact with this cookie key; `userkey` is the same."),
    argument("company_id", identifier(), "Deals with this company; `company` is the same."),
    argument("company_custom_id", text(), "Deals with the company of this id of yours."),
    argument("status", text(pattern="^[0-4](,[0-4])*$"), "One status, or several with commas.", "1,2"),
    argument("stage", text(pattern="^[0-9]+(,[0-9]+)*$"), "One stage, or several with commas."),
    argument("pipeline", identifier(), "Deals in any stage of it."),
    argument("product_id", identifier(), "Deals with this product."),
    argument("product_custom_id", text(), "Deals with the product of this id of yours."),
    argument("custom_id", text(), "The deal with this id of yours."),
    *(argument(f"{name}__gte", moment(), f"`{name}` at or after; `__gt`, `__lte`, `__lt` alike.") for name in _DATES),
    argument("ordered_at__lt", moment(), "Ordered before.", "2026-01-01"),
    argument("ordering", choice(("ordered_at", "-ordered_at", "updated_at", "-updated_at", "id", "-id")),
             "The order; newest orders first unless given.", "-ordered_at"),
)  # fmt: skip


def _made() -> dict[int, Answer]:
    return {201: Answer("The new deal.", CHANGED)}


_WRITTEN = {200: Answer("The whole deal, or why nothing was changed.", any_of(CHANGED, IGNORED))}
CHAPTER = Chapter(
    "Deals",
    "Orders. A deal can be edited in every stage of its life; its lines are a receipt that only an edit changes.",
    {
        deals.list_: Operation(
            id="listDeals", summary="List deals", query=_FILTERS + PAGING, lists=_MADE, refusals=(404,),
            answers={200: Answer("One page, newest orders first.", page_of(DEAL))},
        ),
        deals.create: Operation(
            id="createDeal", summary="Create a deal", body=Body(SENT, SENT.example),
            answers=_made() | _WRITTEN, refusals=(404,), makes=_MADE,
        ),
        deals.update_or_create: Operation(
            id="updateOrCreateDeal", summary="Create or change a deal by its custom id",
            body=Body(SENT, SENT.example), refusals=(404,), makes=_MADE,
            answers={
                200: Answer("It was there, and is now like this.", any_of(UPSERTED, IGNORED)),
                201: Answer("It was made.", UPSERTED),
            },
        ),
        deals.create_by_custom_id: Operation(
            id="createDealByDealId", summary="Create a deal, with your own id as deal_id", deprecated=True,
            body=Body(SENT, {"name": "Order #12346", "deal_id": "12346", "value": 20, "currency": "EUR"}),
            answers=_made() | _WRITTEN, refusals=(404,), makes=_MADE,
        ),
        deals.read: Operation(id="getDeal", summary="Read a deal", path=_PATH, answers=said(DEAL)),
        deals.update: Operation(
            id="updateDeal", summary="Change a deal", path=_PATH, body=Body(CHANGES, CHANGES.example),
            answers=_WRITTEN,
        ),
        deals.delete: Operation(
            id="deleteDeal", summary="Delete a deal", path=_PATH,
            query=(argument("source_updated_at", moment(), "When your system deleted it."),),
            answers={**deleted, 200: Answer("A newer update was taken before.", IGNORED)},
        ),
        deals.history: Operation(
            id="listDealChanges", summary="List the changes of a deal", path=_PATH, query=PAGING,
            answers={200: Answer("One page, oldest first.", page_of(CHANGE))},
        ),
        deals.undo: Operation(
            id="undoDealChange", summary="Undo the last change of a deal", path=_PATH,
            body=Body(
                obj({"change": nullable(identifier("The change to undo, if it is the last."))}, required=[]),
                {"change": None},
            ),
            answers=_WRITTEN, refusals=(409,),
        ),
        deals.edit_line: Operation(
            id="updateDealLine", summary="Change a line, or take it back", path=_PATH,
            body=Body(LINE_EDIT, LINE_EDIT.example), answers=_WRITTEN,
        ),
        deals.remove_line: Operation(
            id="deleteDealLine", summary="Remove a line", path=_PATH,
            answers=_WRITTEN,
        ),
    },
    single_changes((_BY_ID, _BY_CUSTOM_ID), "deal", _PATH, attribute="order_method", value="Online"),
)  # fmt: skip
