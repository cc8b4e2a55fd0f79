"""Taking back the last change of a deal: what the journal says was before, written like any other change."""

from __future__ import annotations

import json
import re
from typing import Any
from zoneinfo import ZoneInfo

from dealt.accounts import Actor
from dealt.deals import queries
from dealt.deals.lines import parse_line
from dealt.deals.reading import home_of
from dealt.deals.schemas import DealPatch, parse_deal
from dealt.deals.works import DealWork
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import Conflict, InvalidInput, NotFound

_LINE = re.compile(r"order_products\.(\d+)")
_LISTS = ("products", "products_custom_id", "tags", "participants")
_LOOKS = 10


async def undoing(
    connection: Connection, actor: Actor, deal_id: int, zone: ZoneInfo, *, change_id: int | None = None
) -> DealWork:
    """The work that gives a deal back what its last journalled change took; done twice, it is done again.

    ``change_id`` names the change that shall be taken back: Conflict where it is no longer the last. Conflict, too,
    where the last change cannot be taken back. Raises NotFound for an unknown deal. The work itself is refused where
    somebody changes the deal meanwhile.
    """
    version, change = await _last_change(connection, actor.workspace_id, deal_id)
    if change is None or change["kind"] != "deal.updated":
        raise Conflict("Nothing was changed since the deal was made. If it should not be there, delete it.")
    if change_id is not None and change["id"] != change_id:
        raise Conflict("The deal was changed again since. Look at it as it is now, then undo the latest change.")
    patch = _patch(json.loads(change["changes"]), zone)
    return DealWork(how="update", actor=actor, deal_id=deal_id, patch=patch, only_version=version)


async def _last_change(connection: Connection, workspace_id: int, deal_id: int) -> tuple[int, Record | None]:
    """The deal's version, and the last entry of its history, which is then no older."""
    for _ in range(_LOOKS):
        contact_id = await home_of(connection, workspace_id, deal_id)
        if contact_id is None:
            break
        version = await connection.fetchval(queries.VERSION, workspace_id, contact_id, deal_id)
        if version is not None:
            return version, await connection.fetchrow(queries.LAST_CHANGE, workspace_id, contact_id, deal_id)
    raise NotFound


def _patch(changes: dict[str, list[Any]], zone: ZoneInfo) -> DealPatch:
    if "restored" in changes:
        raise Conflict("This brought the deal's texts back when its contact came back. Undo what was before by hand.")
    if "erased" in changes:
        raise Conflict("What was erased cannot be brought back.")
    body: dict[str, Any] = {}
    edits = {}
    for name, (before, _after) in changes.items():
        line = _LINE.fullmatch(name)
        if line is not None:
            edits[int(line[1])] = None if before is None else parse_line(before, name)
        else:
            body[name] = [] if before is None and name in _LISTS else before
    try:
        patch = parse_deal(body, zone)
    except InvalidInput as error:
        raise Conflict(f"What was before cannot be stored any more: {error.detail}") from None
    patch.line_edits, patch.restores = edits, True
    return patch
