"""What belongs to a contact: each kind of rows says what becomes of it when people are joined, split or forgotten.

The composition root lists a mover for every table that carries a contact's id; a test walks the catalogue for tables
that have none. A later domain adds its own: mostly ``Rows("its_table", "its id column")``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dealt.deletions import keep, put_back
from dealt.kernel.db import affected
from dealt.kernel.journal import Entry, encode, record
from dealt.people import queries
from dealt.people.model import ROWS_A_BATCH, Forgetting, Move, Returning


class Mover:
    """Does nothing: what a mover does not say stays with the contact whose it was."""

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it answers for."""
        raise NotImplementedError

    @property
    def cleans(self) -> tuple[str, ...]:
        """Tables without a contact's id of which it forgets what names the person."""
        return ()

    @property
    def exported(self) -> tuple[str, ...]:
        """Those of its tables that a person's export shows."""
        return self.tables

    @property
    def told(self) -> tuple[str, ...]:
        """The kinds by which followers are told of its rows themselves, where no journal entry tells of them."""
        return ()

    @property
    def histories(self) -> tuple[str, ...]:
        """The types of objects whose journal goes where the object goes."""
        return ()

    async def merge(self, move: Move) -> int:
        """Take all rows of the sources to the target and remember whose they were; how many."""
        return 0

    async def unmerge(self, move: Move) -> int:
        """Give the rows that are remembered as the target's back to it, as they are now; how many."""
        return 0

    async def forget(self, forgetting: Forgetting) -> None:
        """Delete or clean what is known of the person, and count it in the report; what is deleted is kept where the
        deletion can be taken back.
        """

    async def restore(self, returning: Returning) -> None:
        """Put back what ``forget`` has kept."""


@dataclass(frozen=True)
class Rows(Mover):
    """The usual mover: a table whose primary key is ``(contact_id, key)``, where ``key`` holds whole numbers.

    ``within`` is the column between them, where the key has one, such as a time. The table has no column that only
    the database may write; one that is ``versioned`` has ``version`` and ``updated_at``. ``directory`` is a table, and
    its key, that says where each row is: its rows are held first. ``history`` is the rows' object type in the journal;
    ``told_as`` the kind by which followers are told of a row that no journal entry tells of.
    ``can_meet``: two contacts may have a row with the same key, such as a membership. ``movable`` is SQL on ``t`` that
    holds of rows that go back for themselves. ``until`` says what the rows survive: ``"erasure"`` means that the
    deletion of a contact leaves them. ``parent`` is the table of what ``key`` names, without which no row comes back.
    """

    table: str
    key: str
    within: str | None = None
    directory: tuple[str, str] | None = None
    history: str | None = None
    versioned: bool = False
    told_as: str | None = None
    can_meet: bool = False
    movable: str = "true"
    until: str = "erasure"
    parent: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table, self.directory[0]) if self.directory else (self.table,)

    @property
    def exported(self) -> tuple[str, ...]:
        return (self.table,)

    @property
    def histories(self) -> tuple[str, ...]:
        return (self.history,) if self.history else ()

    @property
    def told(self) -> tuple[str, ...]:
        return (self.told_as,) if self.told_as else ()

    async def merge(self, move: Move) -> int:
        statement = queries.take(self.table, self.key, self.within, versioned=self.versioned)
        total, ids, sources = 0, None, list(move.sources)
        while True:
            if self.directory:
                found = await move.connection.fetch(
                    queries.choose(self.table, self.key), move.workspace_id, sources, ROWS_A_BATCH
                )
                ids = await self._hold(move, [row["row_id"] for row in found])
            rows = await move.connection.fetch(
                statement, move.workspace_id, sources, move.target, self._changes(move, move.target), ROWS_A_BATCH, ids
            )
            if not rows:
                return total
            await self._moved(move, [(row["former_id"], row["row_id"]) for row in rows])
            total += len(rows)

    async def unmerge(self, move: Move) -> int:
        statement = queries.give_back(
            self.table, self.key, self.within, versioned=self.versioned, movable=self.movable, can_meet=self.can_meet
        )
        total, [source] = 0, move.sources
        arguments = (move.workspace_id, source, move.target)
        while True:
            if self.directory:
                found = await move.connection.fetch(queries.choose_remembered(self.table), *arguments, ROWS_A_BATCH)
                await self._hold(move, [row["row_id"] for row in found])
            row = await move.connection.fetchrow(statement, *arguments, self._changes(move, move.target), ROWS_A_BATCH)
            if not row["remembered"]:
                return total
            moved = row["moved"] or []
            total += len(moved)
            await self._given_back(move, moved)

    async def forget(self, forgetting: Forgetting) -> None:
        if self.until == "erasure" and not forgetting.erasing:
            return
        await keep(
            forgetting.connection, forgetting.workspace_id, forgetting.deletion_id, self.table,
            "t.contact_id = ANY($3::bigint[])", list(forgetting.contact_ids), whose="t.contact_id",
        )  # fmt: skip
        statement = queries.drop(self.table, self.key, self.within)
        while True:
            gone = await forgetting.connection.fetchval(
                statement, forgetting.workspace_id, list(forgetting.contact_ids), ROWS_A_BATCH
            )
            if not gone:
                return
            forgetting.report.deleted[self.table] += len(gone)
            if self.directory:
                await forgetting.connection.execute(
                    queries.drop_from_directory(*self.directory), forgetting.workspace_id, gone
                )

    async def restore(self, returning: Returning) -> None:
        if self.until == "deletion":
            there = f"EXISTS (SELECT FROM {self.parent} AS p WHERE p.workspace_id = $1 AND p.id = t.{self.key})"
            await put_back(
                returning.connection, returning.workspace_id, returning.deletion, self.table,
                place="contact_id", condition=there if self.parent else "true",
            )  # fmt: skip

    async def follow(self, move: Move, moved: Sequence[tuple[int, int]]) -> None:
        """What else must be done for moved rows: pairs of the contact whose they were, and their id."""

    async def _moved(self, move: Move, moved: Sequence[tuple[int, int]]) -> None:
        if self.directory:
            ids = [row_id for _, row_id in moved]
            await move.connection.execute(queries.redirect(*self.directory), move.workspace_id, ids, move.target)
        if self.told_as:
            await redirect_follows(move, [row_id for _, row_id in moved], self.told_as)
        await self.follow(move, moved)

    async def _given_back(self, move: Move, moved: Sequence[int]) -> None:
        if not moved:
            return
        [source] = move.sources
        if self.history:
            await move_history(move, self.history, moved)
        await self._moved(move, [(source, row_id) for row_id in moved])
        if self.can_meet and move.siblings:
            await move.connection.execute(
                queries.keep_for_siblings(self.table),
                source, list(move.siblings), list(moved), self._changes(move, source),
            )  # fmt: skip

    async def _hold(self, move: Move, ids: list[int]) -> list[int]:
        assert self.directory, "only rows of a directory are held in it"
        await move.connection.fetch(queries.hold(*self.directory), move.workspace_id, ids)
        return ids

    def _changes(self, move: Move, contact_id: int) -> str:
        changed: dict[str, Any] = {"contact_id": contact_id}
        return encode(changed | {"updated_at": move.now} if self.versioned else changed)


