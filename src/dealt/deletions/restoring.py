"""Finding what can be brought back, and putting its rows back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from dealt.deletions import queries
from dealt.deletions.model import KEPT_FOR, Deletion
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict

_A_BATCH = 500
_NEWEST = 2**63 - 1


async def take_deletion(connection: Connection, workspace_id: int, deletion_id: int, now: datetime) -> Deletion:
    """The deletion, held for this transaction. Raises Conflict where it was taken back already, or is too old."""
    row = await connection.fetchrow(queries.TAKE, workspace_id, deletion_id, now - KEPT_FOR)
    if row is None:
        raise Conflict("This cannot be brought back: it was already, or it was deleted too long ago.")
    return Deletion(**row)


async def find_deletions(
    connection: Connection, workspace_id: int, named: Sequence[tuple[str, int]], now: datetime
) -> dict[tuple[str, int], Deletion]:
    """The last deletion of each of these objects that can be taken back, by the object's type and id."""
    types, ids = [what for what, _ in named], [number for _, number in named]
    rows = await connection.fetch(queries.FIND, workspace_id, types, ids, now - KEPT_FOR) if named else []
    return {(row["object_type"], row["object_id"]): Deletion(**row) for row in rows}


async def list_deletions(
    connection: Connection, workspace_id: int, types: Sequence[str], now: datetime, *, before: int = 0, most: int
) -> list[Deletion]:
    """The newest deletions of these types that can be taken back, behind the one called ``before``."""
    values = (list(types), now - KEPT_FOR, before or _NEWEST, most)
    return [Deletion(**row) for row in await connection.fetch(queries.PAGE, workspace_id, *values)]


async def put_back(
    connection: Connection,
    workspace_id: int,
    deletion: Deletion,
    table: str,
    *values: Any,
    place: str = "",
    changes: str = "'{}'::jsonb",
    condition: str = "true",
) -> tuple[int, int]:
    """Put kept rows back as they were; how many came, and how many were kept.

    Those whose key is taken stay away. ``place`` is the column of the contact; ``changes`` and ``condition`` are SQL
    about ``t`` and ``r`` with ``values`` as $3 and on.
    """
    statement = queries.put_back(table, place, changes, condition)
    row = await connection.fetchrow(statement, workspace_id, deletion.id, *values)
    return row["back"], row["kept"]


async def images(
    connection: Connection, workspace_id: int, deletion_id: int, kind: str
) -> AsyncIterator[list[tuple[int, str]]]:
    """Kept rows in batches of 500: whose each is now, and the row as JSON text."""
    after = 0
    while rows := await connection.fetch(queries.IMAGES, workspace_id, deletion_id, kind, after, _A_BATCH):
        after = rows[-1]["id"]
        yield [(row["contact_id"], row["image"]) for row in rows]


async def is_open(connection: Connection, workspace_id: int, deletion_id: int | None) -> bool:
    """Whether what was deleted is deleted still, and stays so until the transaction ends; a final deletion always."""
    return deletion_id is None or await connection.fetchval(queries.OPEN, workspace_id, deletion_id) is not None


async def end(connection: Connection, workspace_id: int, deletion: Deletion) -> None:
    """It is back. Rows that a job has still to look at are deleted by ``end_rows``."""
    await connection.execute(queries.END, workspace_id, [deletion.id])


async def end_rows(connection: Connection, workspace_id: int, deletion_id: int) -> None:
    """Nothing is kept of the deletion any more."""
    await connection.execute(queries.END_ROWS, workspace_id, [deletion_id])
