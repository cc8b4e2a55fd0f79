"""Roles of a workspace's own: which areas its members may read or write, and whether they see only their own deals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import asyncpg

from dealt.accounts import queries
from dealt.accounts.roles import AREAS, CUSTOM, ROLES, Action
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import SETTINGS, Entry, encode, record
from dealt.kernel.schema import LONGEST_NAME

MOST_ROLES = 100


async def list_roles(connection: Connection, workspace_id: int) -> list[Record]:
    """The workspace's own roles with how many members have them; ``areas`` is JSON text."""
    return list(await connection.fetch(queries.LIST_ROLES, workspace_id))


async def save_role(
    connection: Connection,
    workspace_id: int,
    role_id: int | None,
    *,
    name: str,
    areas: Mapping[str, Action],
    own_deals: bool,
    now: datetime,
    actor: str,
) -> int:
    """A new role (``role_id`` None) or a changed one, which holds at the members' next request; its id.

    Raises InvalidInput for a bad name or area, Conflict for a name that is taken, NotFound.
    """
    if not 0 < len(name) <= LONGEST_NAME or name.lower() in ROLES:
        raise InvalidInput.of("name", f"A role has a name of its own of 1 to {LONGEST_NAME} characters.")
    if unknown := [area for area in areas if area not in AREAS]:
        raise InvalidInput.of("areas", f"There is no area {unknown[0]}.")
    made = role_id is None
    if role_id is None:
        if await connection.fetchval(queries.COUNT_ROLES, workspace_id) >= MOST_ROLES:
            raise Conflict(f"There are at most {MOST_ROLES} roles; delete one first.")
        role_id = await next_settings_id(connection, workspace_id, "role")
    values = (workspace_id, role_id, name, encode(dict(areas)), own_deals, now)
    try:
        done = await connection.fetchval(queries.INSERT_ROLE if made else queries.UPDATE_ROLE, *values)
    except asyncpg.UniqueViolationError as error:
        raise Conflict(f'There is already a role "{name}".') from error
    if done is None:
        raise NotFound("There is no such role.")
    changes = {"name": (None, name), "areas": (None, dict(areas)), "own_deals": (None, own_deals)}
    entry = Entry(SETTINGS, "role.created" if made else "role.updated", "role", role_id, actor, changes)
    await record(connection, workspace_id, [entry], now)
    return role_id


async def delete_role(connection: Connection, workspace_id: int, role_id: int, *, now: datetime, actor: str) -> None:
    """Remove a role that nobody has and no invitation gives. Raises NotFound, Conflict."""
    if await connection.fetchval(queries.ROLE_IS_GIVEN, workspace_id, role_id):
        raise Conflict("Members or invitations have this role. Give them another one first.")
    name = await connection.fetchval(queries.DELETE_ROLE, workspace_id, role_id)
    if name is None:
        raise NotFound("There is no such role.")
    entry = Entry(SETTINGS, "role.deleted", "role", role_id, actor, {"name": (name, None)})
    await record(connection, workspace_id, [entry], now)


async def check_role(connection: Connection, workspace_id: int, role: str) -> tuple[str, int | None]:
    """Name and id of a role that is given by its name, or one's own by its id. Raises InvalidInput."""
    if role in ROLES:
        return role, None
    if role.isascii() and role.isdigit() and len(role) < 19:
        found: int | None = await connection.fetchval(queries.ROLE_EXISTS, workspace_id, int(role))
        if found is not None:
            return CUSTOM, found
    raise InvalidInput.of("role", f"There is no such role; there are {', '.join(ROLES)} and the workspace's own.")
