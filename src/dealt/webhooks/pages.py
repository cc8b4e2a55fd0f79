"""Pages of webhooks: who is told of changes, and the log of what was sent to them."""

from __future__ import annotations

from datetime import datetime
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
from dealt.webhooks.logbook import find_delivery, next_tries, page_of_deliveries, resend, resend_failed, send_ping
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


async def switch_on(visit: Visit) -> Response:
    async with visit.changing() as connection:
        fields = {"enabled": True}
        await update_webhook(connection, visit.workspace_id, visit.id(), fields, now=visit.now, actor=visit.actor.name)
    return visit.go(f"{_HERE}{visit.id()}/", "The webhook is on again.")


async def ping(visit: Visit) -> Response:
    async with visit.writing() as connection:
        made = await send_ping(connection, visit.workspace_id, visit.id(), now=visit.now, actor=visit.actor.name)
    return visit.go(f"{_HERE}{visit.id()}/deliveries/{made['id']}/", "A test is on its way.")


async def show_delivery(visit: Visit) -> Response:
    async with visit.reading() as connection:
        webhook = await find_webhook(connection, visit.workspace_id, visit.id())
        found = await find_delivery(connection, visit.workspace_id, visit.id(), visit.id("delivery_id"))
        due = await next_tries(connection, visit.workspace_id, visit.id(), [found])
    headers = msgspec.json.decode(found["headers"] or "{}")
    delivery = dict(found) | {
        "answers": msgspec.json.decode(found["answers"] or "[]"),
        "headers": headers,
        "shown": _indented(found["body"]),
    }
    return await visit.page(
        "webhooks/delivery.html", webhook=webhook, host=_host(webhook), delivery=delivery, due=due,
        check=_check(headers, found["body"]), profiles=_PROFILES, look_after=_until(due.get(found["id"]), visit.now),
    )  # fmt: skip


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
        due = await next_tries(connection, visit.workspace_id, webhook_id, found.rows)
    return await visit.page(
        "webhooks/one.html", webhook=webhook, host=_host(webhook), deliveries=found, secret=secret, kinds=KINDS,
        chosen=status, statuses=STATUSES, last=[_answer(row) for row in found.rows],
        due=due, example=_EXAMPLE,
    )  # fmt: skip


def _until(due: datetime | None, now: datetime) -> int:
    """Seconds after which a page that shows something waiting looks again."""
    return min(max(0, int((due - now).total_seconds())), 3_600) + 2 if due else 2


def _check(headers: dict[str, str], body: str) -> str:
    """A command that signs a request as it was sent: whoever knows the secret sees the signature come out."""
    if not headers:
        return ""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".replace("'", "'\\''")
    return _CHECK.format(signed)


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


_PROFILES = {
    "deal": "/deals/", "contact": "/contacts/", "company": "/companies/", "product": "/products/", "task": "/tasks/",
}  # fmt: skip
_CHECK = """SECRET=whsec_...
printf '%s' '{}' |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(printf '%s' "${{SECRET#whsec_}}" |
    base64 -d | od -An -tx1 | tr -d ' \\n')" -binary | base64"""
_EXAMPLE = """import base64, hashlib, hmac

def is_genuine(secret: str, headers: dict[str, str], body: bytes) -> bool:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return any(hmac.compare_digest(wanted, one) for one in headers["webhook-signature"].split())"""
_ONE = f"{_HERE}<int:id>/"
ROUTES: list[PageRoute] = [
    page(_HERE, show, "settings"),
    action(_HERE, add, "settings", again=show),
    page(_ONE, show_one, "settings"),
    action(_ONE, change, "settings", again=show_one),
    action(f"{_ONE}delete/", delete, "settings"),
    action(f"{_ONE}secret/", rotate, "settings"),
    action(f"{_ONE}resume/", resume, "settings"),
    action(f"{_ONE}on/", switch_on, "settings"),
    action(f"{_ONE}ping/", ping, "settings"),
    action(f"{_ONE}resend-failed/", send_all_failed, "settings"),
    page(f"{_ONE}deliveries/<int:delivery_id>/", show_delivery, "settings"),
    action(f"{_ONE}deliveries/<int:delivery_id>/resend/", send_again, "settings"),
]
