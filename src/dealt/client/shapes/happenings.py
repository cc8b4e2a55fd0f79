"""Events, product events and page views."""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class Item(TypedDict):
    """A value of an event as text."""

    key: str
    value: str


class EventName(TypedDict):
    """A name that events have."""

    id: int
    name: str
    description: str
    first_at: str | None
    created_at: str


class Event(TypedDict):
    """An event."""

    id: int
    client: int
    user_id: int
    timestamp: str
    received_at: str
    event: str | None
    event_id: int
    items: list[Item]
    data: dict[str, Any]
    custom_id: str | None


class ProductEvent(TypedDict):
    """What a user did with a product."""

    id: int
    client: int
    user_id: int
    timestamp: str
    received_at: str
    event_type: Literal[
        "view",
        "detail",
        "click",
        "promo click",
        "liking",
        "add to observation",
        "reservation",
        "add",
        "add to cart",
        "remove",
        "checkout",
        "checkout option",
        "order",
        "purchase",
        "return",
        "refund",
    ]
    product_id: int
    custom_data: Any
    event_custom_id: str | None


class PageView(TypedDict):
    """A page that a user looked at."""

    id: int
    client: int
    ip_address: str | None
    user_agent: str | None
    browser_family: str | None
    browser_version: str | None
    os_type: str | None
    city: str | None
    country: str | None
    title: str | None
    timezone: str | None
    resolution: str | None
    url: str
    referer: str | None
    page_domain: str
    page_path: str
    timestamp: str
    extra_data: str | None


class Happening(TypedDict):
    """One entry of a timeline."""

    id: int
    datetime: str
    type: Literal["event", "product_event", "page_view", "order", "change"]
    name: str
    content: dict[str, Any]
