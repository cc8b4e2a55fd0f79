"""One bad definition stalls nobody: it is found by halves, put aside and shown."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
import structlog

from dealt.freshness import queries
from dealt.freshness.changing import definitions_changed
from dealt.freshness.derivers import Definition, Deriver, Vocabulary, Work
from dealt.kernel.db import Connection
from dealt.kernel.journal import keep_followers

ALONE_MS = 5_000
"""A definition that takes longer than this by itself, for one batch, is too slow; a whole statement has twice that."""
LONGEST_ERROR = 500
# What a statement itself can be blamed for: its data, its words, its size, and (cancelled) its time.
_BLAMED = ("21", "22", "42", "54")
_CANCELLED = "57014"

_log = structlog.get_logger("dealt.freshness")


class Failed(Exception):  # noqa: N818 - errors here are named for the sentence that failed
    """A statement that computes ``definitions`` for ``work`` failed; its transaction is lost."""

    def __init__(self, deriver: Deriver, vocabulary: Vocabulary, definitions: Sequence[Definition], work: Work) -> None:
        super().__init__(f"{len(definitions)} definitions ({deriver.kind}) cannot be computed together")
        self.deriver = deriver
        self.vocabulary = vocabulary
        self.definitions = definitions
        self.work = work


def is_to_blame(error: asyncpg.PostgresError) -> bool:
    """Whether an error says something about the statement, not about the server or other transactions."""
    state = error.sqlstate or ""
    return state.startswith(_BLAMED) or state == _CANCELLED


async def put_aside(connection: Connection, failed: Failed) -> bool:
    """Quarantine the definitions that fail by themselves; False where there are none.

    To be called outside a transaction. Nothing that is tried here stays.
    """
    found = await _culprits(connection, failed, failed.definitions)
    if not found:
        return False
    work = failed.work
    async with connection.transaction():
        for definition, error in found:
            _log.error("a definition is put aside", definition=definition.reference, name=definition.name, error=error)
            await failed.deriver.quarantine(connection, work.workspace_id, definition.id, error, work.now)
        await definitions_changed(connection, work.workspace_id, work.now, reading_more=False)
    return True


async def _culprits(
    connection: Connection, failed: Failed, definitions: Sequence[Definition]
) -> list[tuple[Definition, str]]:
    error = await _try(connection, failed, definitions)
    if error is None:
        return []
    if len(definitions) == 1:
        return [(definitions[0], error)]
    half = len(definitions) // 2
    first = await _culprits(connection, failed, definitions[:half])
    return first + await _culprits(connection, failed, definitions[half:])


async def _try(connection: Connection, failed: Failed, definitions: Sequence[Definition]) -> str | None:
    """What goes wrong with these definitions alone, in a transaction that is rolled back."""
    milliseconds = ALONE_MS if len(definitions) == 1 else 2 * ALONE_MS
    attempt = connection.transaction()
    await attempt.start()
    try:
        await connection.execute(queries.WITHIN.format(milliseconds=milliseconds))
        await keep_followers(connection, failed.work.workspace_id)
        await failed.deriver.compile(failed.vocabulary, definitions)(connection, failed.work)
    except asyncpg.PostgresError as error:
        if not is_to_blame(error):
            raise
        if error.sqlstate == _CANCELLED:
            return f"It took longer than {milliseconds // 1000} seconds for {len(failed.work.contact_ids)} contacts."
        return str(error)[:LONGEST_ERROR]
    finally:
        await attempt.rollback()
    return None
