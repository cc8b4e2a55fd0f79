"""The tags of one object, by name, inside the transaction that writes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dealt.accounts import Snapshot
from dealt.kernel.db import Connection
from dealt.tags.naming import TAGS, ensure_tags


@dataclass(frozen=True, slots=True)
class ChosenTags:
    """``ids`` in the order of the names, each once. ``defined`` tells that this transaction made some."""

    ids: list[int]
    defined: bool


async def choose_tags(
    connection: Connection, snapshot: Snapshot, names: Iterable[str], *, actor: str, now: datetime
) -> ChosenTags:
    """The tags of these names; missing ones are made.

    Where ``defined``, the caller forgets its process's snapshot after the commit. Raises InvalidInput for a bad name.
    """
    found = await ensure_tags(connection, snapshot.workspace_id, names, now, actor=actor)
    ids = list(dict.fromkeys(found.values()))
    known = snapshot.part(TAGS)
    return ChosenTags(ids, any(tag_id not in known for tag_id in ids))
