"""A round of the auditor, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from dealt.freshness import Drift
from dealt.kernel.db import Record

DIRECTORIES = ("deal_ids", "task_ids")
"""Where deals and tasks are found; the last of their audits is for what nothing leads to any more."""
NAMED = ("deal_custom_ids", "task_custom_ids", "event_custom_ids", "device_keys")
"""Where deals, tasks, occurrences and devices are found by what clients call them."""
VALUES = "company_values"
"""Aggregators of companies; what else there is of companies comes after them."""
MATRICES = "matrices"
"""What is kept of each RFM."""
WORKERS, COMMAND = "workers", "command"
STAGES = ("contact", VALUES, "company", "product", *DIRECTORIES, *NAMED, MATRICES, "board")
"""What a round looks at, in order."""
MOST_FINDINGS = 100
"""Kept of each round; the rest is counted."""
KEPT = 20
"""Rounds kept of a workspace."""


OWN = {"wake_at", "definitions_version", "base_rate", "base_value", "lines_total", "refunded_total", "net_value",
       "deal_products", "contact_companies", "open_tasks", "ordered_at", "page_views", "reads",
       "rfm_cells",
       *DIRECTORIES, *NAMED}  # fmt: skip
"""What is derived of every contact and deal, whatever anybody defined."""


@dataclass
class Audit:
    """A round: ``stage``, ``last_id`` and ``last_key`` say how far it is. ``waiting`` contacts were stale: no drift."""

    id: int
    made_by: str
    started_at: datetime
    finished_at: datetime | None = None
    stage: str = STAGES[0]
    last_id: int = 0
    last_key: str = ""
    looked: int = 0
    waiting: int = 0
    drift: int = 0
    mended: bool = False
    findings: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, row: Record) -> Audit:
        """From a row of ``queries.COLUMNS``."""
        return cls(**(dict(row) | {"findings": msgspec.json.decode(row["findings"])}))

    def note(self, looked: int, waiting: int, drift: list[Drift]) -> None:
        """Add what a batch found."""
        self.looked += looked
        self.waiting += waiting
        self.drift += len(drift)
        self.findings += [_kept(one) for one in drift[: MOST_FINDINGS - len(self.findings)]]

    def next_stage(self) -> bool:
        """Go on with what comes after this stage; False where nothing does."""
        place = STAGES.index(self.stage) + 1
        if place == len(STAGES):
            return False
        self.stage, self.last_id, self.last_key = STAGES[place], 0, ""
        return True


@dataclass(frozen=True, slots=True)
class Standing:
    """What the last round that has ended found, and the one that is under way."""

    last: Audit | None
    running: Audit | None
    contacts: int


def shape_drift(one: Drift) -> dict[str, Any]:
    """A unit of drift as it is shown and stored."""
    unit = one.unit
    return {
        "object_type": unit.subject,
        "object_id": unit.object_id,
        "definition": unit.definition,
        "name": unit.name,
        "stored": one.stored,
        "recomputed": one.recomputed,
    }


NOT_KEPT = "(not kept)"


def _kept(one: Drift) -> dict[str, Any]:
    """As it is stored: what may name a person (a text that was rolled up, a custom id) is left out."""
    shown = shape_drift(one)
    return shown | {
        "name": shown["name"] if _says_nothing_of_people(one) or ":" in one.unit.definition else NOT_KEPT,
        "stored": _harmless(one, one.stored),
        "recomputed": _harmless(one, one.recomputed),
    }


def _harmless(one: Drift, value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) or _says_nothing_of_people(one) else NOT_KEPT


def _says_nothing_of_people(one: Drift) -> bool:
    """Moments and amounts that Dealt derives itself."""
    return one.unit.definition.partition(":")[0] in OWN
