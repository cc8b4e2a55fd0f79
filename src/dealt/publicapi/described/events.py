"""What the document says of events, product events, page views and timelines."""

from __future__ import annotations

from dealt.events import PRODUCT_EVENT_TYPES
from dealt.publicapi import events, product_events, visits
from dealt.publicapi.described.event_shapes import (
    EVENT,
    HAPPENING,
    NAME,
    PAGE_VIEW,
    PRODUCT_EVENT,
    SENT_EVENT,
    SENT_EVENT_OF_USER,
    SENT_PAGE_VIEW,
    SENT_PRODUCT_EVENT,
    TOLD,
)
from dealt.publicapi.described.products import PATH as PRODUCT_PATH
from dealt.publicapi.described.user_changes import PATH as USER_PATH
from dealt.publicapi.openapi import (
    NDJSON,
    PAGING,
    Answer,
    Body,
    Chapter,
    Operation,
    argument,
    choice,
    flag,
    identifier,
    made,
    moment,
    obj,
    page_of,
    said,
    text,
)

_BETWEEN = (
    argument("timestamp__gte", moment(), "At or after.", "2015-01-01"),
    argument("timestamp__lt", moment(), "Before."),
)
_NAMES = ("/events/<int:id>/",)
_ONE = {"user_custom_id": "john-doe-01", "name": "profile_updated", "timestamp": 1_426_967_129,
        "data": {"plan": "gold", "seats": 3}}  # fmt: skip
_OF_USER = {name: value for name, value in _ONE.items() if name != "user_custom_id"} | {"custom_id": "e-2"}
_PRODUCT_EVENT = {
    "user_custom_id": "john-doe-01", "event_type": "add to cart", "timestamp": 1_426_967_129,
    "data": {"price": 99.99, "custom_data": {"cart": "c-17"}},
}  # fmt: skip
_DEFINITION = obj({"name": text(longest=255), "description": text(longest=10_000)}, required=["name"])
_ID = obj({"id": identifier()})
_TOLD = {
    200: Answer("It was told before; this is the first one's id.", TOLD, {"id": 1, "created": False}),
    201: Answer("It was taken.", TOLD, {"id": 1, "created": True}),
}
_TOLD_ID = {
    200: Answer("It was told before; this is the first one's id.", _ID, {"id": 1}),
    201: Answer("It was taken.", _ID, {"id": 1}),
}
_LINES = '{"user_custom_id": "john-doe-01", "name": "seen"}\n{"user_id": 999, "name": "seen"}\n'
_RESULTS = (
    '{"line": 1, "status": 201, "id": 87, "created": false}\n'
    '{"line": 2, "status": 404, "detail": "No contact with the id 999. Create the contact first, then send this '
    'again."}\n'
)
CHAPTER = Chapter(
    "Events",
    "What happens to users: events by name, what they do with products, the pages they see, and all of it in one line.",
    {
        events.create: Operation(
            id="createEvent", summary="Tell of an event", body=Body(SENT_EVENT, _ONE), answers=_TOLD, refusals=(404,)
        ),
        events.create_for_user: Operation(
            id="createEventOfUser", summary="Tell of an event of a user", path=USER_PATH, answers=_TOLD,
            body=Body(SENT_EVENT_OF_USER, _OF_USER),
        ),
        events.create_many: Operation(
            id="createEvents", summary="Tell of many events",
            query=(argument("silent", flag(), "Automations ignore these events."),),
            body=Body(text("One event a line."), _LINES, media=NDJSON, required=False),
            answers={200: Answer("One result a line.", text(), _RESULTS, NDJSON)},
        ),
        events.list_of_user: Operation(
            id="listEventsOfUser", summary="List the events of a user", path=USER_PATH,
            query=(argument("event", text(), "Of this name.", "profile_updated"), *_BETWEEN, *PAGING),
            answers={200: Answer("One page, newest first.", page_of(EVENT))},
        ),
        events.list_names: Operation(
            id="listEventNames", summary="List the names of events", query=PAGING, lists=_NAMES, refusals=(404,),
            answers={200: Answer("One page, oldest first.", page_of(NAME))},
        ),
        events.declare: Operation(
            id="createEventName", summary="Declare the name of an event", makes=_NAMES, answers=made(NAME),
            body=Body(_DEFINITION, {"name": "bought", "description": "Paid in the shop"}),
        ),
        events.read_name: Operation(id="getEventName", summary="Read the name of an event", answers=said(NAME)),
        events.change_name: Operation(
            id="updateEventName", summary="Change the name of an event", answers=said(NAME),
            body=Body(_DEFINITION | {"required": []}, {"description": "Paid"}),
        ),
        events.list_occurrences: Operation(
            id="listOccurrences", summary="List the occurrences of an event", query=(*_BETWEEN, *PAGING),
            answers={200: Answer("One page, newest first.", page_of(EVENT), {
                "count": 0, "next": None, "previous": None, "results": [],
            })},
        ),
        product_events.create: Operation(
            id="createProductEvent", summary="Tell what a user did with a product", path=PRODUCT_PATH,
            body=Body(SENT_PRODUCT_EVENT, _PRODUCT_EVENT), answers=_TOLD_ID,
        ),
        product_events.list_of_product: Operation(
            id="listEventsOfProduct", summary="List what users did with a product", path=PRODUCT_PATH,
            query=(*_BETWEEN, *PAGING), answers={200: Answer("One page, newest first.", page_of(PRODUCT_EVENT))},
        ),
        product_events.list_of_user: Operation(
            id="listProductEventsOfUser", summary="List what a user did with products", path=USER_PATH,
            query=(argument("event_type", choice(PRODUCT_EVENT_TYPES), "Of this type."), *_BETWEEN, *PAGING),
            answers={200: Answer("One page, newest first.", page_of(PRODUCT_EVENT))},
        ),
        visits.create: Operation(
            id="createPageView", summary="Tell of a page view", answers=_TOLD_ID, refusals=(404,),
            body=Body(SENT_PAGE_VIEW, {"user_custom_id": "john-doe-01", "url": "https://shop.example/mugs/1",
                                       "title": "Mugs"}),
        ),
        visits.list_page_views: Operation(
            id="listPageViewsOfUser", summary="List the page views of a user", path=USER_PATH,
            query=(*_BETWEEN, *PAGING), answers={200: Answer("One page, newest first.", page_of(PAGE_VIEW))},
        ),
        visits.timeline: Operation(
            id="getTimelineOfUser", summary="Read the timeline of a user", path=USER_PATH, query=PAGING[1:],
            answers={200: Answer("One page, newest first.", page_of(HAPPENING))},
        ),
    },
)  # fmt: skip
