"""Members: the people who sign in."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime

import asyncpg

from dealt.accounts import queries
from dealt.accounts.definitions import Part, settings_changed
from dealt.accounts.roles import ROLES, Member
from dealt.accounts.sessions import end_sessions
from dealt.accounts.throttling import count_try, forget_tries
from dealt.kernel.db import Connection, Pool, Record, transaction
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.kernel.schema import LONGEST_NAME
from dealt.kernel.secrets import hash_password, verify_password

_LOOKS_LIKE_EMAIL = re.compile(r"[^@\s]+@[^@\s]+").fullmatch
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 1000


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
    check_email(email)
    check_password(password)
    return await add_member(
        connection, workspace_id, email=email, name=name, role=role, role_id=None,
        password_hash=hash_password(password), now=now, actor=actor,
    )  # fmt: skip


async def add_member(
    connection: Connection,
    workspace_id: int,
    *,
    email: str,
    name: str,
    role: str,
    role_id: int | None,
    password_hash: str,
    now: datetime,
    actor: str,
) -> int:
    """The id of a new member, of whom all was checked. Raises Conflict for an e-mail already in use."""
    await settings_changed(connection, workspace_id)
    member_id = await next_settings_id(connection, workspace_id, "member")
    values = (workspace_id, member_id, email, name, role, password_hash, now, role_id)
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
    check_password(password)
    member_id = await connection.fetchval(queries.SET_PASSWORD, workspace_id, email, hash_password(password))
    if member_id is None:
        raise NotFound(f"There is no member with the e-mail {email}.")
    entry = Entry(SETTINGS, "member.password_changed", "member", member_id, actor, {})
    await record(connection, workspace_id, [entry], now)


async def list_members(connection: Connection, workspace_id: int) -> list[Record]:
    """The members of a workspace, without their passwords."""
    return list(await connection.fetch(queries.LIST_MEMBERS, workspace_id))


def check_email(email: str) -> None:
    """Raise InvalidInput for what is no e-mail address."""
    if not _LOOKS_LIKE_EMAIL(email) or len(email) > LONGEST_NAME:
        raise InvalidInput.of("email", f'"{email[:LONGEST_NAME]}" is not an e-mail address.')


def check_password(password: str) -> None:
    """Raise InvalidInput for a password that is too short or too long."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput.of("password", f"A password has at least {SHORTEST_PASSWORD} characters.")
    if len(password) > LONGEST_PASSWORD:
        raise InvalidInput.of("password", f"A password has at most {LONGEST_PASSWORD} characters.")


async def rename_member(connection: Connection, member: Member, name: str, *, now: datetime) -> None:
    """Let a member be called otherwise, by himself. Raises InvalidInput for a name that is too long."""
    if len(name) > LONGEST_NAME:
        raise InvalidInput.of("name", f"A name has at most {LONGEST_NAME} characters.")
    await settings_changed(connection, member.workspace_id)
    await connection.execute(queries.RENAME_MEMBER, member.workspace_id, member.id, name)
    changes = {"name": (member.name, name)}
    entry = Entry(SETTINGS, "member.updated", "member", member.id, f"member:{member.id}", changes)
    await record(connection, member.workspace_id, [entry], now)


async def change_own_password(pool: Pool, member: Member, present: str, new: str, *, now: datetime) -> None:
    """Another password, for who knows the present one; every other session of the member ends.

    Raises InvalidInput naming ``present`` or ``password``, Throttled after too many wrong ones.
    """
    check_password(new)
    await confirm_own_password(pool, member, present, now=now)
    new_hash = await asyncio.to_thread(hash_password, new)
    async with transaction(pool) as connection:
        await connection.fetchval(queries.SET_PASSWORD, member.workspace_id, member.email, new_hash)
        await end_sessions(connection, member.workspace_id, member.id, but=member.session_id)
        actor = f"member:{member.id}"
        entry = Entry(SETTINGS, "member.password_changed", "member", member.id, actor, {})
        await record(connection, member.workspace_id, [entry], now)


async def confirm_own_password(pool: Pool, member: Member, present: str, *, now: datetime) -> None:
    """Whether the present password is right. Raises InvalidInput naming ``present``, Throttled."""
    place = f"session:{member.session_id}"
    await count_try(pool, member.email, place, now)
    hashed = await pool.fetchval(queries.PASSWORD_OF, member.workspace_id, member.id)
    if not await asyncio.to_thread(verify_password, present, hashed):
        raise InvalidInput.of("present", "This is not your present password.")
    async with pool.acquire() as connection:
        await forget_tries(connection, member.email, place)
