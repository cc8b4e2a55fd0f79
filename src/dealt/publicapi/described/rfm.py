"""What the document says of RFM."""

from __future__ import annotations

from typing import Any

from dealt.publicapi import rfm
from dealt.publicapi.described.parts import or_null, recorded
from dealt.publicapi.described.user_shapes import USER
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Chapter,
    Operation,
    any_of,
    argument,
    array,
    choice,
    day,
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
    partial,
    said,
    text,
    whole,
)
from dealt.rfm import FIGURES, GROUPS, SCORED

_ONE = "/rfm/<int:id>/"
_NAMES = tuple(group.name for group in GROUPS)
_SCORE = whole(least=1, most=5)
_AMOUNT = any_of(decimal(), number())
_DEFINING = {
    "filter": {"type": "object", "description": "Which deals count, in the filter language. Without one: those won."},
    "window": {
        "type": "object",
        "description": 'When they were ordered: `{}` for always, `{"last": {"days": 365}}` or another window of '
        "aggregators.",
    },
    "net_of_returns": flag("Whether what came back is taken off, and an order that came back whole is none."),
    "thresholds": or_null(
        obj({
            "recency_days": array(whole(least=0), "Days since the last order: at most the first is 5, and so on.",
                                  most=4),
            "frequency": array(whole(least=1), "Orders: at least the first is 2, and so on.", most=4),
            "monetary": array(_AMOUNT, "Value in base currency: at least the first is 2, and so on.", most=4),
        }),
        "Fixed edges between scores; null for quintiles.",
    ),
}  # fmt: skip
_SET = {
    "name": text("Begins the names of its segments; RFM where none is given.", longest=100),
    "description": text(longest=10_000),
    "key": text("Begins the names of its attributes; made of the name where none is given.", longest=40),
    **_DEFINING,
}
_EDGES = {
    "edges": or_null(
        obj({
            "recency": array(nullable(day()), most=4), "frequency": array(nullable(whole()), most=4),
            "monetary": array(nullable(decimal()), most=4),
        }),
        "The least day, number and value of the scores 2 to 5, null where nobody reaches one. Null before the first.",
    ),
    "ranked_users": or_null(whole(least=0), "Of how many customers quintiles were taken; null with thresholds."),
}  # fmt: skip
_FIELDS = obj({
    "id": identifier(), **_SET,
    "aggregators": array(identifier(), "Number of orders, last order, value.", most=3),
    "attributes": array(text(), "Three of the aggregators; then the scores for recency, frequency, monetary; the "
                        "group.", most=7),
    "segments": array(obj({"name": choice(_NAMES), "segment": identifier(), "users": link()}), most=len(GROUPS)),
    "users": link("Where all users with scores are."),
    **_EDGES,
    "revision": whole("Counts edges that differed from those before.", least=0),
    "refreshed_at": or_null(moment(), "When edges were looked for last."),
    "next_refresh_at": nullable(moment()),
    "created_at": moment(), "updated_at": moment(),
})  # fmt: skip
_SHARE = {
    "users": whole(least=0), "share": number("Of all customers."), "value": decimal("Of all their orders."),
    "average_value": or_null(decimal(), "Of a user."),
}  # fmt: skip
_CELLS: dict[str, Any] = {
    "customers": whole("How many have scores.", least=0),
    "cells": array(
        obj({
            "r": _SCORE, "f": _SCORE, "group": choice(_NAMES), **_SHARE,
            "by_monetary": array(whole(least=0), "How many have the monetary scores 1 to 5.", most=5),
            "list": or_null(link(), "Where its users are; null in a preview."),
        }),
        "All 25, the newest first.", most=25,
    ),
    "groups": array(
        obj({
            "name": choice(_NAMES), "description": text(), "r": array(_SCORE, "From, to.", most=2),
            "f": array(_SCORE, "From, to.", most=2), **_SHARE,
        }),
        most=len(GROUPS),
    ),
}  # fmt: skip
_MATRIX = obj({
    "revision": or_null(
        whole(least=0),
        "By which edges it was counted: those before, while it is being counted by these; null before the first.",
    ),
    **_CELLS,
})  # fmt: skip
_EXAMPLE: dict[str, Any] = {
    "name": "RFM of a year", "key": "rfm", "filter": {"field": "status", "op": "equals", "value": 2},
    "window": {"last": {"days": 365}}, "net_of_returns": True,
    "thresholds": {"recency_days": [30, 90, 180, 365], "frequency": [2, 3, 5, 10], "monetary": [50, 100, 250, 500]},
}  # fmt: skip
_EDGES_TOLD = {
    "edges": {
        "recency": ["2025-01-15", "2025-07-19", "2025-10-17", "2025-12-16"], "frequency": [2, 3, 5, 10],
        "monetary": ["50", "100", "250", "500"],
    },
    "ranked_users": None,
}  # fmt: skip
_TOLD: dict[str, Any] = {
    "id": 1, "description": "", **_EXAMPLE,
    "thresholds": _EXAMPLE["thresholds"] | {"monetary": ["50", "100", "250", "500"]},
    "aggregators": [1, 2, 3],
    "attributes": [f"rfm_{name}" for name in (*FIGURES, *SCORED)],
    "segments": [{"name": "Champions", "segment": 6, "users": "https://dealt.example/api/public/segments/6/users/"}],
    "users": "https://dealt.example/api/public/rfm/1/users/", **_EDGES_TOLD, "revision": 1,
    "refreshed_at": "2026-01-15T09:30:00Z", "next_refresh_at": "2026-01-16T00:00:00Z",
    "created_at": "2026-01-15T09:30:00Z", "updated_at": "2026-01-15T09:30:00Z",
}  # fmt: skip
_SOME = {"users": 412, "share": 0.1206, "value": "286310.40", "average_value": "694.93"}
_MATRIX_TOLD = {
    "customers": 3416,
    "cells": [
        {
            "r": 5, "f": 5, "group": "Champions", **_SOME, "by_monetary": [0, 4, 19, 88, 301],
            "list": "https://dealt.example/api/public/rfm/1/users/?r=5&f=5",
        },
    ],
    "groups": [{"name": "Champions", "description": GROUPS[0].description, "r": [5, 5], "f": [4, 5], **_SOME}],
}  # fmt: skip
_RFM = recorded("Rfm", _FIELDS)
_READ_EXAMPLE = {**_TOLD, "matrix": {"revision": 1, **_MATRIX_TOLD}}
_PREVIEWED = {**_EDGES_TOLD, "matrix": _MATRIX_TOLD}
_WITH_MATRIX = enlarged(_FIELDS, {"matrix": _MATRIX}, required=("matrix",))
_PREVIEW = obj({**_EDGES, "matrix": obj(_CELLS)})
CHAPTER = Chapter(
    "RFM",
    "Users scored from 1 to 5 by how recently, how often and for how much they ordered, and groups made of scores.",
    {
        rfm.list_rfms: Operation(
            id="listRfm", summary="List RFMs", query=PAGING, lists=(_ONE,), refusals=(404,),
            answers={200: Answer("One page.", page_of(_RFM))},
        ),
        rfm.add_rfm: Operation(
            id="createRfm", summary="Create an RFM", body=Body(obj(_SET, required=()), _EXAMPLE), makes=(_ONE,),
            answers=made(_RFM), refusals=(409,),
            description="Makes three aggregators, four attributes and a segment for each group, all or none.",
        ),
        rfm.preview_rfm: Operation(
            id="previewRfm", summary="Preview an RFM", answers=said(_PREVIEW, example=_PREVIEWED),
            body=Body(obj(_SET, required=()), _EXAMPLE),
            description="Nothing is saved. What takes longer than 5 seconds is refused.",
        ),
        rfm.get_rfm: Operation(
            id="getRfm", summary="Read an RFM and its matrix", answers=said(_WITH_MATRIX, example=_READ_EXAMPLE)
        ),
        rfm.change_rfm: Operation(
            id="updateRfm", summary="Change an RFM", answers=said(_RFM),
            body=Body(partial(obj(_SET)), {"window": {"last": {"days": 730}}}), refusals=(409,),
        ),
        rfm.remove_rfm: Operation(
            id="deleteRfm", summary="Delete an RFM", answers=deleted, refusals=(409,),
            description="With all that was made for it. One that others speak of is not deleted.",
        ),
        rfm.list_users: Operation(
            id="listUsersOfRfm", summary="List the users of a cell or group",
            query=(
                argument("r", _SCORE, "Recency.", 5), argument("f", _SCORE, "Frequency."),
                argument("m", _SCORE, "Monetary."), argument("group", choice(_NAMES), "The group."), *PAGING,
            ),
            answers={200: Answer("One page.", page_of(USER))},
        ),
    },
)  # fmt: skip
