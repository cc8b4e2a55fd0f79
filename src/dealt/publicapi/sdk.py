"""What apps tell, under ``/api/sdk/v1/``: who they are, what is done in them, and what becomes of notifications."""

from __future__ import annotations

from typing import Any

from dealt.accounts import Snapshot
from dealt.contacts import find_contacts
from dealt.devices import Pinged, forget_key, parse_fcm_key, parse_ping
from dealt.devices import ping as note_ping
from dealt.events import AnyWork, EventWork, Telling, parse_event, parse_product_event
from dealt.kernel.db import Connection, in_transaction
from dealt.kernel.errors import InvalidInput, NotFound
from dealt.kernel.http import Response, Route
from dealt.publicapi.call import Call, answer
from dealt.publicapi.telling import telling

PREFIX = "/api/sdk/v1"
TOKEN_HEADER = "integrations-api-key"
_USER_KEYS = ("x-user-key", "user-key")
ACTIONS = ("displayed", "opened", "clicked", "dismissed")
_DELIVERIES = {"push-notification": "push_notification_delivery_id", "in-app-message": "in_app_message_delivery_id"}
LONGEST_DELIVERY_ID = 255


async def ping(call: Call) -> Response:
    """POST ping/: The app was opened. Answers with the key by which it names its user from here on."""
    sent = parse_ping(call.body, _user_key(call))
    definitions, workspace_id = call.services.definitions, call.workspace_id

    async def attempt(connection: Connection) -> Pinged:
        snapshot: Snapshot = await definitions.for_writing(connection, workspace_id)
        return await note_ping(connection, call.actor, sent, snapshot=snapshot, now=call.now)

    pinged = await in_transaction(call.services.pool, attempt)
    if pinged.defined:
        definitions.forget(workspace_id)
    user = {"id": pinged.contact_id, "key": pinged.key}
    return answer({"user": user, "key": pinged.key, "created": pinged.created}, 201 if pinged.created else 200)


async def event(call: Call) -> Response:
    """POST event/ and screen_event/: something was done; a product event and a sign-out come here too."""
    body, reading = call.body, await _telling(call)
    if body.get("event") == "product" and "event_type" in body:
        return await _submit(call, parse_product_event(body, reading, None, make_product=True))
    return await _submit(call, _named(body, reading))


async def product_event(call: Call) -> Response:
    """POST product_event/: what was done with a product, which is made where it is not known."""
    return await _submit(call, parse_product_event(call.body, await _telling(call), None, make_product=True))


async def notification(call: Call) -> Response:
    """POST push-notification/<id>/<action>/ and in-app-message/...: what became of a message."""
    kind = call.request.path.removeprefix(PREFIX).strip("/").split("/", 1)[0]
    action, delivery_id = call.text("action"), call.text("delivery_id")
    if action not in ACTIONS or len(delivery_id) > LONGEST_DELIVERY_ID:
        raise NotFound
    body = call.body
    data: dict[str, Any] = {"notification_action": action, _DELIVERIES[kind]: delivery_id}
    if body.get("url"):
        data["url"] = str(body["url"])
    sent = {"name": "NotificationEvent", "timestamp": body.get("timestamp"), "data": data}
    return await _submit(call, parse_event(sent, await _telling(call)))


async def delete_fcm_token(call: Call) -> Response:
    """DELETE or POST delete-fcm-token/: send nothing to this device any more; ``deleted`` says whether it was known."""
    fcm_key, key = parse_fcm_key(call.body), _user_key(call)

    async def attempt(connection: Connection) -> bool:
        contact_id = None
        if key is not None:
            found = (await find_contacts(connection, call.workspace_id, keys=[key])).by_key.get(key)
            if found is None:
                return False
            contact_id = found.id
        return await forget_key(connection, call.actor, fcm_key, contact_id, now=call.now)

    return answer({"deleted": await in_transaction(call.services.pool, attempt)})


def _named(body: dict[str, Any], reading: Telling) -> EventWork:
    """An event whose name an app calls ``event``. Raises InvalidInput in the words of the app."""
    known: dict[str, Any] = {name: body[name] for name in ("timestamp", "data", "id", "custom_id") if name in body}
    try:
        return parse_event({**known, "name": body["event"]} if "event" in body else known, reading)
    except InvalidInput as error:
        raise InvalidInput({"event" if n == "name" else n: told for n, told in error.fields.items()}) from None


def _user_key(call: Call) -> str | None:
    """The key of the user, as the app was told it by a ping."""
    for name in _USER_KEYS:
        if key := call.request.header(name).strip():
            return key
    return None


async def _telling(call: Call) -> Telling:
    key = _user_key(call)
    if key is None:
        raise InvalidInput.of("X-User-Key", "This header is required: send a ping first, its answer has the key.")
    return await telling(call, ("key", key))


async def _submit(call: Call, work: AnyWork) -> Response:
    occurred = await call.services.events.submit(work)
    told = {"id": occurred.id, "created": occurred.first}
    return answer(told, 200 if occurred.repeated else 201)


SDK_ROUTES: list[Route[Call]] = [
    Route(("POST",), "/ping/", ping, "sdk"),
    Route(("POST",), "/event/", event, "sdk"),
    Route(("POST",), "/screen_event/", event, "sdk"),
    Route(("POST",), "/product_event/", product_event, "sdk"),
    Route(("POST",), "/push-notification/<delivery_id>/<action>/", notification, "sdk"),
    Route(("POST",), "/in-app-message/<delivery_id>/<action>/", notification, "sdk"),
    Route(("POST", "DELETE"), "/delete-fcm-token/", delete_fcm_token, "sdk"),
]
