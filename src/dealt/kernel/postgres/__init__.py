"""The embedded PostgreSQL: finding, making, starting, adopting, ending, dumping and upgrading it."""

from __future__ import annotations

from dealt.kernel.postgres.binaries import Binaries, find, installed, wheel
from dealt.kernel.postgres.embedded import EmbeddedPostgres
from dealt.kernel.postgres.errors import (
    BinariesMissing,
    FolderUnusable,
    NeedsUpgrade,
    NotReady,
    PostgresFailed,
    SupervisedElsewhere,
)

__all__ = [
    "Binaries",
    "BinariesMissing",
    "EmbeddedPostgres",
    "FolderUnusable",
    "NeedsUpgrade",
    "NotReady",
    "PostgresFailed",
    "SupervisedElsewhere",
    "find",
    "installed",
    "wheel",
]
