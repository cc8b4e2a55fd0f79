"""The client's own ids of what happened: taken once, so that a repetition is known as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dealt.events import queries
from dealt.events.model import Kind
from dealt.kernel.db import Connection

Key = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Claims:
    """``fresh`` belong to this transaction; ``known`` are stored already, each as (contact id, id)."""

    fresh: set[Key] = field(default_factory=set)
    known: dict[Key, tuple[int, int]] = field(default_factory=dict)


async def claim(connection: Connection, workspace_id: int, wanted: Mapping[Key, tuple[int, int]]) -> Claims:
    """Take these keys for occurrences given as (contact id, id), as far as nobody has taken them before.

    A key that another transaction takes makes this wait for its end. What is in neither part of the result was taken,
    and removed again at this very moment.
    """
    if not wanted:
        return Claims()
    # Sorted, so that two sets with the same keys wait for each other in one order.
    keys = sorted(wanted)
    values = ([int(kind) for kind, _ in keys], [custom_id for _, custom_id in keys])
    places = ([wanted[key][0] for key in keys], [wanted[key][1] for key in keys])
    rows = await connection.fetch(queries.CLAIM_CUSTOM_IDS, workspace_id, *values, *places)
    fresh = {(Kind(row["kind"]), row["custom_id"]) for row in rows}
    if len(fresh) == len(keys):
        return Claims(fresh)
    known = await _find(connection, workspace_id, [key for key in keys if key not in fresh])
    return Claims(fresh, known)


async def release(connection: Connection, workspace_id: int, keys: Iterable[Key]) -> None:
    """Let go of keys that this transaction took for works that were refused afterwards."""
    if gone := sorted(keys):
        values = ([int(kind) for kind, _ in gone], [custom_id for _, custom_id in gone])
        await connection.execute(queries.RELEASE_CUSTOM_IDS, workspace_id, *values)


async def _find(connection: Connection, workspace_id: int, keys: Sequence[Key]) -> dict[Key, tuple[int, int]]:
    values = ([int(kind) for kind, _ in keys], [custom_id for _, custom_id in keys])
    rows = await connection.fetch(queries.FIND_CUSTOM_IDS, workspace_id, *values)
    return {(Kind(row["kind"]), row["custom_id"]): (row["contact_id"], row["event_id"]) for row in rows}
