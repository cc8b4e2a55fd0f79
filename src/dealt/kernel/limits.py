"""Looks that are ended after a while, with a sentence that names what made them slow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from dealt.kernel.db import Connection
from dealt.kernel.errors import InvalidInput

_QUICKLY = "SET LOCAL statement_timeout = '{milliseconds}ms'; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"


@asynccontextmanager
async def looking(connection: Connection, milliseconds: int, *places: str, more: str = "") -> AsyncIterator[None]:
    """Statements within only look: each is ended after ``milliseconds``, and nothing of them stays.

    Raises InvalidInput at ``places``; ``more`` is what is to be done.
    """
    # A setting that is local to a savepoint outlives it, unless it is rolled back.
    attempt = connection.transaction()
    await attempt.start()
    try:
        await connection.execute(_QUICKLY.format(milliseconds=milliseconds))
        yield
    except asyncpg.QueryCanceledError:
        raise InvalidInput({place: [too_long(milliseconds, more)] for place in places}) from None
    finally:
        await attempt.rollback()


def too_long(milliseconds: int, more: str = "") -> str:
    """The sentence of what was ended."""
    limit = f"{milliseconds / 1000:g} second{'' if milliseconds == 1000 else 's'}"
    return f"Looking takes longer than {limit}, the limit of this workspace: {more or 'ask for less'}."
