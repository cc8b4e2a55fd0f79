"""Keeping a deal that a member deletes, and bringing it back as it was."""

from __future__ import annotations

from datetime import datetime

from dealt.accounts import Actor, Definitions
from dealt.deals import queries
from dealt.deals.editing import Resolved, ordered_at
from dealt.deals.images import fetch_images, lines_of
from dealt.deals.model import Deal, DealImage
from dealt.deals.storing import Change, store
from dealt.deletions import Deletion, begin, images, keep, put_back
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict
from dealt.kernel.journal import mark_stale
from dealt.pipelines import PIPELINES, Pipelines
from dealt.tasks import rejoin_deal

_OF_DEAL = "t.contact_id = $3 AND t.deal_id = $4"


async def keep_deal(connection: Connection, actor: Actor, image: DealImage, now: datetime) -> int | None:
    """Keep a deal with its lines, its tasks and the segments it is in; the caller holds it."""
    deal, workspace_id = image.deal, actor.workspace_id
    name = deal.name or deal.custom_id or f"Deal {deal.id}"
    kept = await begin(connection, workspace_id, actor.name, "deal", deal.id, name, now, contact_id=deal.contact_id)
    key, whose = (deal.contact_id, deal.id), "t.contact_id"
    await keep(connection, workspace_id, kept, "deals", "t.contact_id = $3 AND t.id = $4", *key, whose=whose)
    for table in ("deal_lines", "deal_segment_members"):
        await keep(connection, workspace_id, kept, table, _OF_DEAL, *key, whose=whose)
    await keep(
        connection, workspace_id, kept, "tasks", _OF_DEAL, *key, whose=whose, image="to_jsonb(t.id)", kind="tasks_of"
    )
    return kept


async def restore_deal(
    connection: Connection, definitions: Definitions, actor: Actor, deletion: Deletion, *, now: datetime
) -> None:
    """Bring a deal back with its number, lines and tasks; what is derived for its contact follows.

    A stage that is gone gives way to the first of its pipeline, a company, a reason or a member that is gone to none.
    Raises Conflict where its own id is another deal's.
    """
    workspace_id, contact_id, deal_id = actor.workspace_id, deletion.contact_id, deletion.object_id
    snapshot = await definitions.for_writing(connection, workspace_id)
    changes = "jsonb_build_object('version', (r.image ->> 'version')::bigint + 1, 'updated_at', $3::timestamptz)"
    await put_back(connection, workspace_id, deletion, "deals", now, place="contact_id", changes=changes)
    image = (await fetch_images(connection, workspace_id, [(contact_id, deal_id)]))[deal_id]
    deal, pipelines = image.deal, snapshot.part(PIPELINES)
    if deal.custom_id is not None:
        await _claim(connection, workspace_id, deal.custom_id, deal_id)
    async for batch in images(connection, workspace_id, deletion.id, "deal_lines"):
        image.lines += lines_of(f"[{','.join(line for _, line in batch)}]")
    image.lines.sort(key=lambda line: line.position)
    _fit(deal, image, pipelines, now)
    deal.ordered_at = ordered_at(deal, Resolved(workspace_id, pipelines, snapshot.time_zone, {}, {}))
    await store(connection, snapshot, [Change(None, image, actor, restored=True)], now)
    there = "EXISTS (SELECT FROM segments AS s WHERE s.workspace_id = r.workspace_id AND s.id = t.segment_id)"
    await put_back(connection, workspace_id, deletion, "deal_segment_members", place="contact_id", condition=there)
    async for batch in images(connection, workspace_id, deletion.id, "tasks_of"):
        await rejoin_deal(connection, actor, deal_id, contact_id, [int(task) for _, task in batch], now=now)
    await mark_stale(connection, workspace_id, [contact_id], now, lane=actor.lane, cause=actor.cause, hop=actor.hop)


async def _claim(connection: Connection, workspace_id: int, custom_id: str, deal_id: int) -> None:
    """Take the deal's own id back from its tombstone. Raises Conflict where a later deal has it."""
    row = await connection.fetchrow(queries.CLAIM_CUSTOM_IDS, workspace_id, [custom_id], [deal_id])
    if row["deal_id"] != deal_id and row["deleted_at"] is None:
        raise Conflict(f'The own id "{custom_id}" is that of deal {row["deal_id"]} now. Change that first.')
    await connection.execute(queries.REVIVE_CUSTOM_IDS, workspace_id, [custom_id], [deal_id])


def _fit(deal: Deal, image: DealImage, pipelines: Pipelines, now: datetime) -> None:
    """Let go of what is not there any more."""
    stage = pipelines.stages.get(deal.stage_id)
    if stage is None:
        known = deal.pipeline_id if deal.pipeline_id in pipelines.pipelines else pipelines.default_pipeline().id
        stage = pipelines.first_stage(known)
        deal.stage_id, deal.stage_entered_at = stage.id, now
    deal.pipeline_id = stage.pipeline_id
    if deal.loss_reason_id not in pipelines.loss_reasons:
        deal.loss_reason_id = None
    if image.company_gone:
        deal.company_id, image.company_custom_id, image.company_gone = None, None, False
