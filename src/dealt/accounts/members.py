"""Members: the people who sign in."""

from __future__ import annotations

from datetime import datetime

import asyncpg

from dealt.accounts import queries
from dealt.accounts.definitions import Part, settings_changed
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.kernel.secrets import hash_password

ROLES = ("admin", "member", "read-only")
SHORTEST_PASSWORD = 10


async def load_names(connection: Connection, workspace_id: int) -> dict[int, str]:
    """What to call each member, by id; the e-mail where there is no name. Disabled members keep theirs."""
    return {row["id"]: row["name"] for row in await connection.fetch(queries.MEMBER_NAMES, workspace_id)}


MEMBERS: Part[dict[int, str]] = Part("members", load_names)


async def create_member(
    connection: Connection,
    workspace_id: int,
    *,
    email: str,
    password: str,
    now: datetime,
    name: str = "",
    role: str = "admin",
    actor: str = "system",
) -> int:
    """A new member's id. Raises InvalidInput for a bad role or password, Conflict for an e-mail already in use."""
    if role not in ROLES:
        raise InvalidInput.of("role", f'"{role}" is not a role; use one of {", ".join(ROLES)}.')
    if "@" not in email:
        raise InvalidInput.of("email", f'"{email}" is not an e-mail address.')
    _check_password(password)
    await settings_changed(connection, workspace_id)
    member_id = await next_settings_id(connection, workspace_id, "member")
    values = (workspace_id, member_id, email, name, role, hash_password(password), now)
    try:
        await connection.execute(queries.INSERT_MEMBER, *values)
    except asyncpg.UniqueViolationError as error:
        raise Conflict(f"There is already a member with the e-mail {email}.") from error
    changes = {"email": (None, email), "role": (None, role)}
    await record(
        connection, workspace_id, [Entry(SETTINGS, "member.created", "member", member_id, actor, changes)], now
    )
    return member_id


async def set_password(
    connection: Connection, workspace_id: int, email: str, password: str, *, now: datetime, actor: str = "system"
) -> None:
    """Give a member a new password. Raises NotFound for an unknown e-mail."""
    _check_password(password)
    member_id = await connection.fetchval(queries.SET_PASSWORD, workspace_id, email, hash_password(password))
    if member_id is None:
        raise NotFound(f"There is no member with the e-mail {email}.")
    entry = Entry(SETTINGS, "member.password_changed", "member", member_id, actor, {})
    await record(connection, workspace_id, [entry], now)


async def list_members(connection: Connection, workspace_id: int) -> list[Record]:
    """The members of a workspace, without their passwords."""
    return list(await connection.fetch(queries.LIST_MEMBERS, workspace_id))


def _check_password(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput.of("password", f"A password has at least {SHORTEST_PASSWORD} characters.")
