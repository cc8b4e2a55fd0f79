"""A process's snapshot of a workspace's definitions, trusted inside a transaction only at the right version."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from dealt.kernel.db import Connection
from dealt.kernel.errors import NotFound
from dealt.kernel.following import followers_of
from dealt.kernel.journal import ANYTHING
from dealt.kernel.questions import Question
from dealt.kernel.sql import sql

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_TRUSTED = 0x7472
"""The class of advisory locks that say "this workspace's definitions are trusted now"."""


@dataclass(frozen=True)
class Part(Generic[T_co]):
    """One kind of definition (attributes, stages ...) and how it is loaded for a workspace."""

    name: str
    load: Callable[[Connection, int], Awaitable[T_co]]


@dataclass(frozen=True)
class Snapshot:
    """All definitions of one workspace as they stood at ``version``."""

    workspace_id: int
    version: int
    time_zone: ZoneInfo
    base_currency: str
    followers: list[int]
    """Who is fed by the journal, as ``WRITE_ENTRIES`` takes them."""
    parts: dict[str, Any]
    reads: int = ANYTHING
    """The facets of contacts that what is derived follows from; none is added while the snapshot is trusted."""
    longest_filter_ms: int = 5_000

    def part(self, part: Part[T]) -> T:
        """The loaded definitions of one kind."""
        return cast(T, self.parts[part.name])


class Definitions:
    """Snapshots by workspace. ``parts`` are composed by the application, so that this file knows no domain."""

    def __init__(self, parts: Sequence[Part[Any]], *, read_age_s: float = 1.0) -> None:
        self._parts = parts
        self._read_age_s = read_age_s
        self._held: dict[int, tuple[float, Snapshot]] = {}
        self._forgotten: set[int] = set()

    def apart(self) -> Definitions:
        """Snapshots for work that may be undone: they begin with what is held here, and nothing comes back."""
        apart = Definitions(self._parts, read_age_s=self._read_age_s)
        apart._held.update(self._held)
        return apart

    def follow(self, apart: Definitions) -> None:
        """After the commit of the work that ``apart`` was for: drop what that work has changed."""
        for workspace_id in apart._forgotten:
            self.forget(workspace_id)

    async def for_reading(self, connection: Connection, workspace_id: int) -> Snapshot:
        """A snapshot at most a second old: enough to name and shape what is read."""
        return self.recent(workspace_id) or await self.for_writing(connection, workspace_id)

    def recent(self, workspace_id: int) -> Snapshot | None:
        """The snapshot that ``for_reading`` would give without asking the database, if there is one."""
        held = self._held.get(workspace_id)
        return held[1] if held and time.monotonic() - held[0] < self._read_age_s else None

    async def for_writing(self, connection: Connection, workspace_id: int) -> Snapshot:
        """The snapshot at the version that this transaction sees.

        Until the transaction ends nothing that it names can be removed: see ``await_writes``.
        """
        await connection.execute(trusting(workspace_id))
        version = await connection.fetchval("SELECT settings_version FROM workspaces WHERE id = $1", workspace_id)
        return await self.at_version(connection, workspace_id, version)

    async def at_version(self, connection: Connection, workspace_id: int, version: int | None) -> Snapshot:
        """The snapshot at ``version``, which the caller has just read in its transaction."""
        held = self._held.get(workspace_id)
        if held is None or held[1].version != version:
            held = (0.0, await self._load(connection, workspace_id))
        self._held[workspace_id] = (time.monotonic(), held[1])
        return held[1]

    async def uncommitted(self, connection: Connection, workspace_id: int) -> Snapshot:
        """The definitions as this transaction sees them, its own changes included; never kept for others."""
        return await self._load(connection, workspace_id)

    def forget(self, workspace_id: int) -> None:
        """Drop the snapshot, because this process has just changed a definition."""
        self._held.pop(workspace_id, None)
        self._forgotten.add(workspace_id)

    async def _load(self, connection: Connection, workspace_id: int) -> Snapshot:
        row = await connection.fetchrow(
            "SELECT settings_version, time_zone, base_currency, reads, longest_filter_ms FROM workspaces WHERE id = $1",
            workspace_id,
        )
        if row is None:
            raise NotFound("There is no such workspace.")
        parts = {part.name: await part.load(connection, workspace_id) for part in self._parts}
        followers = await followers_of(connection, workspace_id)
        zone, version = ZoneInfo(row["time_zone"]), row["settings_version"]
        return Snapshot(
            workspace_id, version, zone, row["base_currency"], followers, parts, row["reads"], row["longest_filter_ms"]
        )


def trusting(workspace_id: int) -> str:
    """SQL that begins a write: until its transaction ends nothing can be removed that the definitions name.

    The version must be read in a later statement, whose snapshot is newer than the lock.
    """
    return f"SELECT pg_advisory_xact_lock_shared({_TRUSTED}, {_lock_key(workspace_id)})"


def version_question(workspace_id: int) -> Question[int]:
    """The version at which the definitions stand, for ``at_version``."""
    select = sql("SELECT settings_version FROM workspaces WHERE id = {}", workspace_id)
    return Question(select, lambda rows: int(rows[0]["settings_version"]))


async def await_writes(connection: Connection, workspace_id: int) -> None:
    """Wait for every write that trusts the definitions, and let none begin until this transaction ends.

    The first step of removing a definition that rows refer to (a stage, a loss reason): afterwards a look at the
    rows sees every one of them.
    """
    await connection.execute("SELECT pg_advisory_xact_lock($1, $2)", _TRUSTED, _lock_key(workspace_id))


def _lock_key(workspace_id: int) -> int:
    return workspace_id % 2**31


async def settings_changed(connection: Connection, workspace_id: int) -> None:
    """Raise the version that every process compares: call it in each transaction that changes a settings table."""
    await connection.execute(
        "UPDATE workspaces SET settings_version = settings_version + 1 WHERE id = $1", workspace_id
    )
