"""Bulk intake: newline-delimited JSON in, one result line for each input line out."""

from __future__ import annotations

from typing import Any

from dealt.deals import DealWork, DealWritten, parse_deal, upsert
from dealt.kernel.http import Response, Route
from dealt.publicapi.call import Call
from dealt.publicapi.streaming import Bulk, is_silent, respond


async def write_deals(call: Call) -> Response:
    """POST /deals/bulk/: upsert (or, without a custom_id, create) a deal for each line; a bad line stops no other.

    ``?silent=true`` marks the changes as silent: automations ignore them. ``?dry_run=true`` undoes every set and tells
    with each line what its set would change of its deal; a line then knows only the earlier ones of its own set.
    """
    snapshot = await call.snapshot()
    actor = call.actor.in_bulk(silent=is_silent(call))

    def parse(body: dict[str, Any]) -> DealWork:
        patch = parse_deal(body, snapshot.time_zone, user_id_is_custom=call.version == 1)
        if patch.fields.get("custom_id") is None:
            return DealWork(how="create", actor=actor, patch=patch)
        return upsert(patch, actor)

    bulk = Bulk(
        parse=parse,
        keys=lambda work: work.keys,
        write=lambda call, works: call.services.deals.write_many(call.workspace_id, works),
        told=_told,
        named=lambda work: {"custom_id": work.custom_id},
        object_type="deal",
    )
    return respond(call, bulk)


def _told(written: DealWritten) -> dict[str, Any]:
    custom_id = written.image.deal.custom_id if written.image else None
    told = {"status": 201 if written.created else 200, "id": written.deal_id, "custom_id": custom_id}
    told["created"] = written.created
    return told | ({"ignored": written.ignored} if written.ignored else {})


ROUTES: list[Route[Call]] = [Route(("POST",), "/deals/bulk/", write_deals, "write", streams=True, rehearses=True)]
