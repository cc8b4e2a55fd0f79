"""Making, changing and removing lists."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from dealt.accounts import settings_changed
from dealt.freshness import definitions_name, everything_changed, facets
from dealt.kernel.db import Connection
from dealt.kernel.errors import NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import SETTINGS, Entry, Lane, difference, mark_stale, record
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import sql
from dealt.lists import queries


@dataclass(frozen=True, slots=True)
class List:
    """A static group of contacts: whoever was put on it, until taken off."""

    id: int
    name: str
    description: str
    created_at: datetime


async def read_list(connection: Connection, workspace_id: int, list_id: int) -> List:
    """One list. Raises NotFound."""
    row = await connection.fetchrow(queries.READ, workspace_id, list_id)
    if row is None:
        raise NotFound
    return List(**row)


async def page_of_lists(connection: Connection, workspace_id: int, request: PageRequest) -> Page:
    """One page of the lists, by id."""
    conditions = [sql("workspace_id = {}", workspace_id)]
    return await fetch_page(connection, "id, name, description, created_at", "lists", conditions, Order("id"), request)


async def ids_of_lists(connection: Connection, workspace_id: int) -> dict[str, int]:
    """The ids of the first 10,000 lists by name; of several lists of one name the oldest."""
    return {row["name"]: row["id"] for row in await connection.fetch(queries.IDS, workspace_id)}


async def create_list(
    connection: Connection,
    workspace_id: int,
    *,
    name: str,
    now: datetime,
    description: str = "",
    actor: str = "system",
) -> List:
    """A new, empty list. Names may repeat."""
    await settings_changed(connection, workspace_id)
    list_id = await next_settings_id(connection, workspace_id, "list")
    await connection.execute(queries.INSERT, workspace_id, list_id, name, description, now)
    changes = {"name": (None, name), "description": (None, description)}
    await record(connection, workspace_id, [Entry(SETTINGS, "list.created", "list", list_id, actor, changes)], now)
    return List(list_id, name, description, now)


async def ensure_list(
    connection: Connection, workspace_id: int, name: str, *, now: datetime, actor: str = "system"
) -> int:
    """The id of the list of this name, the oldest where several have it; a missing one is made."""
    found: int | None = await connection.fetchval(queries.NAMED, workspace_id, name)
    if found is None:
        # Holds the workspace's row: of several writers of one new name the first makes it, the others find it.
        await settings_changed(connection, workspace_id)
        found = await connection.fetchval(queries.NAMED, workspace_id, name)
    if found is None:
        found = (await create_list(connection, workspace_id, name=name, now=now, actor=actor)).id
    return found


async def update_list(
    connection: Connection,
    workspace_id: int,
    list_id: int,
    *,
    now: datetime,
    name: str | None = None,
    description: str | None = None,
    actor: str = "system",
) -> List:
    """Change what is not None. Raises NotFound."""
    await settings_changed(connection, workspace_id)
    before = await read_list(connection, workspace_id, list_id)
    values = (name or before.name, before.description if description is None else description)
    await connection.execute(queries.UPDATE, workspace_id, list_id, *values)
    after = List(list_id, *values, before.created_at)
    if changes := difference(asdict(before), asdict(after)):
        await record(connection, workspace_id, [Entry(SETTINGS, "list.updated", "list", list_id, actor, changes)], now)
    return after


async def delete_list(
    connection: Connection, workspace_id: int, list_id: int, *, now: datetime, actor: str = "system"
) -> int:
    """Remove a list and say how many contacts were on it; they stay. Raises NotFound."""
    await settings_changed(connection, workspace_id)
    name = await connection.fetchval(queries.DELETE, workspace_id, list_id)
    if name is None:
        raise NotFound
    members = [row["contact_id"] for row in await connection.fetch(queries.DELETE_MEMBERS, workspace_id, list_id)]
    await mark_stale(connection, workspace_id, members, now, lane=Lane.BULK, facets=facets.LISTS)
    if await definitions_name(connection, workspace_id, ["lists"]):
        # Those that name it make no sense any more, and hold for nobody.
        await everything_changed(connection, workspace_id, now)
    changes = {"name": (name, None), "members": (len(members), None)}
    await record(connection, workspace_id, [Entry(SETTINGS, "list.deleted", "list", list_id, actor, changes)], now)
    return len(members)
