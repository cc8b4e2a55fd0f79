"""What the document says of activities."""

from __future__ import annotations

from typing import Any

from dealt.publicapi import activities
from dealt.publicapi.described.parts import CUSTOM_VALUE, NAMED_VALUES, listed, or_null, recorded
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
    flag,
    identifier,
    made,
    moment,
    nullable,
    number,
    obj,
    page_of,
    said,
    text,
    whole,
)

_PATHS = ("/activities/<int:id>/", "/activities-by-id/<custom_id>/")
_PATH = {"custom_id": Parameter("custom_id", text(minLength=1), "Your own id of the activity.", "call-1")}
_ID = nullable(identifier())
_ACTIVITY = obj(
    {
        "id": identifier(),
        "activity_type": whole("Your own number of a kind.", least=0),
        "name": text(),
        "due_date": moment(),
        "duration": or_null(whole(least=0), "In minutes."),
        "description": text(),
        "assigned_to": or_null(identifier(), "A team member."),
        "deal_id": _ID, "user_id": _ID, "company_id": _ID,
        "done": flag(),
        "done_date": or_null(moment(), "When it was marked as done."),
        "created_by": or_null(identifier(), "The team member who made it; null by a token."),
        "created_at": moment(),
        "updated_at": moment(),
        "custom_id": or_null(text(), "Your own id of the activity."),
    },
    extra=CUSTOM_VALUE,
)  # fmt: skip
_OLDER = {
    "due_date": ("datetime", moment()), "deal_id": ("deal", _ID), "user_id": ("person", _ID),
    "company_id": ("company", _ID),
}  # fmt: skip
ACTIVITY = recorded("Activity", _ACTIVITY, listed(_ACTIVITY, _OLDER))
_WHEN = any_of(moment(), text(), number(), description="ISO 8601 or UNIX seconds.")
_TAKEN: dict[str, Any] = {
    "name": text(longest=255, minLength=1),
    "due_date": _WHEN,
    "datetime": _WHEN | {"description": "The older name of `due_date`."},
    "activity_type": whole("1 unless given.", least=0, most=2**31 - 1),
    "duration": or_null(whole(least=0, most=2**31 - 1), "In minutes."),
    "description": nullable(text(longest=10_000)),
    "assigned_to": or_null(identifier(), "A team member."),
    "deal_id": _ID, "deal": _ID, "deal_custom_id": nullable(text(longest=255)),
    "user_id": any_of(identifier(), text(), {"type": "null"}), "person": _ID,
    "user_custom_id": nullable(text(longest=255)), "user_key": nullable(text(longest=255)),
    "company_id": _ID, "company": _ID, "company_custom_id": nullable(text(longest=255)),
    "done": flag(),
    "custom_id": or_null(text(longest=255), "Your own id of the activity."),
    "attributes": NAMED_VALUES,
}  # fmt: skip
_SENT = obj(_TAKEN, required=["name"], extra=CUSTOM_VALUE)
_CHANGES = obj(_TAKEN, required=[], extra=CUSTOM_VALUE)
_NEW = {
    "custom_id": "call-1", "name": "Call back", "due_date": "2026-01-20T10:00:00Z", "duration": 15,
    "description": "About the return.", "room": "blue",
}  # fmt: skip
_NEW_V1 = {("datetime" if name == "due_date" else name): value for name, value in _NEW.items()}
CHAPTER = Chapter(
    "Activities",
    "What people are to do about a user, a deal or a company. A deal's `activities_status` follows them.",
    {
        activities.list_all: Operation(
            id="listActivities", summary="List activities", lists=_PATHS, refusals=(404,),
            query=(
                argument("user_id", text(), "Of this user; `person` is the same, in version 1 also your own id."),
                argument("user_custom_id", text(), "Of the user with this id of yours.", "john-doe-01"),
                argument("user_key", text(), "Of the user with this cookie key; `userkey` is the same."),
                argument("deal_id", identifier(), "About this deal; `deal` is the same."),
                argument("deal_custom_id", text(), "About the deal with this id of yours."),
                argument("company_id", identifier(), "About this company; `company` is the same."),
                argument("company_custom_id", text(), "About the company with this id of yours."),
                argument("custom_id", text(), "The activity with this id of yours."),
                argument("assigned_to", identifier(), "Of this team member."),
                argument("activity_type", identifier(), "Of this kind."),
                argument("done", flag(), "Those that are done, or those that are not."),
                argument("due_date__gte", moment(), "Due at or after; `__gt`, `__lte`, `__lt` alike.", "2026-01-01"),
                argument("updated_at__gte", moment(), "Changed at or after; `__gt`, `__lte`, `__lt` alike."),
                argument("ordering", choice([f"{way}{name}" for name in ("due_date", "updated_at", "id")
                                             for way in ("", "-")]), "The earliest due first unless given."),
                *PAGING,
            ),
            answers={200: Answer("One page.", page_of(ACTIVITY))},
        ),
        activities.create: Operation(
            id="createActivity", summary="Create an activity", body=Body(_SENT, _NEW, _NEW_V1),
            answers=made(ACTIVITY), refusals=(404,), makes=_PATHS,
        ),
        activities.read: Operation(id="getActivity", summary="Read an activity", path=_PATH, answers=said(ACTIVITY)),
        activities.update: Operation(
            id="updateActivity", summary="Change an activity", path=_PATH, body=Body(_CHANGES, {"done": True}),
            answers=said(ACTIVITY),
        ),
        activities.delete: Operation(id="deleteActivity", summary="Delete an activity", path=_PATH, answers=deleted),
    },
)  # fmt: skip
