"""A deletion that can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

KEPT_FOR = timedelta(days=30)
"""How long a deletion can be taken back."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """A row of ``deletions``. ``contact_id`` is whose it was, 0 for what belongs to no contact."""

    id: int
    contact_id: int
    object_type: str
    object_id: int
    name: str
    deleted_at: datetime
    deleted_by: str
