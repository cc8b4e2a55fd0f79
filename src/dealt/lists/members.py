"""Who is on a list: contacts put on it and taken off it in sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from dealt.accounts import Actor, trusting
from dealt.freshness import facets
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import NotFound
from dealt.kernel.journal import Entry, mark_stale, record
from dealt.kernel.paging import Narrowed, Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import sql
from dealt.lists import queries
from dealt.lists.keeping import read_list


async def add_to_list(
    connection: Connection, actor: Actor, list_id: int, contact_ids: Iterable[int], *, now: datetime
) -> list[int]:
    """Put contacts on a list; the ids of those who were not on it yet, ascending.

    Ids that are no contact of the workspace are passed over. Raises NotFound for the list.
    """
    # No contact can be merged into another one before the membership is there to be moved with it.
    await connection.execute(trusting(actor.workspace_id))
    if await connection.fetchval(queries.HOLD, actor.workspace_id, list_id) is None:
        raise NotFound
    rows = await connection.fetch(queries.ADD, actor.workspace_id, list_id, sorted(set(contact_ids)), now)
    return await _follow(connection, actor, list_id, "list.joined", _ids(rows), now)


async def remove_from_list(
    connection: Connection, actor: Actor, list_id: int, contact_ids: Iterable[int], *, now: datetime
) -> list[int]:
    """Take contacts off a list; the ids of those who were on it, ascending. Raises NotFound for the list."""
    await read_list(connection, actor.workspace_id, list_id)
    rows = await connection.fetch(queries.REMOVE, actor.workspace_id, list_id, sorted(set(contact_ids)))
    return await _follow(connection, actor, list_id, "list.left", _ids(rows), now)


async def page_of_members(connection: Connection, workspace_id: int, list_id: int, request: PageRequest) -> Page:
    """One page of ``contact_id`` and ``added_at`` of the members, by contact; the request is about ``s``, the contacts.

    Raises NotFound for the list.
    """
    await read_list(connection, workspace_id, list_id)
    conditions = [sql("m.workspace_id = {}", workspace_id), sql("m.list_id = {}", list_id)]
    select, source, key = queries.MEMBERS
    if request.narrowed != Narrowed():
        select, source, key = queries.MEMBERS_NARROWED
    return await fetch_page(connection, select, source, conditions, Order(key, id_column=key), request)


async def lists_of(
    connection: Connection, workspace_id: int, contact_ids: Sequence[int]
) -> dict[int, list[dict[str, object]]]:
    """For each contact that is on a list: ``id``, ``name`` and ``description`` of its lists, by id."""
    found: dict[int, list[dict[str, object]]] = {}
    for row in await connection.fetch(queries.LISTS_OF, workspace_id, contact_ids):
        entry = {name: row[name] for name in ("id", "name", "description")}
        found.setdefault(row["contact_id"], []).append(entry)
    return found


def _ids(rows: Iterable[Record]) -> list[int]:
    return sorted(row["contact_id"] for row in rows)


async def _follow(
    connection: Connection, actor: Actor, list_id: int, kind: str, contact_ids: list[int], now: datetime
) -> list[int]:
    joined = kind == "list.joined"
    changes = {"list": (None, list_id) if joined else (list_id, None)}
    entries = [
        Entry(contact_id, kind, "list", list_id, actor.name, changes, int(actor.cause), actor.hop)
        for contact_id in contact_ids
    ]
    await record(connection, actor.workspace_id, entries, now)
    await mark_stale(
        connection, actor.workspace_id, contact_ids, now, lane=actor.lane, cause=actor.cause, hop=actor.hop,
        facets=facets.LISTS,
    )  # fmt: skip
    return contact_ids
