"""What the document says of webhooks and the log of their deliveries."""

from __future__ import annotations

from typing import Any

from dealt.publicapi import webhooks
from dealt.publicapi.described.parts import or_null, recorded
from dealt.publicapi.openapi import (
    PAGING,
    Answer,
    Body,
    Chapter,
    Operation,
    Parameter,
    argument,
    array,
    choice,
    deleted,
    enlarged,
    flag,
    identifier,
    link,
    moment,
    obj,
    page_of,
    partial,
    said,
    text,
    whole,
)

_ONE = "/webhooks/<int:id>/"
_KIND = text("Such as `deal.created`, `deal.*` or `*`.", pattern=r"^(\*|[a-z][a-z_]*\.(\*|[a-z][a-z_]*))$")
_SET = {
    "url": link("Where deliveries are sent, by POST.") | {"maxLength": 2048},
    "description": text(longest=1000),
    "kinds": array(_KIND, "What it is told of.", most=100) | {"minItems": 1},
    "enabled": flag("While it is off, nothing is kept for it."),
}
_TOLD = {
    "paused_at": or_null(moment(), "Since when nothing is sent, because nothing was taken for days."),
    "failures": whole("Attempts that failed since one was taken.", least=0),
    "failing_since": or_null(moment()),
    "last_error": text("Why an attempt failed, in a sentence."),
    "last_error_at": or_null(moment()),
    "former_secret_until": or_null(moment(), "Until when the secret before this one signs, too."),
    "created_by": text("Such as `token:1`."),
    "created_at": moment(),
    "updated_at": moment(),
}
_FIELDS = obj({"id": identifier(), **_SET, **_TOLD})
_WEBHOOK = recorded("Webhook", _FIELDS)
_WITH_SECRET = enlarged(
    _FIELDS, {"secret": text("With what deliveries are signed. It is not told again; a repetition lacks it.")}
)
_SENT = obj(_SET, required=("url", "kinds"))
_EXAMPLE = {"url": "https://warehouse.example/dealt", "kinds": ["deal.*"], "description": "Warehouse"}
_EXAMPLE_TOLD: dict[str, Any] = {
    "id": 1, **_EXAMPLE, "enabled": True, "paused_at": None, "failures": 0, "failing_since": None, "last_error": "",
    "last_error_at": None, "former_secret_until": None, "created_by": "token:1",
    "created_at": "2026-01-15T09:30:00Z", "updated_at": "2026-01-15T09:30:00Z",
    "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
}  # fmt: skip
_ATTEMPT = obj({
    "at": moment(), "status": or_null(whole(), "Null where there was no answer."), "error": text(),
    "answer": text("The first 2 KB of it."), "duration_ms": whole(least=0),
})  # fmt: skip
_DELIVERY = obj({
    "id": identifier(), "kind": text("Such as `deal.updated`."), "object_type": text(), "object_id": identifier(),
    "sequence": whole("Ascends for each object.", least=0),
    "status": choice(("waiting", "delivered", "failed")), "attempts": whole(least=0),
    "created_at": moment(), "finished_at": or_null(moment()), "last_answer": or_null(_ATTEMPT),
})  # fmt: skip
_LISTED = recorded("Delivery", _DELIVERY)
_WHOLE = recorded(
    "WholeDelivery",
    enlarged(
        _DELIVERY,
        {
            "request": obj({"headers": obj({}, extra=text(), description="Of the last attempt."), "body": text()}),
            "answers": array(_ATTEMPT, "The last five, oldest first."),
        },
        required=("request", "answers"),
    ),
)
_PATH = {"delivery_id": Parameter("delivery_id", identifier(), "The delivery's number.", 1)}
CHAPTER = Chapter(
    "Webhooks",
    "Addresses that are told of changes: signed, in order for each object, again and again until they are taken.",
    {
        webhooks.list_webhooks: Operation(
            id="listWebhooks", summary="List webhooks", query=PAGING, lists=(_ONE,), refusals=(404,),
            answers={200: Answer("One page.", page_of(_WEBHOOK))},
        ),
        webhooks.add_webhook: Operation(
            id="createWebhook", summary="Make a webhook", body=Body(_SENT, _EXAMPLE), makes=(_ONE,),
            answers={201: Answer("It was made; the secret is told this once.", _WITH_SECRET, _EXAMPLE_TOLD)},
        ),
        webhooks.get_webhook: Operation(id="getWebhook", summary="Read a webhook", answers=said(_WEBHOOK)),
        webhooks.change_webhook: Operation(
            id="updateWebhook", summary="Change a webhook", answers=said(_WEBHOOK),
            body=Body(partial(_SENT), {"kinds": ["deal.*", "contact.*"]}),
            description="Switched on again, it is sent what was waiting when it was switched off.",
        ),
        webhooks.remove_webhook: Operation(id="deleteWebhook", summary="Delete a webhook", answers=deleted),
        webhooks.rotate: Operation(
            id="rotateWebhookSecret", summary="Make a new secret",
            answers=said(_WITH_SECRET, example=_EXAMPLE_TOLD | {"former_secret_until": "2026-01-16T09:30:00Z"}),
        ),
        webhooks.resume: Operation(id="resumeWebhook", summary="End a pause", answers=said(_WEBHOOK)),
        webhooks.test: Operation(
            id="testWebhook", summary="Send a ping", answers={201: Answer("The delivery, which waits.", _WHOLE)},
        ),
        webhooks.resend_all_failed: Operation(
            id="resendFailedDeliveries", summary="Send again what was given up",
            body=Body(obj({"since": moment("Given up at or after.")}), {"since": "2026-01-01T00:00:00Z"}),
            answers=said(obj({"resent": whole("How many.", least=0)}), example={"resent": 12}),
        ),
        webhooks.list_deliveries: Operation(
            id="listDeliveries", summary="List the deliveries of a webhook",
            query=(argument("status", choice(("waiting", "delivered", "failed")), "Those of one status."), *PAGING),
            answers={200: Answer("One page, newest first.", page_of(_LISTED))},
            description="The log, kept for thirty days.",
        ),
        webhooks.get_delivery: Operation(
            id="getDelivery", summary="Read a delivery", path=_PATH, answers=said(_WHOLE),
            description="With the body, the headers of the last request and the last answers.",
        ),
        webhooks.resend_delivery: Operation(
            id="resendDelivery", summary="Send a delivery again", path=_PATH, answers=said(_WHOLE),
        ),
    },
)  # fmt: skip
