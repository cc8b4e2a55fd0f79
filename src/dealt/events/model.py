"""What contacts do: the kinds of occurrences, and the names that events have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Kind(IntEnum):
    """The kinds of occurrences. The number stands in the directory of custom ids."""

    EVENT = 1
    PRODUCT_EVENT = 2
    PAGE_VIEW = 3


FOLLOWED_AS = {
    Kind.EVENT: "event.created",
    Kind.PRODUCT_EVENT: "product_event.created",
    Kind.PAGE_VIEW: "page_view.created",
}
"""What followers are told. Their row's ``journal_at`` and ``journal_id`` are the occurrence's time and id: the row of
``events``, ``product_events`` or ``page_views`` with that key is the record, the journal has none."""

PRODUCT_EVENT_TYPES = (
    "view", "detail", "click", "promo click", "liking", "add to observation", "reservation", "add", "add to cart",
    "remove", "checkout", "checkout option", "order", "purchase", "return", "refund",
)  # fmt: skip

LONGEST_NAME = 255
MOST_DEFINITIONS = 2_000


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """One name of an event. ``first_at`` is when its first occurrence arrived, None while it is only declared."""

    id: int
    name: str
    description: str
    first_at: datetime | None
    created_at: datetime


class EventNames:
    """The definitions of a workspace, by id and by name."""

    def __init__(self, definitions: Iterable[EventDefinition]) -> None:
        self.by_id = {definition.id: definition for definition in definitions}
        self.by_name = {definition.name: definition for definition in self.by_id.values()}
