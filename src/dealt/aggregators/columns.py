"""Values of aggregators as columns of a list."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dealt.aggregators import queries
from dealt.aggregators.model import Aggregator
from dealt.kernel.lookups import Column, attribute_column


def value_column(alias: str, one: Aggregator, now: datetime, zone: ZoneInfo) -> Column:
    """The stored value of a contact or a company, which a statement calls ``alias``; days are counted up to ``now``."""
    source = queries.STORED[one.subject].replace("{s}", alias)
    if one.function != "days_since":
        return attribute_column(one.target, one.value_type, source)
    days = queries.DAYS_SINCE.replace("{stored}", source)
    return Column(days, "integer", (one.target, now, zone.key, one.target, zone.key))
