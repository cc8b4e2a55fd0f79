"""A complete new workspace: accounts and the first rows of every domain, in one transaction."""

from __future__ import annotations

from datetime import datetime

from dealt.accounts import FirstStart, create_workspace
from dealt.attributes import create_attribute
from dealt.kernel.db import Connection
from dealt.pipelines import set_up_orders_pipeline
from dealt.segments import set_up_segments


async def set_up_workspace(
    connection: Connection, *, now: datetime, name: str = "My shop", email: str = "admin@example.com"
) -> FirstStart:
    """A workspace with an admin, a token, the pipeline "Orders", the deal attribute ``order_date`` and segments."""
    first = await create_workspace(connection, now=now, name=name, email=email)
    await create_attribute(
        connection, first.workspace_id, domain="deal", name="order_date", value_type="datetime", now=now,
        description="When the order happened; windows, exchange rates and dashboards go by it.",
    )  # fmt: skip
    await set_up_orders_pipeline(connection, first.workspace_id, now)
    await set_up_segments(connection, first.workspace_id, now)
    return first
