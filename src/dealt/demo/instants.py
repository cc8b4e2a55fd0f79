"""How the demo writes an instant."""

from __future__ import annotations

from datetime import datetime

from dealt.kernel.clock import iso


def stamp(at: datetime) -> str:
    """``at`` as ``2025-06-24T12:00:00Z``, cut to the second; such texts sort as the instants do."""
    return iso(at.replace(microsecond=0))
