"""Where one score ends and the next begins: given by thresholds, or found so that each score has a fifth."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from dealt.kernel.db import Connection
from dealt.kernel.sql import Sql
from dealt.rfm import queries
from dealt.rfm.model import Edges, Thresholds


async def find_edges(connection: Connection, measured: Sql) -> Edges | None:
    """The edges between fifths of ``measured``; None where there is nobody."""
    text, values = (measured + Sql(queries.EDGES)).render()
    row = await connection.fetchrow(text, *values)
    if row is None:
        return None
    return Edges(tuple(row["recency"]), tuple(row["frequency"]), tuple(row["monetary"]), row["customers"])


def fixed_edges(thresholds: Thresholds, today: date) -> Edges:
    """The edges of a day in the workspace's time zone."""
    days = [today - timedelta(days=days) for days in reversed(thresholds.recency_days)]
    frequency = tuple(Decimal(edge) for edge in thresholds.frequency)
    return Edges(tuple(days), frequency, tuple(Decimal(edge) for edge in thresholds.monetary))
