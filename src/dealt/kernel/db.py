"""Connections: one pool a process, one transaction a request or job, committed at the edge."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import asyncpg

Connection: TypeAlias = asyncpg.Connection
Pool: TypeAlias = asyncpg.Pool
Record: TypeAlias = asyncpg.Record
T = TypeVar("T")


class Held:
    """A connection in a transaction, in the place of a pool: whatever begins a transaction here gets a savepoint.

    So code that knows nothing of it is made a part of something larger, which is committed or undone as a whole.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """The one connection; whoever acquires it again within the block gets the same."""
        yield self.connection

    async def fetch(self, query: str, *values: Any) -> list[Record]:
        """Rows, as a pool's ``fetch``."""
        return list(await self.connection.fetch(query, *values))

    async def fetchrow(self, query: str, *values: Any) -> Record | None:
        """The first row, as a pool's ``fetchrow``."""
        return await self.connection.fetchrow(query, *values)

    async def fetchval(self, query: str, *values: Any) -> Any:
        """The first value, as a pool's ``fetchval``."""
        return await self.connection.fetchval(query, *values)

    async def execute(self, query: str, *values: Any) -> str:
        """The command's tag, as a pool's ``execute``."""
        return str(await self.connection.execute(query, *values))


# A deadlock or a serialization failure says nothing about the data: the same work may succeed at once.
RETRYABLE = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)

AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # What asyncpg raises on a connection whose end it has been told of and not seen yet.
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
"""What is raised while the database cannot be reached; it says nothing about the work itself."""


async def _keep_session(_connection: Connection) -> None:
    """asyncpg resets a session on every release, a second round trip; we leave no session state behind."""


async def open_pool(
    dsn: str, *, size: int, min_size: int = 1, statement_timeout_s: int = 30, name: str = "dealt"
) -> Pool:
    """A pool of at most ``size`` connections; a statement is ended by the server after ``statement_timeout_s``."""
    return await asyncpg.create_pool(
        dsn,
        min_size=min_size,
        max_size=size,
        reset=_keep_session,
        max_inactive_connection_lifetime=300,
        # What computes all aggregators of a workspace is one long statement, and is run often.
        max_cacheable_statement_size=1 << 20,
        server_settings={
            "application_name": name,
            "statement_timeout": str(statement_timeout_s * 1000),
            "timezone": "UTC",
        },
    )


@asynccontextmanager
async def transaction(pool: Pool, opening: str = "") -> AsyncIterator[Connection]:
    """One connection in one transaction: committed when the block ends well, else rolled back.

    ``opening`` is SQL without parameters (locks, mostly) that is sent together with BEGIN. A transaction that has
    failed inside cannot be committed by accident: that raises InterfaceError. Over a held connection it is a
    savepoint.
    """
    if isinstance(pool, Held):
        async with pool.connection.transaction():
            if opening:
                await pool.connection.execute(opening)
            yield pool.connection
        return
    async with pool.acquire() as connection:
        await connection.execute(f"BEGIN; {opening}")
        try:
            yield connection
        except BaseException:
            await _roll_back(connection, lambda: connection.execute("ROLLBACK"))
            raise
        if await connection.execute("COMMIT") != "COMMIT":
            raise asyncpg.InterfaceError("The transaction had failed and was rolled back.")


async def _roll_back(connection: Connection, roll_back: Callable[[], Awaitable[Any]]) -> None:
    """End a transaction that failed; a connection that cannot even do that is dropped, and hides no other error."""
    try:
        if not connection.is_closed():
            await roll_back()
    except AWAY:
        connection.terminate()


async def in_transaction(
    pool: Pool, work: Callable[[Connection], Awaitable[T]], *, opening: str = "", tries: int = 5
) -> T:
    """The result of ``work`` in one transaction, begun anew after a deadlock or serialization failure.

    Over a held connection nothing is begun anew here: who holds it begins the whole anew.
    """
    for left in reversed(range(1 if isinstance(pool, Held) else tries)):
        try:
            async with transaction(pool, opening) as connection:
                return await work(connection)
        except RETRYABLE:
            if not left:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


@asynccontextmanager
async def hold(pool: Pool, *, undo: bool = False) -> AsyncIterator[Held]:
    """A held connection: what happens on it is committed when the block ends well, or with ``undo`` never."""
    async with pool.acquire() as connection:
        whole = connection.transaction()
        await whole.start()
        try:
            yield Held(connection)
        except BaseException:
            await _roll_back(connection, whole.rollback)
            raise
        await (whole.rollback() if undo else whole.commit())


async def in_hold(pool: Pool, work: Callable[[Held], Awaitable[T]], *, undo: bool = False, tries: int = 5) -> T:
    """The result of ``work`` over a held connection, begun anew after a deadlock or serialization failure."""
    for left in reversed(range(tries)):
        try:
            async with hold(pool, undo=undo) as held:
                return await work(held)
        except RETRYABLE:
            if not left:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


@dataclass
class Attempt:
    """Part of a transaction; what it did is kept where ``keep`` says so at its end."""

    keep: bool = True


@asynccontextmanager
async def attempting(connection: Connection, *, keep: bool = True) -> AsyncIterator[Attempt]:
    """A savepoint: undone when the block fails, or when it was not to be kept. The caller is in a transaction."""
    attempt = Attempt(keep)
    await connection.execute("SAVEPOINT attempt")
    try:
        yield attempt
    except BaseException:
        await _roll_back(connection, lambda: connection.execute("ROLLBACK TO attempt; RELEASE attempt"))
        raise
    await connection.execute("RELEASE attempt" if attempt.keep else "ROLLBACK TO attempt; RELEASE attempt")


def affected(status: Any) -> int:
    """The number of rows in a command tag such as ``UPDATE 3``."""
    return int(str(status).rsplit(" ", 1)[-1])
