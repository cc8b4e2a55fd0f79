"""An import that was asked for over the API."""

from __future__ import annotations

from datetime import datetime

import msgspec

from dealt.importing import Counts
from dealt.kernel.db import Record

MOST_OPEN = 20
MOST_PARTS = 2_000
MOST_REJECTS = 10_000
LONGEST_MAPPING = 100_000


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``imports``. ``done`` of ``total`` rows or bytes are read; ``position`` objects are done with."""

    id: int
    kind: str
    file_name: str
    mapping: str
    silent: bool
    state: str
    done: int
    total: int
    position: int
    counts: Counts
    error: str | None
    actor: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def import_of(row: Record) -> Import:
    """The import in a row of ``queries.COLUMNS``."""
    return Import(**{**row, "counts": msgspec.json.decode(row["counts"], type=Counts)})
