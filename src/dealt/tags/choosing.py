"""The tags of one object, by name, inside the transaction that writes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


@dataclass(frozen=True, slots=True)
class TagChange:
    """What becomes of an object's tags: ``whole`` replaces them where it is not None, then some come and some go."""

    whole: list[int] | None
    added: list[int]
    removed: frozenset[int]
    defined: bool

    def applied_to(self, tag_ids: Sequence[int]) -> list[int]:
        """The tags after the change, in their order, each once."""
        kept = tag_ids if self.whole is None else self.whole
        return [tag_id for tag_id in dict.fromkeys([*kept, *self.added]) if tag_id not in self.removed]


async def change_tags(
    connection: Connection,
    snapshot: Snapshot,
    whole: Sequence[str] | None,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
    *,
    actor: str,
    now: datetime,
) -> TagChange:
    """The change that these names ask for: missing tags are made, except where they are only to be removed.

    Where ``defined``, the caller forgets its process's snapshot after the commit. Raises InvalidInput for a bad name.
    """
    known = {name: tag_id for tag_id, name in snapshot.part(TAGS).items()}
    going = frozenset(known[name.strip()] for name in removed if name.strip() in known)
    names = [*(whole or ()), *added]
    if not names:
        return TagChange(None if whole is None else [], [], going, defined=False)
    chosen = await ensure_tags(connection, snapshot.workspace_id, names, now, actor=actor)
    coming = [chosen[name] for name in added]
    kept = None if whole is None else [chosen[name] for name in whole]
    known_ids = set(known.values())
    return TagChange(kept, coming, going, defined=any(tag_id not in known_ids for tag_id in chosen.values()))
