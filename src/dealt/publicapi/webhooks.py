"""Routes of webhooks and of the log of their deliveries."""

from __future__ import annotations

from typing import Any

import msgspec

from dealt.accounts import Snapshot
from dealt.kernel.clock import iso, parse_datetime
from dealt.kernel.db import Record
from dealt.kernel.http import Response, Route
from dealt.kernel.lookups import BOUNDS, Column
from dealt.kernel.outbound import OutboundError, check_url
from dealt.kernel.schema import flag, read_fields, refuse_unknown, text
from dealt.kernel.sql import Sql, sql
from dealt.publicapi.call import Call, answer, paged
from dealt.publicapi.defining import changing
from dealt.publicapi.listing import Listing, plain
from dealt.webhooks import (
    STATUSES,
    Webhook,
    create_webhook,
    delete_webhook,
    find_delivery,
    find_webhook,
    page_of_deliveries,
    page_of_webhooks,
    read_patterns,
    resend,
    resend_failed,
    resume_webhook,
    rotate_secret,
    send_ping,
    update_webhook,
)

_LONGEST_URL = 2_048
_LONGEST_DESCRIPTION = 1_000
# What an answer tells besides and a client may send back as it came.
_TOLD = (
    "id", "created_by", "created_at", "updated_at", "paused_at", "failures", "failing_since", "last_error",
    "last_error_at", "secret", "former_secret_until",
)  # fmt: skip


async def list_webhooks(call: Call) -> Response:
    async with call.reading() as connection:
        page = await page_of_webhooks(connection, call.workspace_id, call.page_request)
    return paged(call, page, lambda row: _shape(Webhook.of(row)))


async def add_webhook(call: Call) -> Response:
    """The answer, and no later one, holds the secret."""
    refuse_unknown(call.body, {*_FIELDS, *_TOLD})
    fields = read_fields(call.body, _FIELDS, required=("url", "kinds"))
    async with changing(call) as connection:
        made, secret = await create_webhook(
            connection, call.services.box(), call.workspace_id, **fields, now=call.now, actor=call.actor.name
        )
    return _answer_once(made, secret, 201)


async def get_webhook(call: Call) -> Response:
    async with call.reading() as connection:
        return answer(_shape(await find_webhook(connection, call.workspace_id, call.id())))


async def change_webhook(call: Call) -> Response:
    refuse_unknown(call.body, {*_FIELDS, *_TOLD})
    fields = read_fields(call.body, _FIELDS)
    async with changing(call) as connection:
        changed = await update_webhook(
            connection, call.workspace_id, call.id(), fields, now=call.now, actor=call.actor.name
        )
    return answer(_shape(changed))


async def remove_webhook(call: Call) -> Response:
    async with changing(call) as connection:
        await delete_webhook(connection, call.workspace_id, call.id(), now=call.now, actor=call.actor.name)
    return Response(204)


async def rotate(call: Call) -> Response:
    """A new secret; until ``former_secret_until`` deliveries carry a signature of the former one too."""
    refuse_unknown(call.body, ())
    async with call.writing() as connection:
        changed, secret = await rotate_secret(
            connection, call.services.box(), call.workspace_id, call.id(), now=call.now, actor=call.actor.name
        )
    return _answer_once(changed, secret, 200)


async def resume(call: Call) -> Response:
    """End a pause, and try at once what waits for a later attempt."""
    refuse_unknown(call.body, ())
    async with call.writing() as connection:
        changed = await resume_webhook(connection, call.workspace_id, call.id(), now=call.now, actor=call.actor.name)
    return answer(_shape(changed))


async def test(call: Call) -> Response:
    """Send a ``ping``, also while the webhook is paused or off. The answer is the delivery, which can be looked at."""
    refuse_unknown(call.body, ())
    async with call.writing() as connection:
        made = await send_ping(connection, call.workspace_id, call.id(), now=call.now, actor=call.actor.name)
    return answer(_whole_delivery(made), 201)


async def list_deliveries(call: Call) -> Response:
    async with call.reading() as connection:
        page = await page_of_deliveries(connection, call.workspace_id, call.id(), call.page_request)
    return paged(call, page, _delivery)


async def get_delivery(call: Call) -> Response:
    async with call.reading() as connection:
        found = await find_delivery(connection, call.workspace_id, call.id(), call.id("delivery_id"))
    return answer(_whole_delivery(found))


async def resend_delivery(call: Call) -> Response:
    """Send a delivery again, whatever became of it, with the id that it had; one that still waits is tried at once."""
    refuse_unknown(call.body, ())
    async with call.writing() as connection:
        again = await resend(connection, call.workspace_id, call.id(), call.id("delivery_id"), now=call.now)
    return answer(_whole_delivery(again))


