"""What admins do to members: another role, out, and in again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dealt.accounts import queries
from dealt.accounts.definitions import settings_changed
from dealt.accounts.own_roles import check_role
from dealt.accounts.sessions import end_sessions
from dealt.kernel.db import Connection, Record
from dealt.kernel.errors import Conflict, NotFound
from dealt.kernel.journal import SETTINGS, Entry, record

_LAST = "This is the last admin. Make somebody else an admin first, or nobody could change the settings."


async def change_role(
    connection: Connection, workspace_id: int, member_id: int, role: str, *, now: datetime, actor: str
) -> None:
    """Give a member another role, which holds from the next request on. Raises NotFound, InvalidInput, Conflict."""
    before = await _member(connection, workspace_id, member_id)
    name, role_id = await check_role(connection, workspace_id, role)
    if before["role"] == "admin" and name != "admin":
        await _refuse_last(connection, workspace_id, member_id)
    await connection.execute(queries.SET_ROLE, workspace_id, member_id, name, role_id)
    changes = {"role": (before["role"], name), "role_id": (before["role_id"], role_id)}
    await _record(connection, workspace_id, member_id, "role_changed", changes, now, actor)


async def disable_member(
    connection: Connection, workspace_id: int, member_id: int, *, now: datetime, actor: str
) -> None:
    """Nobody signs in as this member any more; what he did stays under his name. Raises NotFound, Conflict."""
    before = await _member(connection, workspace_id, member_id)
    if before["role"] == "admin":
        await _refuse_last(connection, workspace_id, member_id)
    await connection.execute(queries.SET_DISABLED, workspace_id, member_id, now)
    await end_sessions(connection, workspace_id, member_id)
    await _record(connection, workspace_id, member_id, "disabled", {"disabled_at": (None, now)}, now, actor)


async def enable_member(
    connection: Connection, workspace_id: int, member_id: int, *, now: datetime, actor: str
) -> None:
    """Let a disabled member in again. Raises NotFound."""
    before = await _member(connection, workspace_id, member_id)
    await connection.execute(queries.SET_DISABLED, workspace_id, member_id, None)
    await _record(
        connection, workspace_id, member_id, "enabled", {"disabled_at": (before["disabled_at"], None)}, now, actor
    )


async def _member(connection: Connection, workspace_id: int, member_id: int) -> Record:
    """The member, held with all settings, so that two admins cannot demote each other at once."""
    await settings_changed(connection, workspace_id)
    row = await connection.fetchrow(queries.READ_MEMBER, workspace_id, member_id)
    if row is None:
        raise NotFound("There is no such member.")
    return row


async def _refuse_last(connection: Connection, workspace_id: int, member_id: int) -> None:
    if not await connection.fetchval(queries.OTHER_ADMINS, workspace_id, member_id):
        raise Conflict(_LAST)


async def _record(
    connection: Connection,
    workspace_id: int,
    member_id: int,
    verb: str,
    changes: Mapping[str, tuple[Any, Any]],
    now: datetime,
    actor: str,
) -> None:
    entry = Entry(SETTINGS, f"member.{verb}", "member", member_id, actor, changes)
    await record(connection, workspace_id, [entry], now)
