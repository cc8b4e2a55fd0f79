"""Rows that one of a merged contact's names has brought: they are remembered as that contact's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from dealt.kernel.db import Connection
from dealt.people import queries

Path = Sequence[int]
"""From the contact whose name was used, through the merges since, to the contact that it means now."""


async def remember_named(
    connection: Connection, workspace_id: int, table: str, rows: Iterable[tuple[int, Path]]
) -> None:
    """Remember rows (id, path) of ``table``, which are with the last contact of their path.

    An un-merge of the first contact gives them back to it, as it does those that it had before.
    """
    steps = [(now, former, row_id) for row_id, path in rows for former, now in pairwise(path)]
    if steps:
        columns = [list(column) for column in zip(*steps, strict=True)]
        await connection.execute(queries.REMEMBER_NAMED, workspace_id, table, *columns)


async def forget_named(connection: Connection, workspace_id: int, table: str, rows: Iterable[tuple[int, int]]) -> None:
    """Forget of rows (contact, id) of ``table`` whose they were: they leave that contact for good."""
    gone = list(rows)
    if gone:
        contacts, ids = zip(*gone, strict=True)
        await connection.execute(queries.FORGET_NAMED, workspace_id, table, list(contacts), list(ids))
