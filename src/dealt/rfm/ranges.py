"""Scores as ranges of figures, as an index finds them: between two edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from dealt.kernel.sql import Sql, sql
from dealt.rfm.groups import GROUPS
from dealt.rfm.model import SCORED, Rfm
from dealt.rfm.scoring import Reads

Scores = tuple[int, int]
"""From, to, both included."""


def within(rfm: Rfm, asked: Mapping[str, Any], reads: Reads) -> list[Sql]:
    """Conditions that everybody meets whom ``asked`` names by ``SCORED``.

    ``reads.day`` is the moment of the last order in UTC, as text without a Z. Where clocks are turned at midnight of
    an edge, some others meet them, too.
    """
    if rfm.edges is None:
        return [sql("false")]
    orders, value = (rfm.edges.frequency, reads.orders), (rfm.edges.monetary, reads.value)
    found = [*_range(asked, "recency", rfm.edges.recency, reads.day, "text", rfm.zone)]
    for name, (edges, read) in zip(SCORED[1:3], (orders, value), strict=True):
        found += _range(asked, name, edges, read, "numeric", None)
    return found


def _range(
    asked: Mapping[str, Any], name: str, edges: Sequence[Any], read: Sql, cast: str, zone: ZoneInfo | None
) -> list[Sql]:
    reached = [edge for edge in edges if edge is not None]
    found: list[Sql] = []
    for least, most in _scores(asked, name):
        if least - 1 > len(reached):
            return [sql("false")]
        if least > 1:
            found.append(read + sql(f" >= {{}}::{cast}", _bound(reached[least - 2], zone, fold=0)))
        if most - 1 < len(reached):
            found.append(read + sql(f" < {{}}::{cast}", _bound(reached[most - 1], zone, fold=1)))
    return found


def _scores(asked: Mapping[str, Any], name: str) -> list[Scores]:
    """What is asked of a score itself, and by the name of a group, which is a part of the matrix with four sides."""
    found: list[Scores] = [(asked[name], asked[name])] if name in asked else []
    if "group" in asked and name != "monetary":
        found += [getattr(group, name) for group in GROUPS if group.name == asked["group"]]
    return found


def _bound(edge: Any, zone: ZoneInfo | None, *, fold: int) -> Any:
    """An edge itself, or the midnight at which a day begins; of two midnights the first or the second."""
    if zone is None or not isinstance(edge, date):
        return edge
    midnight = datetime.combine(edge, time(fold=fold), zone).astimezone(UTC)
    return midnight.replace(tzinfo=None).isoformat()
