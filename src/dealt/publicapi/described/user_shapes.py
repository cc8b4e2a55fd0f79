"""The schemas of a user."""

from __future__ import annotations

from typing import Any

from dealt.publicapi.described.parts import CUSTOM_VALUE, NAMED_VALUE, NAMED_VALUES, TAG, or_null, recorded
from dealt.publicapi.openapi import (
    any_of,
    array,
    choice,
    enlarged,
    flag,
    identifier,
    link,
    moment,
    nullable,
    number,
    obj,
    text,
    whole,
)

_TEXT = nullable(text())
_LINK = nullable(link())
_TIME = nullable(moment())
_GENDER = choice(("unknown", "male", "female"))
_STATUS = choice(("visitor", "user"))
_COMPANIES = array(obj({"member_since": _TIME, "id": identifier(), "name": text()}))
_LISTS = array(obj({"id": identifier(), "name": text(), "description": text()}))
_PLACES: dict[str, Any] = dict.fromkeys(("country", "region", "city", "timezone"), _TEXT)
_PROFILES: dict[str, Any] = dict.fromkeys(
    ("facebook_url", "linkedin_url", "twitter_url", "google_url", "gravatar_url"), _LINK
)
_MACHINE: dict[str, Any] = dict.fromkeys(("last_ip", "browser", "browser_language", "os_type", "resolution"), _TEXT)
_BOTH: dict[str, Any] = {
    "id": identifier(), "email": _TEXT, "name": _TEXT, "gender": _GENDER, "status": _STATUS, "phone_number": _TEXT,
    **_PLACES, **_PROFILES, **_MACHINE, "score": whole(), "page_views": whole(least=0), "notifications": flag(),
    "unsubscribed": flag(), "first_seen": _TIME, "last_seen": _TIME, "last_contacted": _TIME, "created_at": moment(),
    "updated_at": moment(), "companies": _COMPANIES, "lists": _LISTS, "tags": array(TAG),
}  # fmt: skip
_PREDICTED: dict[str, Any] = {
    "lifetime_alive": number("The probability that the user still buys, as the models said last."),
    "lifetime_purchases": number("How many purchases are expected in the next 90 days."),
    "lifetime_order_value": nullable(number("What an order is worth, in the base currency.")),
}
"""Shown of users of whom something is predicted."""
USER_FIELDS = obj(
    _BOTH
    | {
        "custom_id": or_null(text(), "Your own id of the person."),
        "user_key": text("The key of the cookie."),
        "first_name": _TEXT,
        "last_name": _TEXT,
        "assigned_to": nullable(identifier()),
        "company_id": or_null(identifier(), "The company that was joined last."),
        "web_push_subscription": flag(),
        "most_active_time": or_null(text(), "Always null."),
    },
    extra=CUSTOM_VALUE,
)
USER_FIELDS_1 = obj(
    _BOTH
    | {
        "key": text("The key of the cookie."),
        "user_id": or_null(text(), "Your own id of the person."),
        "attributes": array(NAMED_VALUE, "The custom attributes that have a value."),
    }
)
USER_FIELDS = enlarged(USER_FIELDS, _PREDICTED)
USER_FIELDS_1 = enlarged(USER_FIELDS_1, _PREDICTED)
USER = recorded("User", USER_FIELDS, USER_FIELDS_1)
_SENT: dict[str, Any] = {
    "custom_id": or_null(text(longest=255), "Your own id of the person."),
    "user_id": or_null(text(longest=255), "The older name of `custom_id`."),
    "email": or_null(text(longest=254), "It may be shared by several users."),
    "name": or_null(text(longest=255), "First and last name in one."),
    "first_name": nullable(text(longest=255)),
    "last_name": nullable(text(longest=255)),
    "phone_number": nullable(text(longest=64)),
    "gender": any_of(choice((1, 2, 3)), _GENDER, description="1 unknown, 2 male, 3 female, or the word."),
    "status": any_of(choice((1, 2)), _STATUS, description="1 visitor, 2 user, or the word."),
    "score": whole(least=-(2**31), most=2**31 - 1),
    "unsubscribed": flag("Wants no more messages."),
    "notifications": flag(),
    "assigned_to": nullable(identifier()),
    **_PLACES, **_PROFILES, **_MACHINE,
    "tags": array(text(), "Tags to put on the user, by name.", most=1000),
    "company_id": nullable(identifier()),
    "company_custom_id": nullable(text(longest=255)),
    "attributes": NAMED_VALUES,
}  # fmt: skip
SENT = obj(_SENT, required=[], extra=CUSTOM_VALUE)
