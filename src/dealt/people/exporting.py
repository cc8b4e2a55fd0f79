"""Everything that is stored about a person, as one JSON document."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from dealt.accounts import Actor
from dealt.kernel.db import Connection
from dealt.kernel.journal import Entry, record
from dealt.people import queries
from dealt.people.forgetting import everybody
from dealt.people.movers import Mover

ROWS_A_FETCH = 500
_NAMES = ("contact_custom_ids", "contact_keys", "merges")


async def export_person(
    connection: Connection, movers: Sequence[Mover], workspace_id: int, contact_id: int
) -> AsyncIterator[bytes]:
    """The document in pieces: ``{"contacts": [rows], "deals": [rows], ...}``, a list for every table that has rows.

    The contacts are the one asked for and those that were merged into it. Runs in the caller's transaction, which
    should see one state of the database; holds some hundred rows at a time.
    """
    ids = await everybody(connection, workspace_id, contact_id)
    tables = ["contacts", *_NAMES, *(table for mover in movers for table in mover.exported)]
    opening = b"{"
    for table in tables:
        rows = 0
        async for piece in _rows(connection, table, workspace_id, ids):
            yield (b"," if rows else opening + b'"%s":[' % table.encode()) + piece
            rows += 1
        if rows:
            yield b"]"
            opening = b",\n"
    yield b"}" if opening != b"{" else b"{}"


async def _rows(connection: Connection, table: str, workspace_id: int, ids: Sequence[int]) -> AsyncIterator[bytes]:
    statement = queries.export(table)
    async for row in connection.cursor(statement, workspace_id, ids, queries.ACCESS, prefetch=ROWS_A_FETCH):
        yield row["row"].encode()


async def journal_access(connection: Connection, actor: Actor, contact_id: int, *, now: datetime) -> None:
    """Write down who was given a person's data."""
    entry = Entry(contact_id, queries.ACCESS, "contact", contact_id, actor.name, {}, int(actor.cause), actor.hop)
    await record(connection, actor.workspace_id, [entry], now)
