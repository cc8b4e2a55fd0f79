"""From figures to scores: the one rule, for SQL and for Python.

A score is 1 and the number of edges that the figure reaches. So equal figures have equal scores, whoever has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dealt.kernel.clock import parse_datetime
from dealt.kernel.sql import Sql, join, sql
from dealt.predicates import Kind, attribute
from dealt.rfm.groups import CELLS, group_of
from dealt.rfm.model import FIGURES, SCORED, Edges, Rfm

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Reads:
    """Expressions: the number of orders, the day of the last one, and their value."""

    orders: Sql
    day: Sql
    value: Sql


def stored(rfm: Rfm, alias: str = "derived") -> Reads:
    """The figures of a row ``alias`` of ``contact_derived``."""
    kinds = zip(FIGURES, (Kind.NUMBER, Kind.MOMENT, Kind.NUMBER), strict=True)
    orders, last, value = (attribute(rfm.attribute(name), kind, "aggregates")(alias) for name, kind in kinds)
    day = sql("((") + last + sql(") AT TIME ZONE {}::text)::date", rfm.zone.key)
    return Reads(orders, day, sql("coalesce(") + value + sql(", 0)"))


def scores(reads: Reads, edges: Edges | None) -> dict[str, Sql]:
    """Expressions for ``SCORED``; NULL for whoever has no order that counts, and for all while there are no edges."""
    if edges is None:
        return {name: sql("NULL::text" if name == "group" else "NULL::integer") for name in SCORED}
    recency, frequency = _score(reads.day, edges.recency, "date"), _score(reads.orders, edges.frequency, "numeric")
    monetary = _score(reads.value, edges.monetary, "numeric")
    group = sql("({}::text[])[(", list(CELLS)) + recency + sql(" - 1) * 5 + ") + frequency + sql("]")
    found = zip(SCORED, (recency, frequency, monetary, group), strict=True)
    return {name: sql("CASE WHEN ") + reads.orders + sql(" > 0 THEN ") + one + sql(" END") for name, one in found}


def _score(read: Sql, edges: Sequence[Any], cast: str) -> Sql:
    reached = [sql("((") + read + sql(f") >= {{}}::{cast})::integer", edge) for edge in edges if edge is not None]
    return sql("(") + join(" + ", [sql("1"), *reached]) + sql(")")


def shown_scores(values: Mapping[str, Any], known: Sequence[Rfm]) -> dict[str, Any]:
    """The scores of one contact as attributes, from what aggregators stored for it."""
    found: dict[str, Any] = {}
    for rfm in known:
        orders, last, value = (values.get(rfm.attribute(name)) for name in FIGURES)
        if rfm.edges is None or not isinstance(orders, int) or orders <= 0 or not isinstance(last, str):
            continue
        day = parse_datetime(last, _UTC).astimezone(rfm.zone).date()
        of = scores_of(rfm.edges, day, Decimal(orders), Decimal(str(value or 0)))
        found |= {rfm.attribute(name): one for name, one in of.items()}
    return found


def scores_of(edges: Edges, day: date, orders: Decimal, value: Decimal) -> dict[str, Any]:
    """What somebody scores, by the names of ``SCORED``."""
    recency, frequency = _reached(day, edges.recency), _reached(orders, edges.frequency)
    return {
        "recency": recency,
        "frequency": frequency,
        "monetary": _reached(value, edges.monetary),
        "group": group_of(recency, frequency),
    }


def _reached(figure: Any, edges: Sequence[Any]) -> int:
    return 1 + sum(1 for edge in edges if edge is not None and figure >= edge)
