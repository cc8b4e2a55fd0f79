"""Rows of directories by name that lead to nothing: custom ids of deals, tasks and occurrences, and devices' keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dealt.auditing import queries
from dealt.auditing.model import Audit
from dealt.freshness import Drift, Unit
from dealt.kernel.db import Connection, Record

BATCH = 250
"""Contacts of as many rows are looked into at once, whatever they have done."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of a directory: their ``key``, the ``table`` that they lead to, what is the ``same`` there, and of what."""

    subject: str
    table: str
    same: str
    key: str = "custom_id"
    kind: int | None = None


_ROW = "t.contact_id = listed.contact_id AND t.contact_id = ANY($3::bigint[]) AND "
_OF_A_CONTACT = _ROW + "t.id = listed.id AND t.custom_id = listed.key"
_PARTS: dict[str, tuple[_Part, ...]] = {
    "deal_custom_ids": (_Part("deal", "deal_ids", "t.deal_id = listed.id AND t.custom_id = listed.key"),),
    "task_custom_ids": (_Part("task", "tasks", _OF_A_CONTACT),),
    "event_custom_ids": (
        _Part("event", "events", _OF_A_CONTACT, kind=1),
        _Part("product_event", "product_events", _OF_A_CONTACT, kind=2),
        _Part("page_view", "page_views", _OF_A_CONTACT, kind=3),
    ),
    "device_keys": (_Part("contact", "devices", _ROW + "t.fcm_key = listed.key", key="fcm_key"),),
}


async def check_names(
    connection: Connection, workspace_id: int, audit: Audit, *, mend: bool
) -> tuple[bool, list[Drift]]:
    """Look at up to 250 rows behind ``audit.last_key`` of the part ``audit.last_id``: whether all are done, and drift.

    What looks astray is asked again under the lock that every write of it begins with. What clients call a thing may
    name somebody: drift tells the number that is listed instead.
    """
    directory, parts = audit.stage, _PARTS[audit.stage]
    part = parts[audit.last_id]
    listed = queries.LISTED_NAMES[directory].format(key=part.key, kind=part.kind)
    rows = await connection.fetch(listed, workspace_id, audit.last_key, BATCH)
    lost = await _astray(connection, workspace_id, part, rows)
    if lost:
        hold = queries.HOLD_NAMES[directory].format(key=part.key, kind=part.kind)
        lost = await _astray(connection, workspace_id, part, await connection.fetch(hold, workspace_id, list(lost)))
    if lost and mend:
        also = "" if part.kind is None else f" AND kind = {part.kind}"
        drop = queries.DROP_NAMES.format(directory=directory, key=part.key, also=also)
        await connection.execute(drop, workspace_id, list(lost))
    drift = [Drift(Unit(0, part.subject, one, directory, directory), one, None) for one in lost.values()]
    if len(rows) == BATCH:
        audit.last_key = rows[-1]["key"]
        return False, drift
    audit.last_id, audit.last_key = audit.last_id + 1, ""
    return audit.last_id == len(parts), drift


async def _astray(connection: Connection, workspace_id: int, part: _Part, rows: Sequence[Record]) -> dict[str, int]:
    """The keys that lead to nothing, with the numbers that are listed for them."""
    kept = [row for row in rows if row["kept"]]
    if not kept:
        return {}
    columns = ([row[name] for row in kept] for name in ("key", "contact_id", "id"))
    statement = queries.NAMES_ASTRAY.format(table=part.table, same=part.same)
    gone = {row["key"] for row in await connection.fetch(statement, workspace_id, *columns)}
    return {row["key"]: row["id"] for row in kept if row["key"] in gone}
