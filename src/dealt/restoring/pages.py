"""What was deleted in the pages in the last 30 days, and the way back."""

from __future__ import annotations

import asyncpg

from dealt.accounts import MEMBERS, sees_only
from dealt.deletions import KEPT_FOR, Deletion, end, list_deletions, take_deletion
from dealt.kernel.db import Connection, in_transaction
from dealt.kernel.errors import Conflict
from dealt.kernel.http import Response
from dealt.restoring.kinds import KINDS, Kind, restore
from dealt.web import SIGNED_IN, PageRoute, Visit, action, page

_HERE = "/deleted/"
_A_PAGE = 50
_NEWEST = 2**63 - 1


async def show(visit: Visit) -> Response:
    """The newest first, of those kinds that the member may change."""
    types = [name for name, kind in KINDS.items() if visit.may(kind.area, "write")]
    text = visit.query.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else _NEWEST
    async with visit.reading() as connection:
        found = await list_deletions(connection, visit.workspace_id, types, visit.now, before=before, most=_A_PAGE + 1)
        members = await MEMBERS.load(connection, visit.workspace_id)
    rows = [(one, KINDS[one.object_type].called, _by(one, members)) for one in found[:_A_PAGE] if _may(visit, one)]
    following = f"?before={found[_A_PAGE - 1].id}" if len(found) > _A_PAGE else ""
    return await visit.page("restoring/list.html", rows=rows, following=following, days=KEPT_FOR.days)


async def bring_back(visit: Visit) -> Response:
    """As it was, with what is derived from it; what stands in the way is said, and nothing is changed then."""

    async def work(connection: Connection) -> tuple[Deletion, Kind]:
        deletion = await take_deletion(connection, visit.workspace_id, visit.id(), visit.now)
        if deletion.object_type not in KINDS or not _may(visit, deletion):
            raise visit.not_found("deletion")
        await end(connection, visit.workspace_id, deletion)
        return deletion, await restore(visit, connection, deletion)

    try:
        deletion, kind = await in_transaction(visit.house.pool, work)
    except asyncpg.IntegrityConstraintViolationError:
        raise Conflict("It was kept by an earlier version, and does not fit into this one any more.") from None
    visit.house.definitions.forget(visit.workspace_id)
    return visit.go(kind.place.format(deletion.object_id), f"{deletion.name} is back.")


def _may(visit: Visit, deletion: Deletion) -> bool:
    """Who sees their own deals only brings back what they deleted themselves."""
    if not visit.may(KINDS[deletion.object_type].area, "write"):
        return False
    return sees_only(visit.member) is None or deletion.deleted_by == visit.actor.name


def _by(deletion: Deletion, members: dict[int, str]) -> str:
    _, _, number = deletion.deleted_by.partition(":")
    return members.get(int(number), number) if number.isdigit() else deletion.deleted_by


ROUTES: list[PageRoute] = [
    page(_HERE, show, SIGNED_IN),
    action(f"{_HERE}<int:id>/restore/", bring_back, SIGNED_IN, again=show),
]
