"""Making, changing and removing lists."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from dealt.accounts import settings_changed
from dealt.deletions import Deletion, begin, keep, put_back
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
) -> tuple[int, int | None]:
    """Remove a list: how many contacts were on it, who stay, and by which deletion it comes back. Raises NotFound."""
    await settings_changed(connection, workspace_id)
    name = (await read_list(connection, workspace_id, list_id)).name
    kept = await begin(connection, workspace_id, actor, "list", list_id, name, now)
    await keep(connection, workspace_id, kept, "lists", "t.id = $3", list_id)
    await keep(connection, workspace_id, kept, "list_members", "t.list_id = $3", list_id, whose="t.contact_id")
    await connection.execute(queries.DELETE, workspace_id, list_id)
    members = [row["contact_id"] for row in await connection.fetch(queries.DELETE_MEMBERS, workspace_id, list_id)]
    await mark_stale(connection, workspace_id, members, now, lane=Lane.BULK, facets=facets.LISTS)
    if await definitions_name(connection, workspace_id, ["lists"]):
        # Those that name it make no sense any more, and hold for nobody.
        await everything_changed(connection, workspace_id, now)
    changes = {"name": (name, None), "members": (len(members), None)}
    await record(connection, workspace_id, [Entry(SETTINGS, "list.deleted", "list", list_id, actor, changes)], now)
    return len(members), kept


async def restore_list(
    connection: Connection, workspace_id: int, deletion: Deletion, *, now: datetime, actor: str
) -> None:
    """Bring a list back, with those who were on it and are still there."""
    await settings_changed(connection, workspace_id)
    await put_back(connection, workspace_id, deletion, "lists")
    await put_back(
        connection, workspace_id, deletion, "list_members", place="contact_id",
        condition="EXISTS (SELECT FROM contacts AS c WHERE c.id = r.contact_id AND NOT c.placeholder)",
    )  # fmt: skip
    members = [
        row["contact_id"] for row in await connection.fetch(queries.MEMBERS_OF, workspace_id, deletion.object_id)
    ]
    await mark_stale(connection, workspace_id, members, now, lane=Lane.BULK, facets=facets.LISTS)
    if await definitions_name(connection, workspace_id, ["lists"]):
        await everything_changed(connection, workspace_id, now)
    changes = {"name": (None, deletion.name), "members": (None, len(members)), "restored": (None, True)}
    entry = Entry(SETTINGS, "list.created", "list", deletion.object_id, actor, changes)
    await record(connection, workspace_id, [entry], now)
