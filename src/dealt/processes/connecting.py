"""A connection to a database that an operator named: what is wrong with it is said in a sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg

from dealt.kernel.db import Connection
from dealt.kernel.errors import Unavailable
from dealt.kernel.migrate import pending

CONNECT_TIMEOUT_S = 10.0


class Unreachable(Unavailable):
    """503: the database does not let us in; the sentence says what it answered and what to look at."""


class NotAllowed(Unavailable):
    """503: the database's role lacks a right that Dealt needs."""


class Behind(Unavailable):
    """503: the database has not been brought up to this version."""


@asynccontextmanager
async def connected(url: str, name: str = "dealt command") -> AsyncIterator[Connection]:
    """One connection for the length of the block. Raises Unreachable, and NotAllowed where the role lacks a right."""
    try:
        connection = await asyncpg.connect(
            url, timeout=CONNECT_TIMEOUT_S, server_settings={"application_name": name, "timezone": "UTC"}
        )
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unreachable(
            f"The database at {_shown(url)} cannot be reached: {error or 'no answer in time'}. "
            "Check that it runs, and the address, user and password in DATABASE_URL."
        ) from error
    try:
        yield connection
    except asyncpg.InsufficientPrivilegeError as error:
        raise NotAllowed(
            f"The database at {_shown(url)} refuses: {error}. Dealt makes its own tables: "
            "let the role of DATABASE_URL own the database."
        ) from error
    finally:
        await connection.close()


async def require_current(url: str) -> None:
    """Raise Behind where migrations are pending, and Unreachable where the database is."""
    async with connected(url) as connection:
        if missing := await pending(connection):
            raise Behind(
                f"The database lacks {len(missing)} migrations of this version of Dealt ({missing[0]} is the first). "
                "Run `dealt upgrade`, or start `dealt serve`, which applies them."
            )


def _shown(url: str) -> str:
    """Host and database, never user or password."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2] or "the local socket"
    return f"{host}{parts.path}"
