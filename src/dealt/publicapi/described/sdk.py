"""What the document says of the addresses that apps call."""

from __future__ import annotations

from typing import Any

from dealt.events import PRODUCT_EVENT_TYPES
from dealt.publicapi import sdk
from dealt.publicapi.described.event_shapes import SENT_EVENT_OF_USER, SENT_PRODUCT_EVENT, TOLD
from dealt.publicapi.described.parts import or_null
from dealt.publicapi.described.user_shapes import SENT
from dealt.publicapi.openapi import (
    Answer,
    Body,
    Chapter,
    Operation,
    Parameter,
    choice,
    enlarged,
    flag,
    identifier,
    nullable,
    obj,
    said,
    text,
)

_HEADER = "X-User-Key"
_KEY = "k3v9x2m7q1aa"
_WORDS = nullable(text(longest=255))
_OPTIONAL = Parameter(_HEADER, text(longest=255), "The user's key, as a ping answered it; `User-Key` is the same.")
_WHO = (Parameter(_HEADER, text(longest=255), _OPTIONAL.description, _KEY, required=True),)
_DELIVERY = {
    "delivery_id": Parameter(
        "delivery_id", text(minLength=1, longest=sdk.LONGEST_DELIVERY_ID), "The id of what was sent.", "7"
    ),
    "action": Parameter("action", choice(sdk.ACTIONS), "What became of it.", "clicked"),
}
_CUSTOMER = enlarged(
    SENT, {"userKey": or_null(text(longest=255), "The user's key where the header has none; empty at first.")}
)
_DEVICE = obj(
    {
        "fcm_key": or_null(text(longest=512), "The address of its notifications."),
        "os_type": _WORDS, "version": or_null(text(longest=255), "Of the operating system."), "sdk": _WORDS,
        "device": or_null(text(longest=255), "An Apple device's own number."), "identifier": _WORDS,
        "model": _WORDS, "manufacturer": _WORDS, "lib_version": _WORDS, "is_root": nullable(flag()),
    },
    required=[], extra=True,
)  # fmt: skip
_PING = obj({"customer": nullable(_CUSTOMER), "device": nullable(_DEVICE)}, required=[], extra=True)
_PINGED = obj({
    "user": obj({"id": identifier(), "key": text()}), "key": text("For the header of all that follows."),
    "created": flag("Whether the user is new."),
})  # fmt: skip
_USER: dict[str, Any] = {"user": {"id": 5577, "key": _KEY}, "key": _KEY}
_EVENT = obj(
    {name: schema for name, schema in SENT_EVENT_OF_USER["properties"].items() if name != "name"}
    | {
        "event": text("Its name; `product` with an `event_type` makes it a product event.", longest=255),
        "event_type": choice(PRODUCT_EVENT_TYPES, "Of a product event."),
    },
    required=["event"], extra=True,
)  # fmt: skip
_PRODUCT_EVENT = obj(
    {
        name: SENT_PRODUCT_EVENT["properties"][name] for name in ("event_type", "timestamp", "event_custom_id")
    } | {
        "data": obj({"custom_id": text("Your own id of the product.", longest=255, minLength=1)}, extra=True,
                    description="The product, and news about it; `custom_data` stays with the event."),
    },
    required=["event_type", "data"], extra=True,
)  # fmt: skip
_TOLD = {
    200: Answer("It was told before; this is the first one's id.", TOLD, {"id": 86, "created": False}),
    201: Answer("It was taken.", TOLD, {"id": 86, "created": True}),
}
_AT = "2025-06-24T12:00:00Z"


def _notification(name: str, what: str) -> Operation:
    return Operation(
        id=f"tell{name}", summary=f"Tell what became of {what}", path=_DELIVERY, headers=_WHO, answers=_TOLD,
        description="It is kept as an event named `NotificationEvent`.",
        body=Body(
            obj({"timestamp": SENT_EVENT_OF_USER["properties"]["timestamp"], "url": nullable(text())},
                required=[], extra=True),
            {"url": "https://shop.example/sale", "timestamp": _AT}, required=False,
        ),
    )  # fmt: skip


CHAPTER = Chapter(
    "Mobile apps",
    f"What apps tell, under `{sdk.PREFIX}/`, by a token of the scope `sdk`, which opens nothing else. An app sends a "
    f"ping, remembers the key in its answer and sends it in the header `{_HEADER}` from then on.",
    {
        sdk.ping: Operation(
            id="pingFromApp", summary="Tell that an app was opened", headers=(_OPTIONAL,), refusals=(404,),
            body=Body(_PING, {
                "customer": {"user_id": "app-user-01", "email": "anna@example.com", "userKey": ""},
                "device": {"os_type": "Android", "version": "13", "model": "Pixel 7", "manufacturer": "Google",
                           "fcm_key": "fcm-1"},
            }, required=False),
            answers={200: Answer("It is a user who is known.", _PINGED, _USER | {"created": False}),
                     201: Answer("The user is new.", _PINGED, _USER | {"created": True})},
            hands={_HEADER: "key"},
        ),
        sdk.product_event: Operation(
            id="tellProductEventFromApp", summary="Tell what was done with a product in an app", headers=_WHO,
            body=Body(_PRODUCT_EVENT, {"event_type": "add to cart", "timestamp": _AT,
                                       "data": {"custom_id": "SKU-9", "name": "Mug", "price": 5}}),
            answers=_TOLD, refusals=(404,),
        ),
        sdk.delete_fcm_token: Operation(
            id="silenceDevice", summary="Send nothing to a device any more", headers=(_OPTIONAL,),
            description="With the key of a user, only where the device is that user's.",
            body=Body(obj({"fcm_key": text(longest=512)}, extra=True), {"fcm_key": "fcm-1"}),
            answers=said(obj({"deleted": flag("Whether it was known.")}), "Nothing goes there.",
                         example={"deleted": True}),
        ),
    },
    by_path={
        "/event/": Operation(
            id="tellEventFromApp", summary="Tell what was done in an app", headers=_WHO, answers=_TOLD, refusals=(404,),
            description="An event, a product event or a sign-out.",
            body=Body(_EVENT, {"event": "liked", "timestamp": _AT, "data": {"n": 1}}),
        ),
        "/screen_event/": Operation(
            id="tellScreenFromApp", summary="Tell which screen was shown", headers=_WHO, answers=_TOLD, refusals=(404,),
            description="It is kept as any event.",
            body=Body(_EVENT, {"event": "ScreenEvent", "timestamp": _AT,
                               "data": {"event": "opened", "screen_name": "Home"}}),
        ),
        "/push-notification/<delivery_id>/<action>/": _notification("PushNotification", "a notification"),
        "/in-app-message/<delivery_id>/<action>/": _notification("InAppMessage", "a message in an app"),
    },
    server=sdk.PREFIX,
    token_header=sdk.TOKEN_HEADER.title(),
)  # fmt: skip
