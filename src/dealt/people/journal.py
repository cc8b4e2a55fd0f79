"""What becomes of the journal of people who are joined, split or forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from dealt.kernel.journal import encode
from dealt.people import queries
from dealt.people.model import ROWS_A_BATCH, Forgetting, Move
from dealt.people.movers import Mover, redirect_follows

_BEGINNING = datetime(1800, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Journal(Mover):
    """The last mover of the list. ``of_objects`` are the types whose history other movers take along.

    ``elsewhere`` are the kinds by which followers are told of what no entry tells of.
    """

    of_objects: Sequence[str]
    elsewhere: Sequence[str] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        return ("journal", "follows")

    @property
    def exported(self) -> tuple[str, ...]:
        return ("journal",)

    async def merge(self, move: Move) -> int:
        total = 0
        while True:
            moved = await move.connection.fetchval(
                queries.TAKE_JOURNAL,
                move.workspace_id, list(move.sources), move.target, list(self.of_objects), ROWS_A_BATCH,
            )  # fmt: skip
            if not moved:
                return total
            total += len(moved)
            await redirect_follows(move, moved, but=self.elsewhere)

    async def unmerge(self, move: Move) -> int:
        total, [source] = 0, move.sources
        while True:
            row = await move.connection.fetchrow(
                queries.GIVE_JOURNAL_BACK, move.workspace_id, source, move.target, ROWS_A_BATCH
            )
            if not row["remembered"]:
                return total
            moved = row["moved"] or []
            total += len(moved)
            await redirect_follows(move, moved, but=self.elsewhere)

    async def forget(self, forgetting: Forgetting) -> None:
        """Deletion keeps the history; erasure deletes the person's, and cleans that of its objects."""
        if not forgetting.erasing:
            return
        while True:
            gone = await forgetting.connection.fetchval(
                queries.DROP_JOURNAL, forgetting.workspace_id, list(forgetting.contact_ids), list(self.of_objects),
                ROWS_A_BATCH, list(queries.CLEARED_KINDS),
            )  # fmt: skip
            if not gone:
                break
            forgetting.report.deleted["journal"] += gone
        if forgetting.names.any:
            await self._clean(forgetting)

    async def _clean(self, forgetting: Forgetting) -> None:
        after = (0, _BEGINNING, 0)
        while True:
            rows = await forgetting.connection.fetch(
                queries.JOURNAL_OF, forgetting.workspace_id, list(forgetting.contact_ids), *after, ROWS_A_BATCH
            )
            if not rows:
                return
            after = (rows[-1]["contact_id"], rows[-1]["at"], rows[-1]["id"])
            cleaned = []
            for row in rows:
                changes = msgspec.json.decode(row["changes"])
                if (clean := forgetting.names.clean(changes)) is not changes:
                    cleaned.append({name: row[name] for name in ("contact_id", "at", "id")} | {"changes": clean})
            if cleaned:
                await forgetting.connection.execute(queries.CLEAN_JOURNAL, encode(cleaned))
                forgetting.report.cleaned["journal"] += len(cleaned)
