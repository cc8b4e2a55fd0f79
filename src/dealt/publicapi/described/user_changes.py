"""What the document says of the addresses under users: lists, tags and attributes of one, and one value for many."""

from __future__ import annotations

from dealt.contacts import ALIKE, MOST_AT_ONCE
from dealt.publicapi import user_changes, user_lists
from dealt.publicapi.described.lists import LIST, NOTHING
from dealt.publicapi.described.parts import TAG, VALUE
from dealt.publicapi.described.segments import OF_USER
from dealt.publicapi.described.single_changes import single_changes
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Operation,
    Parameter,
    array,
    choice,
    identifier,
    obj,
    page_of,
    said,
    text,
)
from dealt.publicapi.openapi.operation import Handler

PATHS = ("/users/<int:id>/", "/users-by-id/<custom_id>/")
PATH = {"custom_id": Parameter("custom_id", text(minLength=1), "Your own id of the person.", "john-doe-01")}
_WHICH = Body(obj({"list": identifier("The list.")}), {"list": 1})
OPERATIONS: dict[Handler, Operation] = {
    user_lists.join_list: Operation(
        id="addUserToList", summary="Put a user on a list", path=PATH, body=_WHICH, answers=said(LIST, "The list.")
    ),
    user_lists.leave_list: Operation(
        id="removeUserFromList", summary="Take a user off a list", path=PATH, body=_WHICH,
        answers=said(LIST, "The list."),
    ),
    user_changes.add_many_tags: Operation(
        id="addUserTags", summary="Put several tags on a user", path=PATH,
        body=Body(obj({"tag_names": array(text(), "Their names.", most=1000)}), {"tag_names": ["vip", "wholesale"]}),
        answers=said(obj({"tags": array(TAG)}), "These tags.", example={"tags": [{"id": 1, "name": "vip"}]}),
    ),
}  # fmt: skip


def _many(base: str, noun: str, by: str, ids: object) -> dict[str, Operation]:
    """The mass updates at one base."""
    named = {"ids": array(identifier() if isinstance(ids, int) else text(longest=255), "Whom.", most=MOST_AT_ONCE)}
    done = said(obj({"status": text()}), "All of them were changed, or none.", example={"status": "ok"})
    field = choice(ALIKE, "Which field.")
    return {
        f"{base}mass_update_standard_attributes/": Operation(
            id=f"updateFieldOf{noun}", summary=f"Set one field of many users{by}", answers=done, refusals=(404,),
            body=Body(obj({**named, "attribute": field, "value": VALUE}),
                      {"ids": [ids], "attribute": "country", "value": "Norway"}),
        ),
        f"{base}mass_update_custom_attributes/": Operation(
            id=f"updateAttributeOf{noun}", summary=f"Set one attribute of many users{by}", answers=done,
            refusals=(404,),
            body=Body(obj({**named, "attribute": text("Which attribute; an unknown one is made.", longest=255),
                           "value": VALUE}),
                      {"ids": [ids], "attribute": "loyalty_level", "value": "silver"}),
        ),
    }  # fmt: skip


BY_PATH: dict[str, Operation] = {
    **single_changes(PATHS, "user", PATH, attribute="loyalty_level", value="silver"),
    **{
        f"{base}{what}/": Operation(
            id=f"list{what.title()}OfUser", summary=f"List the {said_as} of a user", path=PATH, query=PAGING,
            answers=answers,
        )
        for base in PATHS
        for what, said_as, answers in (
            ("segments", "segments", {200: Answer("One page, each with `entered_at`.", page_of(OF_USER))}),
            ("emails", "e-mails", NOTHING),
        )
    },
    **_many("/users/", "Users", "", 1),
    **_many("/users-by-id/", "UsersByOwnId", " by your own ids", "john-doe-01"),
}  # fmt: skip
