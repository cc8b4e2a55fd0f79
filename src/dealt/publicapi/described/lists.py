"""What the document says of lists, tags, attribute types, and of what is empty yet."""

from __future__ import annotations

from dealt.attributes import VALUE_TYPES
from dealt.publicapi import attribute_types, lists, not_yet, tags
from dealt.publicapi.described.companies import COMPANY
from dealt.publicapi.described.parts import recorded
from dealt.publicapi.described.user_shapes import USER
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Chapter,
    Json,
    Operation,
    Parameter,
    choice,
    deleted,
    identifier,
    made,
    nullable,
    obj,
    page_of,
    said,
    text,
)

LIST = recorded("List", obj({"id": identifier(), "name": text(), "description": text()}))
_TAG = recorded("Tag", obj({"id": identifier(), "name": text()}))
_LISTS, _TAGS = ("/lists/<int:id>/",), ("/tags/<int:id>/",)
_SENT = {"name": text(longest=255), "description": nullable(text(longest=10_000))}
_NAME = obj({"name": text(longest=255)})
_TYPE = said(obj({"value_type": choice(sorted(VALUE_TYPES))}), "Its type.", example={"value_type": "string"})
_EMPTY: Json = {"count": 0, "next": None, "previous": None, "results": []}
NOTHING = {200: Answer("An empty page, until there are any.", page_of(obj({}, extra=True)), _EMPTY)}


def _named(example: str) -> dict[str, Parameter]:
    return {"name_std": Parameter("name_std", text(minLength=1), "The attribute's key.", example)}


LISTS = Chapter(
    "Lists",
    "Static groups of users.",
    {
        lists.list_all: Operation(
            id="listLists", summary="List the lists", query=PAGING, lists=_LISTS, refusals=(404,),
            answers={200: Answer("One page.", page_of(LIST))},
        ),
        lists.add: Operation(
            id="createList", summary="Create a list", makes=_LISTS, answers=made(LIST),
            body=Body(obj(_SENT, required=["name"]), {"name": "Newsletter", "description": "Once a month"}),
        ),
        lists.get: Operation(id="getList", summary="Read a list", answers=said(LIST)),
        lists.change: Operation(
            id="updateList", summary="Change a list", answers=said(LIST),
            body=Body(obj(_SENT, required=[]), {"description": "Twice a month"}),
        ),
        lists.remove: Operation(id="deleteList", summary="Delete a list", answers=deleted),
        lists.members: Operation(
            id="listUsersOfList", summary="List the users on a list", query=PAGING,
            answers={200: Answer("One page.", page_of(USER))},
        ),
    },
)  # fmt: skip
TAGS = Chapter(
    "Tags",
    "Free labels on users, companies, deals and products.",
    {
        tags.list_all: Operation(
            id="listTags", summary="List tags", query=PAGING, lists=_TAGS, refusals=(404,),
            answers={200: Answer("One page.", page_of(_TAG))},
        ),
        tags.add: Operation(
            id="createTag", summary="Create a tag", makes=_TAGS, answers=made(_TAG),
            body=Body(_NAME, {"name": "Comes back"}),
        ),
        tags.get: Operation(id="getTag", summary="Read a tag", answers=said(_TAG)),
        tags.change: Operation(
            id="updateTag", summary="Rename a tag", answers=said(_TAG), body=Body(_NAME, {"name": "Came back"})
        ),
        tags.remove: Operation(id="deleteTag", summary="Delete a tag", answers=deleted),
        tags.users: Operation(
            id="listUsersWithTag", summary="List the users with a tag", query=PAGING,
            answers={200: Answer("One page.", page_of(USER))},
        ),
        tags.companies: Operation(
            id="listCompaniesWithTag", summary="List the companies with a tag", query=PAGING,
            answers={200: Answer("One page.", page_of(COMPANY))},
        ),
    },
)  # fmt: skip
TYPES = Chapter(
    "Attribute types",
    "What type an attribute has, by its key.",
    {
        attribute_types.type_for_users: Operation(
            id="getTypeForUsers", summary="Read the type of an attribute of users", path=_named("loyalty_level"),
            answers=_TYPE,
        ),
        attribute_types.type_for_companies: Operation(
            id="getTypeForCompanies", summary="Read the type of an attribute of companies", path=_named("industry"),
            answers=_TYPE,
        ),
    },
)  # fmt: skip
NOT_YET = Chapter(
    "E-mails",
    "Empty lists, in the envelope that clients expect.",
    {
        not_yet.list_emails: Operation(
            id="listEmails", summary="List e-mails", query=PAGING, answers=NOTHING, refusals=(404,)
        ),
    },
)
