"""The composition root of jobs whose work goes on in later domains."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dealt.deals import convert_deals
from dealt.freshness import do_fan_out
from dealt.kernel.db import Connection, Pool, in_transaction
from dealt.lifetime import refit_lifetime
from dealt.rfm import plan_rfm
from dealt.segments import leave_gone


async def convert_and_refresh(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Handle a job of kind ``CONVERT``; where that is about all deals, nights and limits are found anew after it.

    The time zone or the base currency has changed: limits that hold until the next night would be those of other days
    and amounts.
    """
    await convert_deals(pool, workspace_id, payload, now)
    if payload.get("currency") is not None or payload.get("from") is not None or payload.get("again"):
        return

    async def refresh(connection: Connection) -> None:
        await plan_rfm(connection, workspace_id, now=now)
        await refit_lifetime(connection, workspace_id, now=now)

    await in_transaction(pool, refresh)


async def leave_and_fan_out(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Handle a job of kind ``FAN_OUT``: what is gone leaves its static segments, too, which nothing else looks at."""
    if payload["fields"] is None:
        await in_transaction(pool, lambda c: leave_gone(c, workspace_id, payload["subject"], payload["ids"], now))
    await do_fan_out(pool, workspace_id, payload, now)
