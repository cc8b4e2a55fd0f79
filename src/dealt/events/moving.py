"""What becomes of what contacts did when they are joined, split or forgotten. Ids and times stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dealt.events import queries
from dealt.events.model import Kind
from dealt.people import Forgetting, Move, Mover, Passing, Rows

TABLES = {Kind.EVENT: "events", Kind.PRODUCT_EVENT: "product_events", Kind.PAGE_VIEW: "page_views"}


@dataclass(frozen=True)
class OccurrenceRows(Rows):
    """Occurrences go with the client's own ids of them, and an erasure deletes both; event names stay."""

    kind: Kind = field(kw_only=True)

    async def follow(self, move: Move, moved: Sequence[tuple[int, int]]) -> None:
        ids = [row_id for _, row_id in moved]
        rows = await move.connection.fetch(
            queries.CUSTOM_IDS_OF.format(table=self.table), move.workspace_id, move.target, ids
        )
        if rows:
            named = [row["custom_id"] for row in rows]
            await move.connection.execute(
                queries.MOVE_CUSTOM_IDS, move.workspace_id, int(self.kind), named, move.target
            )

    async def forget(self, forgetting: Forgetting) -> None:
        if forgetting.erasing:
            rows = await forgetting.connection.fetch(
                queries.ALL_CUSTOM_IDS_OF.format(table=self.table),
                forgetting.workspace_id, list(forgetting.contact_ids),
            )  # fmt: skip
            await forgetting.connection.execute(
                queries.ERASE_CUSTOM_IDS, forgetting.workspace_id, int(self.kind), [row["custom_id"] for row in rows]
            )
        await super().forget(forgetting)


def _rows(kind: Kind, told_as: str) -> OccurrenceRows:
    return OccurrenceRows(TABLES[kind], "id", within="happened_at", told_as=told_as, kind=kind)


OCCURRENCES: tuple[Mover, ...] = (
    _rows(Kind.EVENT, "event.created"),
    _rows(Kind.PRODUCT_EVENT, "product_event.created"),
    _rows(Kind.PAGE_VIEW, "page_view.created"),
    # Each of the three moves its own.
    Passing(("event_custom_ids",)),
)