@dataclass(frozen=True, slots=True)
class Derived(Mover):
    """A table of what is computed for contacts: nothing of it moves, it is computed anew."""

    table: str

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table,)

    async def merge(self, move: Move) -> int:
        await move.connection.execute(queries.drop_all(self.table), move.workspace_id, list(move.sources))
        return 0

    async def forget(self, forgetting: Forgetting) -> None:
        status = await forgetting.connection.execute(
            queries.drop_all(self.table), forgetting.workspace_id, list(forgetting.contact_ids)
        )
        forgetting.report.deleted[self.table] += affected(status)


@dataclass(frozen=True, slots=True)
class Passing(Mover):
    """Tables whose rows need not follow anybody: queues that are emptied, and names that are moved as names."""

    passing: tuple[str, ...]

    @property
    def tables(self) -> tuple[str, ...]:
        return self.passing

    @property
    def exported(self) -> tuple[str, ...]:
        return ()


async def tell_moved(move: Move, object_type: str, moved: Sequence[tuple[int, int]]) -> None:
    """Journal of objects (whose they were, id) that their contact is another one now."""
    target, actor = move.shown(move.target), move.actor
    entries = [
        Entry(
            move.target, f"{object_type}.updated", object_type, object_id, actor.name,
            {"user_id": (move.shown(former), target)}, int(actor.cause), actor.hop,
        )
        for former, object_id in moved
    ]  # fmt: skip
    await record(move.connection, move.workspace_id, entries, move.now)


async def move_parts(move: Move, table: str, key: str, ids: Sequence[int]) -> None:
    """Take rows of ``table`` along with the objects ``ids`` that they are parts of; nothing is remembered of them."""
    await move.connection.execute(
        queries.take_parts(table, key), move.workspace_id, list(move.sources), ids, encode({"contact_id": move.target})
    )


async def move_history(move: Move, object_type: str, ids: Sequence[int]) -> None:
    """Take the journal of objects along, and the queue rows of followers who have not read it yet."""
    moved = await move.connection.fetchval(
        queries.TAKE_HISTORY, move.workspace_id, list(move.sources), object_type, ids, move.target
    )
    if moved:
        await redirect_follows(move, moved, f"{object_type}.")


async def redirect_follows(move: Move, ids: Sequence[int], kind: str = "", *, but: Sequence[str] = ()) -> None:
    """Tell followers, who look up by its contact what they are told of, where it went.

    Of ``ids`` are journal entries, or rows of which followers are told as ``kind``, which is how kinds begin; ``but``
    are kinds that are not meant.
    """
    await move.connection.execute(queries.REDIRECT_FOLLOWS, list(move.sources), move.target, list(ids), kind, list(but))


class Movers(tuple[Mover, ...]):
    """All of them, in the order in which things are moved."""

    __slots__ = ()
