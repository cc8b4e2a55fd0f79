"""Making, renaming and removing the reasons for which deals are lost."""

from __future__ import annotations

from datetime import datetime

from dealt.accounts import await_writes
from dealt.deletions import begin, keep
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.pipelines import queries
from dealt.pipelines.loading import hold_pipelines, record_change
from dealt.pipelines.model import MOST_LOSS_REASONS, Pipelines


async def create_loss_reason(
    connection: Connection, workspace_id: int, name: str, *, now: datetime, actor: str = "system"
) -> int:
    """The id of a new loss reason. Raises Conflict where the name is taken, InvalidInput where there are too many."""
    known = await hold_pipelines(connection, workspace_id)
    _refuse_taken(known, name)
    if len(known.loss_reasons) >= MOST_LOSS_REASONS:
        raise InvalidInput.of("name", f"A workspace has at most {MOST_LOSS_REASONS} loss reasons; delete one first.")
    reason_id = await next_settings_id(connection, workspace_id, "loss_reason")
    await connection.execute(queries.INSERT_LOSS_REASON, workspace_id, reason_id, name, now)
    changes = {"name": (None, name)}
    await record_change(connection, workspace_id, "loss_reason", "created", reason_id, changes, now=now, actor=actor)
    return reason_id


async def rename_loss_reason(
    connection: Connection, workspace_id: int, reason_id: int, name: str, *, now: datetime, actor: str = "system"
) -> None:
    """Give a loss reason another name, on past deals too. Raises NotFound, and Conflict where the name is taken."""
    known = await hold_pipelines(connection, workspace_id)
    before = known.loss_reasons.get(reason_id)
    if before is None:
        raise NotFound
    if before == name:
        return
    _refuse_taken(known, name)
    await connection.execute(queries.RENAME_LOSS_REASON, workspace_id, reason_id, name)
    changes = {"name": (before, name)}
    await record_change(connection, workspace_id, "loss_reason", "updated", reason_id, changes, now=now, actor=actor)


async def delete_loss_reason(
    connection: Connection, workspace_id: int, reason_id: int, *, now: datetime, actor: str = "system"
) -> int | None:
    """Remove a loss reason; by which deletion it comes back. Raises NotFound, and Conflict where lost deals give it."""
    await await_writes(connection, workspace_id)
    known = await hold_pipelines(connection, workspace_id)
    if reason_id not in known.loss_reasons:
        raise NotFound
    if await connection.fetchval(queries.LOSS_REASON_IS_GIVEN, workspace_id, reason_id):
        raise Conflict(f'Lost deals give "{known.loss_reasons[reason_id]}" as their reason. Change them first.')
    kept = await begin(connection, workspace_id, actor, "loss_reason", reason_id, known.loss_reasons[reason_id], now)
    await keep(connection, workspace_id, kept, "loss_reasons", "t.id = $3", reason_id)
    await connection.execute(queries.DELETE_LOSS_REASON, workspace_id, reason_id)
    changes = {"name": (known.loss_reasons[reason_id], None)}
    await record_change(connection, workspace_id, "loss_reason", "deleted", reason_id, changes, now=now, actor=actor)
    return kept


def _refuse_taken(known: Pipelines, name: str) -> None:
    if name in known.loss_reasons.values():
        raise Conflict(f'There is already a loss reason "{name}".')
