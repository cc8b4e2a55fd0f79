"""A deal, its receipt lines, and the whole image of both."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any

import msgspec


class Status(IntEnum):
    """How a deal stands (User.com's numbers)."""

    ABANDONED = 0
    IN_PROGRESS = 1
    WON = 2
    LOST = 3
    ARCHIVED = 4


# Defaults are left out where these travel as JSON: half of an order's columns hold them.
class Deal(msgspec.Struct, kw_only=True, gc=False, omit_defaults=True):
    """A row of ``deals``: the fields are its columns. Money is in ``currency``, ``base_value`` in the workspace's."""

    contact_id: int
    id: int
    workspace_id: int
    custom_id: str | None = None
    name: str = ""
    value: Decimal | None = None
    currency: str | None = None
    lines_total: Decimal | None = None
    refunded_total: Decimal = Decimal(0)
    net_value: Decimal | None = None
    base_rate: Decimal | None = None
    base_value: Decimal | None = None
    pipeline_id: int = 0
    stage_id: int = 0
    stage_entered_at: datetime
    status: int = Status.IN_PROGRESS
    won_at: datetime | None = None
    lost_at: datetime | None = None
    loss_reason_id: int | None = None
    loss_reason_description: str = ""
    expected_close_date: date | None = None
    scope: int = 2
    assigned_to: int | None = None
    restricted_to: int | None = None
    created_by: int | None = None
    company_id: int | None = None
    participants: list[int] = []
    product_ids: list[int | None] = []
    product_custom_ids: list[str | None] = []
    tag_ids: list[int] = []
    open_tasks: int = 0
    attributes: dict[str, Any] = {}
    ordered_at: datetime
    last_line_id: int = 0
    source_updated_at: datetime | None = None
    content_hash: int | None = None
    version: int = 1
    created_at: datetime
    updated_at: datetime


class Line(msgspec.Struct, kw_only=True, gc=False, omit_defaults=True):
    """A row of ``deal_lines``. ``value`` is the unit price, ``total`` the line's price after discount.

    ``receipt`` is the line as it was sent, with what the catalogue knew at that moment.
    """

    contact_id: int = 0
    deal_id: int = 0
    id: int
    workspace_id: int = 0
    position: int
    product_id: int | None = None
    quantity: Decimal
    value: Decimal
    currency: str | None = None
    total: Decimal
    returned_quantity: Decimal = Decimal(0)
    refunded_value: Decimal = Decimal(0)
    receipt: dict[str, Any]


class DealImage(msgspec.Struct, kw_only=True, gc=False):
    """A deal with its lines and the client's ids of what it refers to. A guest's order shows no contact."""

    deal: Deal
    lines: list[Line] = []
    receipts: msgspec.Raw | None = None
    """The lines as answers hold them, in an image that was read only to be shown."""
    guest: bool = False
    user_custom_id: str | None = None
    company_custom_id: str | None = None
    company_gone: bool = False
    """Whether the company it names was deleted: answers then show none, and the next edit lets go of it."""
