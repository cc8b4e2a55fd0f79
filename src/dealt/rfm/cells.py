"""The cells of an RFM as they follow from figures: of everybody, or of what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dealt.kernel.sql import Sql, join, sql
from dealt.rfm import queries
from dealt.rfm.groups import group_of
from dealt.rfm.model import SCORED, Edges, Rfm
from dealt.rfm.scoring import Reads, scores, stored

_READ = Reads(sql("f.orders"), sql("f.day"), sql("f.value"))


@dataclass(frozen=True, slots=True)
class Cell:
    """How many contacts have these scores, and the value of all their orders in base currency."""

    recency: int
    frequency: int
    monetary: int
    users: int
    value: Decimal

    def has(self, asked: Mapping[str, Any]) -> bool:
        """Whether those in it have the scores, or are of the group, that ``asked`` names by ``SCORED``."""
        of = (self.recency, self.frequency, self.monetary, group_of(self.recency, self.frequency))
        named: dict[str, Any] = dict(zip(SCORED, of, strict=True))
        return all(named[name] == value for name, value in asked.items())


def of_everybody(workspace_id: int, rfm: Rfm) -> Sql:
    """CTEs, the last one ``summed``: the cells as they follow from what is stored for contacts."""
    source = sql(queries.EVERYBODY, workspace_id, workspace_id)
    return _figures(rfm, "derived", sql("1"), source) + sql(", ") + summed(rfm.edges, "figures")


def of_changes(rfm: Rfm) -> Sql:
    """The same, of rows ``taken`` (figures before and after): what they add to cells, and take from them."""
    figures = _figures(rfm, "signed", sql("signed.sign"), sql("FROM signed"))
    return sql(queries.SIGNED) + figures + sql(", ") + summed(rfm.edges, "figures")


def summed(edges: Edges | None, source: str) -> Sql:
    """CTEs over rows of ``source`` (orders, day, value, sign)."""
    found = scores(_READ, edges)
    columns = [found[name] + sql(f" AS {name}") for name in SCORED[:3]]
    return (
        sql("scored AS (SELECT ") + join(", ", [*columns, sql("f.value"), sql("f.sign")])
        + sql(f" FROM {source} AS f), ") + Sql(queries.SUMMED)
    )  # fmt: skip


def _figures(rfm: Rfm, alias: str, sign: Sql, source: Sql) -> Sql:
    """Figures are read once for each contact, not once for each edge that they are compared with."""
    found = stored(rfm, alias)
    named = ((found.orders, "orders"), (found.day, "day"), (found.value, "value"), (sign, "sign"))
    columns = [read + sql(f" AS {name}") for read, name in named]
    return sql("figures AS MATERIALIZED (SELECT ") + join(", ", columns) + sql(" ") + source + sql(")")
