"""What a merge, an un-merge and the forgetting of a person are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dealt.accounts import Actor
from dealt.deletions import Deletion
from dealt.kernel.db import Connection
from dealt.people.names import Names

ROWS_A_BATCH = 2_000
"""Rows that one statement moves, strips or deletes: what is held of them at a time."""


@dataclass(frozen=True, slots=True)
class Move:
    """Rows that go from ``sources`` to ``target``: all of them in a merge, those that are the target's in an un-merge
    (``back``).

    ``hidden`` are those of these contacts whom the API does not show: guests. ``siblings`` are contacts that stay
    merged into the only source of an un-merge. The transaction lets no other write of the workspace begin.
    """

    connection: Connection
    actor: Actor
    sources: Sequence[int]
    target: int
    hidden: frozenset[int]
    now: datetime
    back: bool = False
    siblings: Sequence[int] = ()

    @property
    def workspace_id(self) -> int:
        return self.actor.workspace_id

    def shown(self, contact_id: int) -> int | None:
        """A contact as the journal tells it."""
        return None if contact_id in self.hidden else contact_id


@dataclass(slots=True)
class Report:
    """How many rows of each table were ``deleted``, and how many ``cleaned``: kept, without what names the person."""

    deleted: Counter[str] = field(default_factory=Counter)
    cleaned: Counter[str] = field(default_factory=Counter)
    deletion_id: int | None = None

    def as_dict(self) -> dict[str, dict[str, int]]:
        """What is not nothing, by table."""
        return {
            name: {table: number for table, number in sorted(counts.items()) if number}
            for name, counts in (("deleted", self.deleted), ("cleaned", self.cleaned))
        }


@dataclass(frozen=True, slots=True)
class Forgetting:
    """A person that is to be forgotten: ``contact_ids`` are its contact and those that were merged into it.

    ``erasing`` goes further than the deletion of a contact: history, events and messages go too.
    """

    connection: Connection
    actor: Actor
    contact_ids: Sequence[int]
    names: Names
    now: datetime
    erasing: bool
    report: Report = field(default_factory=Report)
    deletion_id: int | None = None
    """What goes is kept under this number, where the deletion can be taken back."""

    @property
    def workspace_id(self) -> int:
        return self.actor.workspace_id


@dataclass(frozen=True, slots=True)
class Returning:
    """A contact that comes back, with what its ``deletion`` took."""

    connection: Connection
    actor: Actor
    deletion: Deletion
    now: datetime

    @property
    def workspace_id(self) -> int:
        return self.actor.workspace_id
