"""What the auditor found: whether what is derived is what a computation from nothing gives."""

from __future__ import annotations

from typing import Any

from dealt.auditing import Audit, newest_rounds, read_standing
from dealt.kernel.clock import iso
from dealt.kernel.http import Response, Route
from dealt.publicapi.call import Call, answer


async def get_audit(call: Call) -> Response:
    """GET /audit/: the last whole round, the one under way, and those before."""
    async with call.reading() as connection:
        standing = await read_standing(connection, call.workspace_id)
        rounds = await newest_rounds(connection, call.workspace_id)
    last, running = standing.last, standing.running
    return answer({
        "drift": last.drift if last else None,
        "as_of": last and last.finished_at and iso(last.finished_at),
        "findings": last.findings if last else [],
        "running": running and shape_round(running) | {"total": standing.contacts},
        "rounds": [shape_round(one) for one in rounds if one.finished_at is not None],
    })  # fmt: skip


def shape_round(one: Audit) -> dict[str, Any]:
    """A round without its findings."""
    return {
        "id": one.id,
        "made_by": one.made_by,
        "started_at": iso(one.started_at),
        "finished_at": one.finished_at and iso(one.finished_at),
        "looked": one.looked,
        "waiting": one.waiting,
        "drift": one.drift,
        "repaired": one.mended,
    }


ROUTES: list[Route[Call]] = [Route(("GET",), "/audit/", get_audit, "read")]
