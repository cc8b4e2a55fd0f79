"""An RFM: which orders count, how scores are told apart, and what was made for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dealt.kernel.db import Record

KIND = "rfm"
MOST_SETUPS = 10
FIGURES = ("orders", "last_order", "value")
"""What the three aggregators are called, after the key."""
_UTC = ZoneInfo("UTC")
SCORED = ("recency", "frequency", "monetary", "group")
"""What the attributes are called that show scores, after the key."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Fixed edges. Who ordered at most ``recency_days[0]`` days ago scores 5, ``[1]`` 4 and so on, else 1.

    Whoever has at least ``frequency[0]`` orders scores 2, ``[1]`` 3 and so on, else 1; likewise for ``monetary``.
    """

    recency_days: Sequence[int]
    frequency: Sequence[int]
    monetary: Sequence[Decimal]


@dataclass(frozen=True, slots=True)
class Edges:
    """The least day, number and value of the scores 2, 3, 4, 5; None is reached by nobody."""

    recency: tuple[date | None, ...]
    frequency: tuple[Decimal | None, ...]
    monetary: tuple[Decimal | None, ...]
    customers: int | None = None

    @classmethod
    def of(cls, stored: str, customers: int | None) -> Edges:
        """From ``told`` as JSON."""
        found = msgspec.json.decode(stored)
        days = tuple(edge and date.fromisoformat(edge) for edge in found["recency"])
        frequency, monetary = (
            tuple(None if edge is None else Decimal(edge) for edge in found[name]) for name in SCORED[1:3]
        )  # fmt: skip
        return cls(days, frequency, monetary, customers)

    def same_as(self, other: Edges | None) -> bool:
        """Whether everybody has the same scores by both."""
        return other is not None and (self.recency, self.frequency, self.monetary) == (
            other.recency, other.frequency, other.monetary,
        )  # fmt: skip

    @property
    def told(self) -> dict[str, Any]:
        """As the journal and answers show them."""
        return {
            "recency": [edge and edge.isoformat() for edge in self.recency],
            "frequency": [None if edge is None else int(edge) for edge in self.frequency],
            "monetary": [None if edge is None else plain(edge) for edge in self.monetary],
        }


@dataclass(frozen=True, slots=True)
class Rfm:
    """A row of ``rfm_setups`` with the edges in force; None before the first were found."""

    id: int
    name: str
    description: str
    key: str
    filter: Any
    window: Any
    net_of_returns: bool
    thresholds: Thresholds | None
    zone: ZoneInfo = _UTC
    aggregator_ids: Sequence[int] = ()
    attribute_ids: Sequence[int] = ()
    segment_ids: Sequence[int] = ()
    edition: int = 1
    revision: int = 0
    version: int = 0
    refreshed_at: datetime | None = None
    next_refresh_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    edges: Edges | None = None

    @classmethod
    def of(cls, row: Record) -> Rfm:
        """From a row of ``queries.ALL``."""
        values = dict(row)
        edges, customers = values.pop("edges"), values.pop("customers")
        values["window"] = msgspec.json.decode(values.pop("period"))
        values["filter"] = msgspec.json.decode(values["filter"])
        values["zone"] = ZoneInfo(values.pop("time_zone"))
        if values["thresholds"] is not None:
            values["thresholds"] = msgspec.json.decode(values["thresholds"], type=Thresholds)
        return cls(**values, edges=None if edges is None else Edges.of(edges, customers))

    @property
    def told(self) -> dict[str, Any]:
        """What people say of it: for the journal and for answers."""
        names = ("name", "description", "key", "filter", "window", "net_of_returns")
        told: dict[str, Any] = {name: getattr(self, name) for name in names}
        if self.thresholds is None:
            return told | {"thresholds": None}
        of = self.thresholds
        fixed = {"recency_days": list(of.recency_days), "frequency": list(of.frequency)}
        return told | {"thresholds": fixed | {"monetary": [plain(edge) for edge in of.monetary]}}

    @property
    def follows(self) -> frozenset[str]:
        """The definitions that scores are made of."""
        return frozenset(f"aggregator:{number}" for number in self.aggregator_ids)

    def attribute(self, name: str) -> str:
        """The attribute that shows one of ``FIGURES`` or ``SCORED``."""
        return f"{self.key}_{name}"


def plain(amount: Decimal) -> str:
    """An amount without idle zeros."""
    return f"{amount.normalize():f}"
