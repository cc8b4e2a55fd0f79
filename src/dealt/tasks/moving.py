"""What becomes of the tasks about people who are joined, split or forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from dealt.kernel.db import Record
from dealt.kernel.journal import encode
from dealt.people import (
    Forgetting,
    Move,
    Returning,
    Rows,
    keep_texts,
    kept_texts,
    move_history,
    move_parts,
    tell_moved,
    with_texts_of,
)
from dealt.tasks import queries

TASKS_A_BATCH = 500


class TaskRows(Rows):
    """Tasks without a deal go for themselves; where a deal is given back, its tasks go with it."""

    def __init__(self) -> None:
        super().__init__(
            "tasks", "id", directory=("task_ids", "task_id"), history="task", versioned=True,
            movable="t.deal_id IS NULL",
        )  # fmt: skip

    async def follow(self, move: Move, moved: Sequence[tuple[int, int]]) -> None:
        await tell_moved(move, "task", moved)

    async def forget(self, forgetting: Forgetting) -> None:
        """Erasure deletes the tasks that are about nothing but the person; the others lose what names somebody."""
        connection, workspace_id = forgetting.connection, forgetting.workspace_id
        contact_ids = list(forgetting.contact_ids)
        if forgetting.erasing:
            rows = await connection.fetch(queries.ABOUT_NO_DEAL, workspace_id, contact_ids)
            gone = [row["id"] for row in rows]
            named = [row["custom_id"] for row in rows if row["custom_id"] is not None]
            await connection.fetch(queries.HOLD_MANY, workspace_id, gone)
            await connection.execute(queries.DROP, workspace_id, gone, contact_ids)
            await connection.execute(queries.DROP_IDS, workspace_id, gone)
            await connection.execute(queries.DROP_CUSTOM_IDS, workspace_id, named, gone)
            forgetting.report.deleted["tasks"] += len(gone)
        if forgetting.names.any:
            await self._clean(forgetting)

    async def _clean(self, forgetting: Forgetting) -> None:
        after = (0, 0)
        while True:
            rows = await forgetting.connection.fetch(
                queries.TEXTS, forgetting.workspace_id, list(forgetting.contact_ids), *after, TASKS_A_BATCH
            )
            if not rows:
                return
            after = (rows[-1]["contact_id"], rows[-1]["id"])
            cleaned = [clean for row in rows if (clean := _cleaned(forgetting, dict(row)))]
            if cleaned:
                before = {row["id"]: _texts(row) for row in rows}
                await keep_texts(forgetting, "task_texts", [(before[one["id"]], one) for one in cleaned])
                ids = [task["id"] for task in cleaned]
                await forgetting.connection.fetch(queries.HOLD_MANY, forgetting.workspace_id, ids)
                await forgetting.connection.execute(
                    queries.CLEAN, forgetting.workspace_id, encode(cleaned), forgetting.now
                )
                forgetting.report.cleaned["tasks"] += len(cleaned)

    async def restore(self, returning: Returning) -> None:
        """Texts come back where nobody changed them since."""
        connection, workspace_id = returning.connection, returning.workspace_id
        async for kept in kept_texts(returning, "task_texts"):
            held = await connection.fetch(queries.HOLD_MANY, workspace_id, list(kept))
            keys = ([row["contact_id"] for row in held], [row["task_id"] for row in held])
            rows = [_texts(row) for row in await connection.fetch(queries.TEXTS_OF, workspace_id, *keys)]
            back = [_mended(row, *kept[row["id"]]) for row in rows]
            await connection.execute(queries.CLEAN, workspace_id, encode(back), returning.now)


async def move_tasks_of(move: Move, deal_ids: Sequence[int]) -> None:
    """Take the tasks of deals along, whose rows in the directory the caller holds."""
    connection, workspace_id, [source] = move.connection, move.workspace_id, move.sources
    rows = await connection.fetch(queries.OF_DEALS, workspace_id, source, deal_ids)
    ids = [row["id"] for row in rows]
    if not ids:
        return
    await connection.fetch(queries.HOLD_MANY, workspace_id, ids)
    await move_parts(move, "tasks", "id", ids)
    await connection.execute(queries.TOUCH, workspace_id, move.target, ids, move.now)
    await connection.execute(queries.MOVE_IDS, workspace_id, ids, move.target)
    await move_history(move, "task", ids)
    await tell_moved(move, "task", [(source, task_id) for task_id in ids])


def _cleaned(forgetting: Forgetting, row: dict[str, Any]) -> dict[str, Any] | None:
    names, before = forgetting.names, row | {"attributes": msgspec.json.decode(row["attributes"])}
    attributes = {n: v for n, v in names.clean(before["attributes"]).items() if v is not None}
    after = (
        before | {name: names.clean_text(row[name]) for name in ("name", "description")} | {"attributes": attributes}
    )
    return None if after == before else after


def _texts(row: Record) -> dict[str, Any]:
    return dict(row) | {"attributes": msgspec.json.decode(row["attributes"])}


def _mended(now: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    texts = {name: before[name] if now[name] == after[name] else now[name] for name in ("name", "description")}
    attributes = with_texts_of(now["attributes"], before["attributes"], after["attributes"])
    return now | texts | {"attributes": attributes}


TASKS = TaskRows()