async def resend_all_failed(call: Call) -> Response:
    """Send every delivery again that was given up since a moment."""
    snapshot = await call.snapshot()
    readers = {"since": lambda value: parse_datetime(value, snapshot.time_zone)}
    refuse_unknown(call.body, readers)
    since = read_fields(call.body, readers, required=readers)["since"]
    async with call.writing() as connection:
        count = await resend_failed(connection, call.workspace_id, call.id(), since, now=call.now)
    return answer({"resent": count})


def _url(value: Any) -> str:
    address: str = text(_LONGEST_URL)(value)
    try:
        checked = check_url(address)
    except OutboundError as error:
        raise ValueError(error.detail) from error
    if len(checked) > _LONGEST_URL:
        raise ValueError(f"This is longer than {_LONGEST_URL} characters.")
    return checked


def _of_status(status: str, _: Snapshot) -> Sql:
    """Deliveries of one status."""
    if status not in STATUSES:
        raise ValueError(f"There are the statuses {', '.join(STATUSES)}.")
    return sql("status = {}", status)


_FIELDS = {
    "url": _url,
    "kinds": read_patterns,
    "description": text(_LONGEST_DESCRIPTION, blank=True),
    "enabled": flag,
}


def _answer_once(webhook: Webhook, secret: str, status: int) -> Response:
    """An answer that tells the secret, and its repetition for an Idempotency-Key, which does not."""
    told = _shape(webhook)
    response = answer(told | {"secret": secret}, status)
    response.repeated = bytes(answer(told).body)  # type: ignore[arg-type]
    return response


def _shape(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "description": webhook.description,
        "kinds": list(webhook.kinds),
        "enabled": webhook.enabled,
        "paused_at": _moment(webhook.paused_at),
        "failures": webhook.failures,
        "failing_since": _moment(webhook.failing_since),
        "last_error": webhook.last_error,
        "last_error_at": _moment(webhook.last_error_at),
        "former_secret_until": _moment(webhook.former_until),
        "created_by": webhook.created_by,
        "created_at": iso(webhook.created_at),
        "updated_at": iso(webhook.updated_at),
    }


def _delivery(row: Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "object_type": row["object_type"],
        "object_id": row["object_id"],
        "sequence": row["sequence"],
        "status": row["status"],
        "attempts": row["attempts"],
        "created_at": iso(row["created_at"]),
        "finished_at": _moment(row["finished_at"]),
        "last_answer": msgspec.Raw((row["last_answer"] or "null").encode()),
    }


def _whole_delivery(row: Record) -> dict[str, Any]:
    """With the headers of the last request, the body as it is sent, and the last answers."""
    return _delivery(row) | {
        "request": {"headers": msgspec.Raw(row["headers"].encode()), "body": row["body"]},
        "answers": msgspec.Raw(row["answers"].encode()),
    }


def _moment(at: Any) -> str | None:
    return None if at is None else iso(at)


_LISTING = Listing(
    plain(
        id="integer", url="string", description="string", enabled="boolean", paused_at="datetime", failures="integer",
        failing_since="datetime", last_error="string", last_error_at="datetime", created_by="string",
        created_at="datetime", updated_at="datetime",
    ),
    sorts=("id", "updated_at"), small=True,
)  # fmt: skip
_DELIVERIES = Listing(
    {
        **plain(
            kind="string", object_type="string", object_id="integer", sequence="integer", attempts="integer",
            created_at="datetime", finished_at="datetime",
        ),
        "id": Column("id", "integer", served=BOUNDS),
    },
    specials={"status": _of_status},
)  # fmt: skip
ROUTES: list[Route[Call]] = [
    Route(("GET",), "/webhooks/", list_webhooks, "read", listing=_LISTING),
    Route(("POST",), "/webhooks/", add_webhook, "write"),
    Route(("GET",), "/webhooks/<int:id>/", get_webhook, "read"),
    Route(("PUT", "PATCH"), "/webhooks/<int:id>/", change_webhook, "write"),
    Route(("DELETE",), "/webhooks/<int:id>/", remove_webhook, "write"),
    Route(("POST",), "/webhooks/<int:id>/rotate/", rotate, "write"),
    Route(("POST",), "/webhooks/<int:id>/test/", test, "write"),
    Route(("POST",), "/webhooks/<int:id>/resume/", resume, "write"),
    Route(("POST",), "/webhooks/<int:id>/resend_failed/", resend_all_failed, "write"),
    Route(("GET",), "/webhooks/<int:id>/deliveries/", list_deliveries, "read", listing=_DELIVERIES),
    Route(("GET",), "/webhooks/<int:id>/deliveries/<int:delivery_id>/", get_delivery, "read"),
    Route(("POST",), "/webhooks/<int:id>/deliveries/<int:delivery_id>/resend/", resend_delivery, "write"),
]
