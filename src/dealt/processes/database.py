"""Which database a process works with: that of DATABASE_URL, else the embedded one of the data folder."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from dealt.kernel.errors import Unavailable
from dealt.kernel.postgres import EmbeddedPostgres, borrowed
from dealt.settings import Settings


class NoDatabase(Unavailable):
    """503: there is no database where one was looked for; the sentence says where, and how to get one."""


def running_url(settings: Settings) -> str:
    """The address of a database that runs already. Raises NoDatabase."""
    if settings.database_url:
        return settings.database_url
    server = EmbeddedPostgres(settings.data_dir)
    if server.pid is None:
        raise NoDatabase(
            f"No database runs in {server.data_dir}. Start one with {_serve(settings)}, name the folder of a running "
            "one with --data-dir, or set DATABASE_URL."
        )
    return server.dsn()


@contextmanager
def reachable_url(settings: Settings) -> Iterator[str]:
    """The address of the database; an embedded one that nobody runs is run for the length of the block.

    Raises NoDatabase where there has never been one.
    """
    if settings.database_url:
        yield settings.database_url
        return
    require_cluster(settings)
    with borrowed(settings.data_dir) as server:
        yield server.dsn()


def require_cluster(settings: Settings) -> None:
    """Raise NoDatabase where the data folder holds no embedded database."""
    if EmbeddedPostgres(settings.data_dir).place.newest_major() is None:
        raise NoDatabase(
            f"There is no database in {settings.data_dir.absolute()}. Make one with {_serve(settings)}, "
            "name another folder with --data-dir, or set DATABASE_URL."
        )


def _serve(settings: Settings) -> str:
    return f"`dealt serve --data-dir {shlex.quote(str(settings.data_dir))}`"
