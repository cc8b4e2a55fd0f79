"""Deals and their lines."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from .common import Tag


class Line(TypedDict):
    """A line of the receipt, every key kept as it was sent."""

    id: int
    product_id: NotRequired[int | None]
    product_custom_id: NotRequired[str | None]
    quantity: NotRequired[float | str | None]
    value: NotRequired[float | str | None]
    currency: NotRequired[str | None]
    discount: NotRequired[float | str | None]
    tax: NotRequired[float | str | None]
    total: NotRequired[float | str | None]
    returned_quantity: NotRequired[float | str | None]
    refunded_value: NotRequired[float | str | None]


class Deal(TypedDict):
    """An order. Amounts are decimal texts; custom attributes are further keys."""

    id: int
    name: str
    value: str | None
    currency: str | None
    custom_id: str | None
    stage: int
    pipeline: int
    assigned_to: int | None
    restricted_to: int | None
    agent: int | None
    company_id: int | None
    user_id: int | None
    status: Literal[0, 1, 2, 3, 4]
    products: list[int]
    scope: int
    created_by: int | None
    created_at: str
    updated_at: str
    tags: list[Tag]
    activities_status: Literal["planned", "no planned"]
    expected_close_date: str | None
    loss_reason: int | None
    loss_reason_description: str
    lost_at: str | None
    won_at: str | None
    participants: list[int]
    user_custom_id: str | None
    products_custom_id: list[str]
    company_custom_id: str | None
    order_products: list[Line]
    lines_total: str | None
    refunded_total: str
    net_value: str | None
    base_value: str | None
    ordered_at: str
    version: int


class ChangedDeal(Deal):
    """The deal after a write; ``ignored`` says why nothing was changed, if nothing was."""

    ignored: NotRequired[str]


class UpsertedDeal(ChangedDeal):
    """The same, and whether it was made just now."""

    created: bool


class Ignored(TypedDict):
    """A write that changed nothing, because a newer one was taken before."""

    id: int
    created: NotRequired[bool]
    ignored: str
