"""The schemas of events, product events, page views and timelines."""

from __future__ import annotations

from typing import Any

from dealt.events import PRODUCT_EVENT_TYPES
from dealt.publicapi.described.parts import or_null, recorded
from dealt.publicapi.openapi import (
    any_of,
    anything,
    array,
    choice,
    flag,
    identifier,
    link,
    moment,
    nullable,
    obj,
    text,
    whole,
)

_TEXT = nullable(text())
_DATA: dict[str, Any] = {"type": "object", "description": "What is told of it: any names and values."}
_WHEN = {"timestamp": moment("When it happened."), "received_at": moment("When it was told.")}
_WHO = {"client": identifier("The user."), "user_id": identifier("The user, too.")}
EVENT = recorded(
    "Event",
    obj({
        "id": identifier(), **_WHO, **_WHEN, "event": or_null(text(), "Its name."),
        "event_id": identifier("The id of the name."),
        "items": array(obj({"key": text(), "value": text()}), "The data as pairs of texts."), "data": _DATA,
        "custom_id": or_null(text(), "Your own id of it."),
    }),
)  # fmt: skip
NAME = recorded(
    "EventName",
    obj({
        "id": identifier(), "name": text(), "description": text(),
        "first_at": or_null(moment(), "When it occurred first; null while it did not."), "created_at": moment(),
    }),
)  # fmt: skip
PRODUCT_EVENT = recorded(
    "ProductEvent",
    obj({
        "id": identifier(), **_WHO, **_WHEN, "event_type": choice(PRODUCT_EVENT_TYPES), "product_id": identifier(),
        "custom_data": anything("What was told of this occurrence."),
        "event_custom_id": or_null(text(), "Your own id of it."),
    }),
)  # fmt: skip
_SEEN: dict[str, Any] = dict.fromkeys(
    ("ip_address", "user_agent", "browser_family", "browser_version", "os_type", "city", "country", "title",
     "timezone", "resolution"), _TEXT,
)  # fmt: skip
PAGE_VIEW = recorded(
    "PageView",
    obj({
        "id": identifier(), "client": identifier("The user."), **_SEEN, "url": text(), "referer": _TEXT,
        "page_domain": text(), "page_path": text(), "timestamp": moment("When the page was seen."),
        "extra_data": or_null(text(), "An object as a text, as clients read it."),
    }),
)  # fmt: skip
HAPPENING = recorded(
    "Happening",
    obj({
        "id": identifier(), "datetime": moment(),
        "type": choice(("event", "product_event", "page_view", "order", "change")), "name": text(),
        "content": obj({"url": _TEXT, "title": _TEXT}, extra=True),
    }),
)  # fmt: skip
TOLD = obj({"id": identifier(), "created": flag("Whether no event of this name occurred before.")})
_TIME: Any = {"timestamp": any_of(whole(), moment(), {"type": "null"}, description="UNIX seconds or ISO 8601.")}
_BY: dict[str, Any] = {
    "user_id": any_of(identifier(), text(), {"type": "null"}, description="The user; in version 1 your own id."),
    "client": or_null(identifier(), "The user, by Dealt's number."),
    "user_custom_id": or_null(text(longest=255), "The user, by your own id."),
    "user_key": or_null(text(longest=255), "The user, by the key of the cookie."),
}
_FIELDS: dict[str, Any] = {
    "name": text("What happened.", longest=255), "data": nullable(_DATA),
    "custom_id": or_null(text(longest=255), "Your own id of it; `id` is the same. A repetition changes nothing."),
}  # fmt: skip
SENT_EVENT = obj({**_BY, **_TIME, **_FIELDS}, required=["name"], extra=True)
SENT_EVENT_OF_USER = obj({**_TIME, **_FIELDS}, required=["name"], extra=True)
SENT_PRODUCT_EVENT = obj(
    {
        **_BY, **_TIME, "event_type": choice(PRODUCT_EVENT_TYPES),
        "data": nullable(_DATA | {"description": "News about the product; `custom_data` stays with the event."}),
        "event_custom_id": or_null(text(longest=255), "Your own id of it."),
    },
    required=["event_type"], extra=True,
)  # fmt: skip
SENT_PAGE_VIEW = obj(
    {
        **{name: schema for name, schema in _BY.items() if name != "user_key"}, **_TIME,
        "client_user": or_null(text(longest=255), "The user, by the key of the cookie; `user_key` is the same."),
        "url": nullable(link("It may stand instead of domain and path.")), "page_domain": nullable(text(longest=255)),
        "page_path": nullable(text(longest=2048)), "referrer": nullable(text(longest=2048)), **_SEEN,
        "extra_data": nullable({"type": "object"}),
    },
    required=[], extra=True,
)  # fmt: skip
