"""Webhooks and what they delivered."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Webhook(TypedDict):
    """An address that is told of changes."""

    id: int
    url: str
    description: str
    kinds: list[str]
    enabled: bool
    paused_at: str | None
    failures: int
    failing_since: str | None
    last_error: str
    last_error_at: str | None
    former_secret_until: str | None
    created_by: str
    created_at: str
    updated_at: str


class WebhookMade(Webhook):
    """A webhook that was just made or got a new secret; a repetition of that request does not tell it again."""

    secret: NotRequired[str]


class Attempt(TypedDict):
    """An answer of a receiver, or why there was none."""

    at: str
    status: int | None
    error: str
    answer: str
    duration_ms: int


class Delivery(TypedDict):
    """Something that a webhook was told, or is to be told."""

    id: int
    kind: str
    object_type: str
    object_id: int
    sequence: int
    status: Literal["waiting", "delivered", "failed"]
    attempts: int
    created_at: str
    finished_at: str | None
    last_answer: Attempt | None


class Sent(TypedDict):
    """A request as it was sent."""

    headers: dict[str, str]
    body: str


class WholeDelivery(Delivery):
    """A delivery with what was sent and the last answers."""

    request: Sent
    answers: list[Attempt]


class Resent(TypedDict):
    """How many deliveries are sent again."""

    resent: int


class Notice(TypedDict):
    """What a receiver is told. ``data`` has ``object_type``, ``id``, ``sequence``, ``changes``, mostly ``object``."""

    type: str
    timestamp: str
    data: dict[str, Any]
