"""Definitions of derived data: what each kind must know how to do, and what it may speak of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from dealt.kernel.db import Connection
from dealt.kernel.journal import ANYTHING, Cause
from dealt.predicates import FilterCatalogue, FilterField, Membership


@dataclass(frozen=True, slots=True)
class Provided:
    """What a kind of definition lets filters speak of, by subject: fields that it fills, and its memberships."""

    fields: Mapping[str, Mapping[str, FilterField]] = field(default_factory=dict)
    segments: Mapping[str, Membership] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the definitions of a workspace are read by. ``provided`` is part of ``catalogue``."""

    workspace_id: int
    catalogue: FilterCatalogue
    zone: ZoneInfo
    base_currency: str
    longest_filter_ms: int = 5_000


LoadVocabulary: TypeAlias = Callable[[Connection, int, Sequence[Provided]], Awaitable[Vocabulary]]
"""``load(connection, workspace_id, provided)``, from rows as the connection's transaction sees them."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition, in terms that its deriver understands.

    ``version`` is the workspace's definitions_version that its last change brought; ``follows`` are the references of
    other definitions that it reads, and ``facets`` the bits of what else it reads of a contact. ``error`` says why it
    cannot be computed; what it derives is then absent.
    """

    kind: str
    id: int
    name: str
    version: int
    content: Any
    follows: frozenset[str] = frozenset()
    error: str = ""
    facets: int = ANYTHING

    @property
    def reference(self) -> str:
        """As filters refer to it: ``aggregator:7``."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Work:
    """Contacts (ascending, at most 500) to be recomputed at ``now``, and what their journal entries say."""

    workspace_id: int
    contact_ids: Sequence[int]
    now: datetime
    cause: Cause
    hops: Mapping[int, int]

    @property
    def hop_list(self) -> list[int]:
        """The hop of each contact, in the order of ``contact_ids``."""
        return [self.hops.get(contact_id, 0) for contact_id in self.contact_ids]


Run: TypeAlias = Callable[[Connection, Work], Awaitable[Mapping[int, datetime]]]
"""Computes and writes, in one statement; the next instants at which something changes by time alone, by contact."""


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """One thing that is derived and stored: what ``definition`` (a reference) says of an object of a contact.

    ``name`` is what people call it. ``orphaned``: the object, or the definition, is not there any more.
    """

    contact_id: int
    subject: str
    object_id: int
    definition: str
    name: str
    orphaned: bool = False


Stored: TypeAlias = dict[Unit, Any]
"""What is stored, as JSON has it; belonging to a segment is true."""


class Deriver(Protocol):
    """A kind of definition: aggregators, segments."""

    kind: str

    async def provide(self, connection: Connection, workspace_id: int) -> Provided:
        """What filters may speak of because of the definitions of this kind; also of those that cannot be computed."""

    async def load(self, connection: Connection, vocabulary: Vocabulary) -> list[Definition]:
        """All definitions of a workspace, deleted ones whose values are still there among them.

        One that makes no sense any more has an ``error``, and so has one that is in quarantine; nothing is raised.
        """

    def compile(self, vocabulary: Vocabulary, definitions: Sequence[Definition]) -> Run:
        """One statement for these definitions, none of which follows from another. Kept and run often."""

    async def quarantine(
        self, connection: Connection, workspace_id: int, definition_id: int, error: str, now: datetime
    ) -> None:
        """Mark a definition as one that cannot be computed, journal that; the caller raises the version."""

    async def forget(self, connection: Connection, workspace_id: int, version: int) -> None:
        """Remove definitions that were deleted at ``version`` or before: no contact has values of theirs any more."""

    async def stored(self, connection: Connection, workspace_id: int, contact_ids: Sequence[int]) -> Stored:
        """All that is stored for these contacts, also what no definition accounts for; not what waits to be removed."""

    async def drop(self, connection: Connection, workspace_id: int, units: Sequence[Unit]) -> None:
        """Remove units that should not be there."""
