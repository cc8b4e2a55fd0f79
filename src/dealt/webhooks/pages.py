"""Pages of webhooks: who is told of changes, and the log of what was sent to them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec

from dealt.kernel.db import Record
from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.kernel.outbound import OutboundError, check_url
from dealt.kernel.paging import PageRequest
from dealt.web import PageRoute, Visit, action, page
from dealt.webhooks.keeping import (
    create_webhook,
    delete_webhook,
    find_webhook,
    page_of_webhooks,
    resume_webhook,
    rotate_secret,
    update_webhook,
)
from dealt.webhooks.kinds import read_patterns
from dealt.webhooks.logbook import find_delivery, page_of_deliveries, resend, resend_failed, send_ping
from dealt.webhooks.model import STATUSES, Webhook

_HERE = "/settings/webhooks/"
_LONGEST_URL, _LONGEST_DESCRIPTION = 2_048, 1_000
KINDS = {
    "deal.*": "Deals", "contact.*": "Contacts", "company.*": "Companies", "product.*": "Products", "task.*": "Tasks",
    "event.*": "Events", "segment.*": "Segments entered and left", "attribute.*": "Attributes and what is computed",
    "*": "Everything",
}  # fmt: skip


async def show(visit: Visit) -> Response:
    async with visit.reading() as connection:
        found = await page_of_webhooks(connection, visit.workspace_id, PageRequest.parse(visit.query))
    return await visit.page("webhooks/list.html", webhooks=[Webhook.of(row) for row in found.rows], kinds=KINDS)


async def add(visit: Visit) -> Response:
    """The answer, and no later page, holds the secret."""
    fields = _fields(visit)
    async with visit.changing() as connection:
        made, secret = await create_webhook(
            connection, visit.house.box(), visit.workspace_id, **fields, now=visit.now, actor=visit.actor.name
        )
    return await _one(visit, made.id, secret)


async def show_one(visit: Visit) -> Response:
    return await _one(visit, visit.id())


async def change(visit: Visit) -> Response:
    fields = _fields(visit) | {"enabled": bool(visit.text("enabled"))}
    async with visit.changing() as connection:
        await update_webhook(connection, visit.workspace_id, visit.id(), fields, now=visit.now, actor=visit.actor.name)
    return visit.go(f"{_HERE}{visit.id()}/", "The webhook is saved.")


async def delete(visit: Visit) -> Response:
    async with visit.changing() as connection:
        await delete_webhook(connection, visit.workspace_id, visit.id(), now=visit.now, actor=visit.actor.name)
    return visit.go(_HERE, "The webhook is deleted; what was waiting for it is not sent.")


async def rotate(visit: Visit) -> Response:
    """A new secret, shown this once; for a day the former one signs too."""
    async with visit.writing() as connection:
        _, secret = await rotate_secret(
            connection, visit.house.box(), visit.workspace_id, visit.id(), now=visit.now, actor=visit.actor.name
        )
    return await _one(visit, visit.id(), secret)


async def resume(visit: Visit) -> Response:
    async with visit.writing() as connection:
        await resume_webhook(connection, visit.workspace_id, visit.id(), now=visit.now, actor=visit.actor.name)
    return visit.go(f"{_HERE}{visit.id()}/", "What was waiting is sent now.")


async def ping(visit: Visit) -> Response:
    async with visit.writing() as connection:
        made = await send_ping(connection, visit.workspace_id, visit.id(), now=visit.now, actor=visit.actor.name)
    return visit.go(f"{_HERE}{visit.id()}/deliveries/{made['id']}/", "A test is on its way.")


async def show_delivery(visit: Visit) -> Response:
    async with visit.reading() as connection:
        webhook = await find_webhook(connection, visit.workspace_id, visit.id())
        found = await find_delivery(connection, visit.workspace_id, visit.id(), visit.id("delivery_id"))
    delivery = dict(found) | {
        "answers": msgspec.json.decode(found["answers"] or "[]"),
        "headers": msgspec.json.decode(found["headers"] or "{}"),
        "body": _indented(found["body"]),
    }
    return await visit.page("webhooks/delivery.html", webhook=webhook, host=_host(webhook), delivery=delivery)


async def send_again(visit: Visit) -> Response:
    async with visit.writing() as connection:
        await resend(connection, visit.workspace_id, visit.id(), visit.id("delivery_id"), now=visit.now)
    return visit.go(f"{_HERE}{visit.id()}/deliveries/{visit.id('delivery_id')}/", "It is sent again.")


async def send_all_failed(visit: Visit) -> Response:
    async with visit.writing() as connection:
        webhook = await find_webhook(connection, visit.workspace_id, visit.id())
        number = await resend_failed(connection, visit.workspace_id, visit.id(), webhook.created_at, now=visit.now)
    return visit.go(
        f"{_HERE}{visit.id()}/", f"{number} {'delivery is' if number == 1 else 'deliveries are'} sent again."
    )


async def _one(visit: Visit, webhook_id: int, secret: str = "") -> Response:
    status = visit.query.get("status", "")
    chosen = status if status in STATUSES else None
    request = PageRequest.parse({k: v for k, v in visit.query.items() if k == "page"} | {"page_size": "50"})
    async with visit.reading() as connection:
        webhook = await find_webhook(connection, visit.workspace_id, webhook_id)
        found = await page_of_deliveries(connection, visit.workspace_id, webhook_id, request, chosen)
    return await visit.page(
        "webhooks/one.html", webhook=webhook, host=_host(webhook), deliveries=found, secret=secret, kinds=KINDS,
        chosen=status, statuses=STATUSES, last=[_answer(row) for row in found.rows],
    )  # fmt: skip


def _answer(row: Record) -> dict[str, Any]:
    return msgspec.json.decode(row["last_answer"]) if row["last_answer"] else {}


def _host(webhook: Webhook) -> str:
    return urlsplit(webhook.url).netloc


def _indented(body: str) -> str:
    try:
        return msgspec.json.format(body, indent=2)
    except msgspec.DecodeError:
        return body


def _fields(visit: Visit) -> dict[str, Any]:
    url, about = visit.text("url"), visit.text("description")
    if len(url) > _LONGEST_URL or len(about) > _LONGEST_DESCRIPTION:
        raise InvalidInput.of(
            "url", f"An address has at most {_LONGEST_URL} characters, a description {_LONGEST_DESCRIPTION}."
        )
    try:
        check_url(url)
    except OutboundError as error:
        raise InvalidInput.of("url", error.detail) from None
    named = visit.text("kinds").replace(",", " ").split()
    chosen = [kind for kind in KINDS if visit.text(f"kind-{kind}")]
    try:
        kinds = read_patterns([*chosen, *named])
    except ValueError as error:
        raise InvalidInput.of("kinds", str(error)) from None
    return {"url": url, "kinds": kinds, "description": about}


_ONE = f"{_HERE}<int:id>/"
ROUTES: list[PageRoute] = [
    page(_HERE, show, "settings"),
    action(_HERE, add, "settings", again=show),
    page(_ONE, show_one, "settings"),
    action(_ONE, change, "settings", again=show_one),
    action(f"{_ONE}delete/", delete, "settings"),
    action(f"{_ONE}secret/", rotate, "settings"),
    action(f"{_ONE}resume/", resume, "settings"),
    action(f"{_ONE}ping/", ping, "settings"),
    action(f"{_ONE}resend-failed/", send_all_failed, "settings"),
    page(f"{_ONE}deliveries/<int:delivery_id>/", show_delivery, "settings"),
    action(f"{_ONE}deliveries/<int:delivery_id>/resend/", send_again, "settings"),
]
