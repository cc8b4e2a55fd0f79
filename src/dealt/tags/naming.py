"""Making, renaming and removing tags."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from dealt.accounts import Part, settings_changed
from dealt.deletions import Deletion, begin, keep, put_back
from dealt.freshness import definitions_name, everything_changed
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.schema import text
from dealt.kernel.sql import sql
from dealt.tags import queries

MOST_TAGS = 10_000
_read_name = text()


async def load_tags(connection: Connection, workspace_id: int) -> dict[int, str]:
    """The names of all tags by id."""
    return {row["id"]: row["name"] for row in await connection.fetch(queries.LOAD, workspace_id)}


TAGS: Part[dict[int, str]] = Part("tags", load_tags)


async def ensure_tags(
    connection: Connection, workspace_id: int, names: Iterable[str], now: datetime, *, actor: str = "system"
) -> dict[str, int]:
    """The id of each name as it was given; missing tags are made. Names differ by case, not by blanks around them.

    Raises InvalidInput for a name that is blank or too long, and where the workspace has no room for more.
    """
    wanted = {name: _name(name, "tags") for name in names}
    known = await _find(connection, workspace_id, wanted.values())
    if any(name not in known for name in wanted.values()):
        # Holds the workspace's row: of several writers of one new name the first makes it, the others find it.
        await settings_changed(connection, workspace_id)
        known = await _find(connection, workspace_id, wanted.values())
        missing = dict.fromkeys(name for name in wanted.values() if name not in known)
        known |= await _create(connection, workspace_id, list(missing), now, actor)
    return {given: known[name] for given, name in wanted.items()}


async def create_tag(
    connection: Connection, workspace_id: int, name: str, *, now: datetime, actor: str = "system"
) -> int:
    """A new tag's id. Raises InvalidInput for a bad name and where there is no room, Conflict where it is taken."""
    name = _name(name, "name")
    await settings_changed(connection, workspace_id)
    if await _find(connection, workspace_id, [name]):
        raise Conflict(f'There is already a tag "{name}".')
    return (await _create(connection, workspace_id, [name], now, actor))[name]


async def read_tag(connection: Connection, workspace_id: int, tag_id: int) -> str:
    """A tag's name. Raises NotFound."""
    name: str | None = await connection.fetchval(queries.NAME_OF, workspace_id, tag_id)
    if name is None:
        raise NotFound
    return name


async def page_of_tags(connection: Connection, workspace_id: int, request: PageRequest) -> Page:
    """One page of ``id`` and ``name`` of the tags, by id."""
    where = [sql("workspace_id = {}", workspace_id)]
    return await fetch_page(connection, "id, name", "tags", where, Order("id"), request)


async def rename_tag(
    connection: Connection, workspace_id: int, tag_id: int, name: str, *, now: datetime, actor: str = "system"
) -> None:
    """Give a tag another name, wherever it is used. Raises NotFound, InvalidInput, Conflict where the name is taken."""
    name = _name(name, "name")
    await settings_changed(connection, workspace_id)
    before = await connection.fetchval(queries.NAME_OF, workspace_id, tag_id)
    if before is None:
        raise NotFound
    if (await _find(connection, workspace_id, [name])).get(name, tag_id) != tag_id:
        raise Conflict(f'There is already a tag "{name}".')
    if before != name:
        await connection.execute(queries.RENAME, workspace_id, tag_id, name)
        entry = Entry(SETTINGS, "tag.updated", "tag", tag_id, actor, {"name": (before, name)})
        await record(connection, workspace_id, [entry], now)


async def delete_tag(
    connection: Connection, workspace_id: int, tag_id: int, *, now: datetime, actor: str = "system"
) -> int | None:
    """Remove a tag; by which deletion it can be brought back. Raises NotFound.

    Whatever wore it keeps the number, which no other tag will ever have; readers pass over unknown numbers.
    """
    await settings_changed(connection, workspace_id)
    name = await read_tag(connection, workspace_id, tag_id)
    kept = await begin(connection, workspace_id, actor, "tag", tag_id, name, now)
    await keep(connection, workspace_id, kept, "tags", "t.id = $3", tag_id)
    await connection.execute(queries.DELETE, workspace_id, tag_id)
    entry = Entry(SETTINGS, "tag.deleted", "tag", tag_id, actor, {"name": (name, None)})
    if await definitions_name(connection, workspace_id, ["tags"]):
        # Those that name it make no sense any more, and hold for nobody.
        await everything_changed(connection, workspace_id, now)
    await record(connection, workspace_id, [entry], now)
    return kept


async def restore_tag(
    connection: Connection, workspace_id: int, deletion: Deletion, *, now: datetime, actor: str
) -> None:
    """Bring a tag back: whatever wore it wears it again. Raises Conflict where its name is taken, or without room."""
    await settings_changed(connection, workspace_id)
    if await connection.fetchval(queries.COUNT, workspace_id) >= MOST_TAGS:
        raise Conflict(f"A workspace has at most {MOST_TAGS} tags; delete some first.")
    if await _find(connection, workspace_id, [deletion.name]):
        raise Conflict(f'There is another tag "{deletion.name}" now. Rename that first.')
    await put_back(connection, workspace_id, deletion, "tags")
    if await definitions_name(connection, workspace_id, ["tags"]):
        await everything_changed(connection, workspace_id, now)
    changes = {"name": (None, deletion.name), "restored": (None, True)}
    await record(
        connection, workspace_id, [Entry(SETTINGS, "tag.created", "tag", deletion.object_id, actor, changes)], now
    )


async def _create(
    connection: Connection, workspace_id: int, names: list[str], now: datetime, actor: str
) -> dict[str, int]:
    if names and await connection.fetchval(queries.COUNT, workspace_id) + len(names) > MOST_TAGS:
        raise InvalidInput.of("tags", f"A workspace has at most {MOST_TAGS} tags; delete some, or send known names.")
    made = {}
    for name in names:
        made[name] = await next_settings_id(connection, workspace_id, "tag")
        await connection.execute(queries.INSERT, workspace_id, made[name], name, now)
    entries = [Entry(SETTINGS, "tag.created", "tag", tag, actor, {"name": (None, name)}) for name, tag in made.items()]
    await record(connection, workspace_id, entries, now)
    return made


async def _find(connection: Connection, workspace_id: int, names: Iterable[str]) -> dict[str, int]:
    rows = await connection.fetch(queries.FIND, workspace_id, list(names))
    return {row["name"]: row["id"] for row in rows}


def _name(given: str, field: str) -> str:
    try:
        return str(_read_name(given))
    except ValueError as error:
        raise InvalidInput.of(field, str(error)) from error
