"""What the document says of companies."""

from __future__ import annotations

from typing import Any

from dealt.publicapi import companies
from dealt.publicapi.described.parts import CUSTOM_VALUE, NAMED_VALUES, TAG, listed, or_null, recorded
from dealt.publicapi.described.single_changes import single_changes
from dealt.publicapi.described.user_shapes import USER_FIELDS, USER_FIELDS_1
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Chapter,
    Operation,
    Parameter,
    any_of,
    argument,
    array,
    choice,
    deleted,
    enlarged,
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

_PATHS = ("/companies/<int:id>/", "/companies-by-id/<custom_id>/")
_PATH = {"custom_id": Parameter("custom_id", text(minLength=1), "Your own id of the company.", "acme")}
_TEXT = nullable(text())
_TEXTS: dict[str, Any] = dict.fromkeys(("email", "address", "city", "region", "country", "postal_code"), _TEXT)
_COMPANY = obj(
    {
        "id": identifier(),
        "custom_id": or_null(text(), "Your own id of the company."),
        "name": text(),
        **_TEXTS,
        "phone_numbers": nullable(array(text())),
        "description": _TEXT,
        "approx_employees": nullable(whole(least=0)),
        "employees": array(identifier(), "Its users, at most 500; `members/` lists all.", most=500),
        "tags": array(TAG),
        "created_at": moment(),
        "updated_at": moment(),
    },
    extra=CUSTOM_VALUE,
)
_COMPANY_1 = listed(
    _COMPANY,
    {
        "custom_id": ("company_id", or_null(text(), "Your own id of the company.")),
        "employees": ("", {}),
        "phone_numbers": ("phone_numbers", array(text())),
    },
)
COMPANY = recorded("Company", _COMPANY, _COMPANY_1)
_CREATED: dict[str, Any] = {"created": flag("Whether it was made just now.")}
_UPSERTED = recorded(
    "UpsertedCompany",
    enlarged(_COMPANY, _CREATED, required=["created"]),
    enlarged(_COMPANY_1, _CREATED, required=["created"]),
)
_SINCE = {"member_since": moment("Since when the user belongs to the company.")}
_MEMBER = recorded(
    "Member",
    enlarged(USER_FIELDS, _SINCE, required=["member_since"]),
    enlarged(USER_FIELDS_1, _SINCE, required=["member_since"]),
)
_TAKEN: dict[str, Any] = {
    "custom_id": or_null(text(longest=255), "Your own id of the company."),
    "company_id": or_null(text(longest=255), "The older name of `custom_id`."),
    "name": text(longest=255),
    **dict.fromkeys(_TEXTS, nullable(text(longest=255))),
    "description": nullable(text(longest=65_536)),
    "approx_employees": nullable(whole(least=0, most=2**31 - 1)),
    "phone_numbers": nullable(array(text(longest=255), "One may stand alone, too.", most=20)),
    "tags": nullable(array(text(), "The whole list, by name.", most=1000)),
    "attributes": NAMED_VALUES,
}
_CHANGES = obj(_TAKEN, required=[], extra=CUSTOM_VALUE)
_SENT = obj(_TAKEN, required=["name"], extra=CUSTOM_VALUE)
_NEW = {
    "custom_id": "acme", "name": "Acme", "city": "Oslo", "phone_numbers": ["+47 22 00 00 00"], "tags": ["wholesale"],
    "industry": "Hardware",
}  # fmt: skip
_WHO = Body(
    obj(
        {
            "user_id": any_of(identifier(), text(), description="By Dealt's number; in version 1 your own id, too."),
            "user_custom_id": text("By your own id."),
            "user_key": text("By the key of the cookie; `userkey` is the same."),
        },
        required=[],
        description="The first that is given names the user.",
    ),
    {"user_custom_id": "john-doe-01"},
)
CHAPTER = Chapter(
    "Companies",
    "Firms to which users belong.",
    {
        companies.list_all: Operation(
            id="listCompanies", summary="List companies", lists=_PATHS, refusals=(404,),
            query=(
                argument("custom_id", text(), "The company with this id of yours; `company_id` is the same.", "acme"),
                argument("name", text(), "Companies whose name begins like this."),
                argument("created_at__gte", moment(), "Made at or after; `__gt`, `__lte`, `__lt` alike."),
                argument("updated_at__gte", moment(), "Changed at or after; `__gt`, `__lte`, `__lt` alike."),
                argument("ordering", choice(("id", "-id", "updated_at", "-updated_at")), "By id unless given.", "-id"),
                *PAGING,
            ),
            answers={200: Answer("One page.", page_of(COMPANY))},
        ),
        companies.create: Operation(
            id="createCompany", summary="Create a company", body=Body(_SENT, _NEW), makes=_PATHS,
            answers={201: Answer("It was made.", COMPANY)},
        ),
        companies.update_or_create: Operation(
            id="updateOrCreateCompany", summary="Create or change a company by its custom id",
            body=Body(_SENT, _NEW), makes=_PATHS,
            answers={
                200: Answer("It was there, and is now like this.", _UPSERTED), 201: Answer("It was made.", _UPSERTED)
            },
        ),
        companies.read: Operation(id="getCompany", summary="Read a company", path=_PATH, answers=said(COMPANY)),
        companies.update: Operation(
            id="updateCompany", summary="Change a company", path=_PATH, body=Body(_CHANGES, {"city": "Bergen"}),
            answers=said(COMPANY),
        ),
        companies.delete: Operation(
            id="deleteCompany", summary="Delete a company", path=_PATH, answers=deleted
        ),
        companies.members: Operation(
            id="listCompanyMembers", summary="List the users of a company", path=_PATH, query=PAGING,
            answers={200: Answer("One page, by id.", page_of(_MEMBER))},
        ),
        companies.join: Operation(
            id="addCompanyMember", summary="Let a user join a company", path=_PATH, body=_WHO, answers=said(COMPANY)
        ),
        companies.leave: Operation(
            id="removeCompanyMember", summary="Let a user leave a company", path=_PATH, body=_WHO,
            answers=said(COMPANY),
        ),
    },
    single_changes(_PATHS, "company", _PATH, attribute="seats", value=3),
)  # fmt: skip
