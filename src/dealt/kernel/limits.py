"""Looks that are ended after a while, with a sentence that names what made them slow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from dealt.kernel.db import Connection, attempting
from dealt.kernel.errors import InvalidInput

_QUICKLY = "SET LOCAL statement_timeout = '{milliseconds}ms'; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"


class TooSlow(InvalidInput):
    """400: what was looked for took too long."""


@asynccontextmanager
async def looking(connection: Connection, milliseconds: int, *places: str, more: str = "") -> AsyncIterator[None]:
    """Statements within only look: each is ended after ``milliseconds``, and nothing of them stays.

    Raises TooSlow at ``places``; ``more`` is what is to be done.
    """
    try:
        async with _undone(connection):
            await connection.execute(_QUICKLY.format(milliseconds=milliseconds))
            yield
    except asyncpg.QueryCanceledError:
        raise TooSlow({place: [too_long(milliseconds, more)] for place in places}) from None


@asynccontextmanager
async def _undone(connection: Connection) -> AsyncIterator[None]:
    """A savepoint in a transaction, or a transaction: a setting that is local to a savepoint outlives its release."""
    if connection.is_in_transaction():
        async with attempting(connection, keep=False):
            yield
        return
    async with connection.transaction():
        yield


def too_long(milliseconds: int, more: str = "") -> str:
    """The sentence of what was ended."""
    limit = f"{milliseconds / 1000:g} second{'' if milliseconds == 1000 else 's'}"
    return f"Looking takes longer than {limit}, the limit of this workspace: {more or 'ask for less'}."
