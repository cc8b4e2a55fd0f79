"""Aggregators: what contacts did, rolled up into attributes of theirs."""

from __future__ import annotations

from typing import Any, Unpack

from ..asked import Asked, Body, Keyed, Where, at, get, write
from ..describing import S, reads, writes
from .stored import Changed


class Aggregators(Changed[S, dict[str, Any]]):
    """``client.aggregators``: counts, sums, dates and others of orders, lines, events and product events."""

    name = "aggregators"

    @writes
    def preview(self, body: Body, **how: Unpack[Keyed]) -> Asked[dict[str, Any]]:
        """What a definition that is not saved gives for some users."""
        return write("POST", "/aggregators/preview/", body, how)

    @reads
    def values(self, /, which: int, **whom: Where) -> Asked[dict[str, Any]]:
        """The value of one user (``user_id``), how fresh it is, and the rows behind it."""
        return get(at("aggregators", which, "values"), whom)
