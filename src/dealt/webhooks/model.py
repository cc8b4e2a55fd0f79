"""A webhook, what waits for one, and what becomes of an attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dealt.kernel.db import Record

PING_KIND = "ping"
"""The kind and the object type of a delivery that somebody asked for to see whether it arrives."""
WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"
LEASE = timedelta(seconds=30)
"""How long a claimed lane is its worker's: longer than an attempt takes; a dead worker's comes back only then."""
STATUSES = (WAITING, DELIVERED, FAILED)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A row of ``webhooks``. ``failures`` counts the attempts since one was taken; secrets are sealed."""

    workspace_id: int
    id: int
    url: str
    description: str
    kinds: Sequence[str]
    secret: bytes
    former_secret: bytes | None
    former_until: datetime | None
    enabled: bool
    paused_at: datetime | None
    failures: int
    failing_since: datetime | None
    last_error: str
    last_error_at: datetime | None
    rest_until: datetime | None
    created_by: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Record) -> Webhook:
        """From a row of ``queries.COLUMNS``."""
        return cls(**row)

    @property
    def key(self) -> tuple[int, int]:
        return self.workspace_id, self.id

    @property
    def is_held(self) -> bool:
        """Whether nothing is sent until somebody says so."""
        return not self.enabled or self.paused_at is not None

    def rests(self, now: datetime) -> bool:
        """Whether the receiver asked not to be asked yet."""
        return self.rest_until is not None and self.rest_until > now


@dataclass(frozen=True, slots=True)
class Lane:
    """The lane of one object, claimed: ``claim`` tells our claim from a later one, ``attempts`` counts this one too."""

    workspace_id: int
    webhook_id: int
    object_type: str
    object_id: int
    claim: int
    attempts: int

    @property
    def key(self) -> tuple[int, int, str, int]:
        return self.workspace_id, self.webhook_id, self.object_type, self.object_id


@dataclass(frozen=True, slots=True)
class Delivery:
    """The first delivery of a claimed lane."""

    lane: Lane
    contact_id: int
    id: int
    body: str
    answers: list[Any]
    """What its last attempts led to, oldest first."""

    @property
    def message_id(self) -> str:
        """The same for every attempt and resend, so that a receiver can tell a repetition."""
        return f"msg_{self.id}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a delivery that was sent. ``status`` is None where there was no answer.

    ``error`` is an empty text where it was taken. ``rest_s``: the receiver wants to be left alone for so long.
    ``gone``: the receiver wants no more, ever.
    """

    delivery: Delivery
    headers: dict[str, str]
    at: datetime
    status: int | None = None
    error: str = ""
    answer: str = ""
    duration_ms: int = 0
    rest_s: float = 0.0
    gone: bool = False

    @property
    def told(self) -> dict[str, Any]:
        """As the log keeps it."""
        return {
            "at": self.at,
            "status": self.status,
            "error": self.error,
            "answer": self.answer,
            "duration_ms": self.duration_ms,
        }
