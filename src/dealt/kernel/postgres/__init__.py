"""The embedded PostgreSQL: finding, making, starting, adopting, ending, dumping and upgrading it."""

from __future__ import annotations

from dealt.kernel.postgres.binaries import Binaries, find, installed, wheel
from dealt.kernel.postgres.dump import dump, restore
from dealt.kernel.postgres.embedded import EmbeddedPostgres, borrowed
from dealt.kernel.postgres.errors import (
    BinariesMissing,
    FolderUnusable,
    NeedsUpgrade,
    NotReady,
    PostgresFailed,
    SupervisedElsewhere,
)
from dealt.kernel.postgres.upgrade import Upgrade, binaries_of, upgrade

__all__ = [
    "Binaries",
    "BinariesMissing",
    "EmbeddedPostgres",
    "FolderUnusable",
    "NeedsUpgrade",
    "NotReady",
    "PostgresFailed",
    "SupervisedElsewhere",
    "Upgrade",
    "binaries_of",
    "borrowed",
    "dump",
    "find",
    "installed",
    "restore",
    "upgrade",
    "wheel",
]
