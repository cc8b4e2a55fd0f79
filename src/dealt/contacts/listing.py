"""Contacts in pages, narrowed by when something happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dealt.contacts import queries
from dealt.kernel.db import Connection
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import Sql, sql

Moment = Literal["first_seen", "last_seen", "last_contacted", "created_at", "updated_at"]
Side = Literal["gt", "gte", "lt", "lte"]
MOMENTS: tuple[Moment, ...] = ("first_seen", "last_seen", "last_contacted", "created_at", "updated_at")
_SIGNS: dict[Side, str] = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@dataclass(frozen=True, slots=True)
class TimeBound:
    """``updated_at`` ``gte`` a moment."""

    moment: Moment
    side: Side
    at: datetime

    @property
    def condition(self) -> Sql:
        """True of the contacts within the bound."""
        return sql(f"{self.moment} {_SIGNS[self.side]} {{}}", self.at)


async def list_contacts(
    connection: Connection, workspace_id: int, bounds: Sequence[TimeBound], request: PageRequest
) -> Page:
    """One page of the contacts within all ``bounds``, oldest first; by their last change where that is bounded."""
    by_change = any(bound.moment == "updated_at" for bound in bounds)
    order = Order("updated_at" if by_change else "id")
    where = [visible(workspace_id), *(bound.condition for bound in bounds)]
    return await fetch_page(connection, queries.COLUMNS, "contacts", where, order, request)


def visible(workspace_id: int) -> Sql:
    """The condition of being a contact of this workspace, and no placeholder."""
    return sql("workspace_id = {} AND NOT placeholder", workspace_id)
