"""What the document says of users."""

from __future__ import annotations

from dealt.publicapi import people, user_search, users
from dealt.publicapi.described.people import PEOPLE
from dealt.publicapi.described.user_changes import BY_PATH, OPERATIONS, PATH, PATHS
from dealt.publicapi.described.user_shapes import SENT, USER
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
    deleted,
    flag,
    identifier,
    made,
    moment,
    obj,
    page_of,
    said,
    text,
)

_NEW = {
    "custom_id": "john-doe-01", "email": "john.doe@example.com", "first_name": "John", "last_name": "Doe",
    "gender": 2, "status": 2, "tags": ["vip"], "loyalty_level": "gold",
}  # fmt: skip
_MOMENTS = ("first_seen", "last_seen", "last_contacted", "updated_at")
_UPSERTED = obj({"created": flag(), "id": identifier()})
CHAPTER = Chapter(
    "Users",
    "The contacts of the shop: people, known or not.",
    {
        user_search.list_users: Operation(
            id="listUsers", summary="List users", lists=PATHS, refusals=(404,),
            query=(
                *(argument(f"{n}__gte", moment(), f"`{n}` at or after; `__gt`, `__lte`, `__lt` alike.")
                  for n in _MOMENTS),
                argument("search", choice(_MOMENTS), "Which moment `min` and `max` are about.", "updated_at"),
                argument("min", text(), "At or after: UNIX seconds or ISO 8601.", "1500000000"),
                argument("max", text(), "At or before: UNIX seconds or ISO 8601."),
                *PAGING,
            ),
            answers={200: Answer("One page.", page_of(USER))},
        ),
        users.create_user: Operation(
            id="createUser", summary="Create a user", body=Body(SENT, _NEW), answers=made(USER), refusals=(404,),
            makes=PATHS,
        ),
        users.update_or_create_user: Operation(
            id="updateOrCreateUser", summary="Create or change a user by custom id",
            body=Body(SENT, _NEW, _NEW | {"user_id": "john-doe-01"}), refusals=(404,), makes=PATHS,
            answers={
                200: Answer("The user was there and is changed.", _UPSERTED, {"created": False, "id": 1}),
                201: Answer("The user was made.", _UPSERTED, {"created": True, "id": 1}),
            },
        ),
        user_search.search_users: Operation(
            id="searchUsers", summary="Search users", refusals=(404,),
            query=(
                argument("custom_id", text(), "By your own id; `user_id` is the same.", "john-doe-01"),
                argument("email", text(), "By e-mail address."),
                argument("phone_number", text(), "By phone number; version 2 answers a page."),
                argument("key", text(), "By the key of the cookie; `user_key` is the same."),
                argument("city__icontains", text(), "By part of any field or attribute; other endings compare alike."),
                argument("many", flag(), "All that match in a list, at most 1,000."),
                *PAGING,
            ),
            answers=said(any_of(USER, array(USER), page_of(USER)), "The oldest match, a list or a page."),
        ),
        users.read_user: Operation(id="getUser", summary="Read a user", path=PATH, answers=said(USER)),
        users.update_user: Operation(
            id="updateUser", summary="Change a user", path=PATH, answers=said(USER),
            body=Body(SENT, {"phone_number": "+48123456789", "city": "Warsaw"}),
        ),
        people.delete_user: Operation(
            id="deleteUser", summary="Delete a user", path=PATH, answers=deleted,
        ),
        **OPERATIONS,
        **PEOPLE,
    },
    BY_PATH,
)  # fmt: skip
