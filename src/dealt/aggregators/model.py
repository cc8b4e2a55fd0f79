"""An aggregator: what it counts or sums of what contacts or companies did, and the attribute that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from dealt.kernel.db import Record

KIND = "aggregator"
MOST_AGGREGATORS = 200
MOST_VALUES = 20
SUBJECTS = ("contact", "company")
"""Whose attribute it fills, and whose rows it rolls up."""
SOURCES = ("deals", "order_products", "events", "product_events")
DEFAULT_BY = {
    "deals": "ordered_at",
    "order_products": "ordered_at",
    "events": "happened_at",
    "product_events": "happened_at",
}


@dataclass(frozen=True, slots=True)
class Aggregator:
    """A row of ``aggregators``. ``by`` is a date field of the source, None for the usual one.

    ``watcher`` counts contacts by what it finds: every change is noted for it, see ``watch``.
    """

    id: int
    name: str
    description: str
    source: str
    function: str
    field: str | None
    by: str | None
    last_n: int
    net_of_returns: bool
    filter: Any
    window: Any
    target: str
    value_type: str
    subject: str = "contact"
    watcher: int | None = None
    version: int = 0
    failed_at: datetime | None = None
    error: str = ""
    deleted_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @classmethod
    def of(cls, row: Record) -> Aggregator:
        """From a row of ``queries.COLUMNS``."""
        values = dict(row)
        values["by"] = values.pop("by_field")
        values["window"] = msgspec.json.decode(values.pop("period"))
        values["filter"] = msgspec.json.decode(values["filter"])
        return cls(**values)

    @property
    def told(self) -> dict[str, Any]:
        """What people say of it: for the journal."""
        names = (
            "name", "description", "subject", "source", "function", "field", "by", "last_n", "net_of_returns", "filter",
            "window", "target", "value_type",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}


def unconverted_key(target: str) -> str:
    """Where the number of deals stands that could not be converted to the base currency; no attribute's name."""
    return f"{target}#unconverted"
