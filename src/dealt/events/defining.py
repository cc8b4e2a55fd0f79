"""The names that events have: declared by people, or made by the first occurrence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from dealt.accounts import Part, settings_changed
from dealt.events import queries
from dealt.events.model import MOST_DEFINITIONS, EventDefinition, EventNames
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import SETTINGS, Entry, difference, record
from dealt.kernel.paging import Order, Page, PageRequest, fetch_page
from dealt.kernel.sql import sql


async def load_names(connection: Connection, workspace_id: int) -> EventNames:
    """All definitions of a workspace."""
    return EventNames(map(definition_of, await connection.fetch(queries.DEFINITIONS, workspace_id)))


def definition_of(row: Record) -> EventDefinition:
    """The definition in a row of ``queries.DEFINITION_COLUMNS``."""
    return EventDefinition(**row)


EVENTS: Part[EventNames] = Part("events", load_names)


async def page_of_definitions(connection: Connection, workspace_id: int, request: PageRequest) -> Page:
    """One page of the definitions, by id."""
    where = [sql("workspace_id = {}", workspace_id)]
    return await fetch_page(connection, queries.DEFINITION_COLUMNS, "event_definitions", where, Order("id"), request)


async def read_definition(connection: Connection, workspace_id: int, definition_id: int) -> EventDefinition:
    """One definition. Raises NotFound."""
    row = await connection.fetchrow(queries.DEFINITION, workspace_id, definition_id)
    if row is None:
        raise NotFound
    return definition_of(row)


async def declare_event(
    connection: Connection, workspace_id: int, name: str, description: str = "", *, actor: str, now: datetime
) -> EventDefinition:
    """A new definition without an occurrence. Raises Conflict for a name that is known, InvalidInput without room."""
    await settings_changed(connection, workspace_id)
    names = await load_names(connection, workspace_id)
    if name in names.by_name:
        raise Conflict(f'There is already an event "{name}".')
    if len(names.by_id) >= MOST_DEFINITIONS:
        raise no_room()
    definition_id = await _insert(connection, workspace_id, name, description, actor, now, "declared")
    return await read_definition(connection, workspace_id, definition_id)


async def update_definition(
    connection: Connection,
    workspace_id: int,
    definition_id: int,
    *,
    actor: str,
    now: datetime,
    name: str | None = None,
    description: str | None = None,
) -> EventDefinition:
    """Change what is not None. Under a new name the occurrences stay; the old one is another event from here on.

    Raises NotFound, and Conflict for a name that another event has.
    """
    await settings_changed(connection, workspace_id)
    names = await load_names(connection, workspace_id)
    before = names.by_id.get(definition_id)
    if before is None:
        raise NotFound
    if name is not None and names.by_name.get(name, before) is not before:
        raise Conflict(f'There is already an event "{name}".')
    values = (
        before.name if name is None else name,
        before.description if description is None else description,
    )
    await connection.execute(queries.UPDATE_DEFINITION, workspace_id, definition_id, *values)
    changes = difference(
        {"name": before.name, "description": before.description}, {"name": values[0], "description": values[1]}
    )
    if changes:
        entry = Entry(SETTINGS, "event_definition.updated", "event_definition", definition_id, actor, changes)
        await record(connection, workspace_id, [entry], now)
    return await read_definition(connection, workspace_id, definition_id)


async def ensure_definitions(
    connection: Connection, workspace_id: int, names: Collection[str], *, actor: str, now: datetime
) -> EventNames:
    """All definitions, with those of ``names`` among them as far as there is room. Holds the workspace's definitions.

    Call it only where the snapshot lacks one of them, or knows it without an occurrence.
    """
    await settings_changed(connection, workspace_id)
    known = await load_names(connection, workspace_id)
    missing = sorted(set(names) - known.by_name.keys())[: max(0, MOST_DEFINITIONS - len(known.by_id))]
    for name in missing:
        await _insert(connection, workspace_id, name, "", actor, now, "inferred")
    return await load_names(connection, workspace_id) if missing else known


async def mark_first(
    connection: Connection, workspace_id: int, definition_ids: Iterable[int], now: datetime
) -> set[int]:
    """Note that these definitions have an occurrence; those of which it is the first. Needs ``ensure_definitions``."""
    rows = await connection.fetch(queries.MARK_FIRST, workspace_id, sorted(definition_ids), now)
    return {row["id"] for row in rows}


def no_room() -> InvalidInput:
    """What a name is refused with that the workspace has no room for."""
    return InvalidInput.of(
        "name",
        f"A workspace has at most {MOST_DEFINITIONS:,} events. What differs from one occurrence to the next belongs in "
        "data, not in the name.",
    )


async def _insert(
    connection: Connection, workspace_id: int, name: str, description: str, actor: str, now: datetime, how: str
) -> int:
    definition_id = await next_settings_id(connection, workspace_id, "event")
    await connection.execute(queries.INSERT_DEFINITION, workspace_id, definition_id, name, description, now)
    changes = {"name": (None, name)} | ({"description": (None, description)} if description else {})
    entry = Entry(SETTINGS, f"event_definition.{how}", "event_definition", definition_id, actor, changes)
    await record(connection, workspace_id, [entry], now)
    return definition_id
