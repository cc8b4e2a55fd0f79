"""What the document says of joining, separating, erasing and exporting users."""

from __future__ import annotations

from collections.abc import Mapping

from dealt.people import MOST_AT_ONCE
from dealt.publicapi import people
from dealt.publicapi.described.user_changes import PATH
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Operation,
    anything,
    array,
    flag,
    identifier,
    moment,
    nullable,
    obj,
    page_of,
    said,
    text,
    whole,
)
from dealt.publicapi.openapi.operation import Handler

_USERS = array(identifier(), "The users; `user_list` is understood, too.", most=MOST_AT_ONCE)
_COUNTS = {"type": "object", "additionalProperties": whole(least=0)}
_MERGE = obj({
    "id": identifier("Of the merge."),
    "parent": identifier("Into whom."),
    "user": identifier("Who was merged."),
    "guest": flag("Whether that was the invisible owner of a guest's order."),
    "moved": _COUNTS | {"description": "How many rows of each table went to the parent."},
    "merged_at": moment(),
    "merged_by": text("Who did it, such as `token:1`."),
    "unmerged_at": nullable(moment()),
    "unmerged_by": nullable(text()),
})  # fmt: skip
_MERGED = {
    "id": 3, "parent": 11, "user": 5, "guest": False, "moved": {"deals": 2, "journal": 4},
    "merged_at": "2026-11-26T11:43:28.392919Z", "merged_by": "token:1", "unmerged_at": None, "unmerged_by": None,
}  # fmt: skip
_PAGE = {"count": 1, "next": None, "previous": None, "results": [_MERGED]}
PEOPLE: Mapping[Handler, Operation] = {
    people.merge_users: Operation(
        id="mergeUsers", summary="Merge users into one", refusals=(404,),
        body=Body(obj({"parent": identifier("Who stays."), "users_list": _USERS, "user_list": _USERS},
                      required=["parent"]), {"parent": 1, "users_list": [2]}),
        answers=said(obj({"success": flag()}), "They are one.", example={"success": True}),
    ),
    people.unmerge_user: Operation(
        id="unmergeUser", summary="Undo a merge", path=PATH, refusals=(409,),
        body=Body(obj({"users_list": _USERS, "user_list": _USERS}, required=[]), {"users_list": [2]}, required=False),
        answers=said(obj({"success": flag(), "users_list": array(identifier(), "Who is there again.")}),
                     "They are separate again.", example={"success": True, "users_list": [2]}),
    ),
    people.read_merges: Operation(
        id="listMerges", summary="List the merges into a user", path=PATH, query=PAGING,
        answers={200: Answer("One page.", page_of(_MERGE), _PAGE)},
    ),
    people.erase_user: Operation(
        id="eraseUser", summary="Erase a person", path=PATH,
        answers=said(obj({"erased": identifier(), "deleted": _COUNTS, "cleaned": _COUNTS}),
                     "Rows by table: those that are gone, and those that stayed without what named the person.",
                     example={"erased": 11, "deleted": {"journal": 12}, "cleaned": {"contacts": 1, "deals": 2}}),
    ),
    people.export_user: Operation(
        id="exportUser", summary="Export what is stored about a person", path=PATH,
        answers=said({"type": "object", "additionalProperties": array(anything("A row."))},
                     "The rows of every table that has any.", example={"contacts": [{"id": 11}]}),
    ),
}  # fmt: skip
