"""Invitations: a link by which somebody becomes a member of one workspace, with a role that was chosen beforehand."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from dealt.accounts import queries
from dealt.accounts.members import add_member, check_email, check_password
from dealt.accounts.own_roles import check_role
from dealt.accounts.sessions import open_session
from dealt.accounts.signing_in import From
from dealt.kernel.db import Connection, Pool, Record, transaction
from dealt.kernel.errors import Conflict, NotFound
from dealt.kernel.ids import next_settings_id
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.kernel.secrets import hash_password, new_token, token_digest

HOLDS = timedelta(days=7)
MOST_INVITATIONS = 1_000
_OVER = "This invitation does not hold any more. Ask for another one."


async def invite(connection: Connection, workspace_id: int, *, email: str, role: str, now: datetime, actor: str) -> str:
    """The secret of a new invitation, for its link. ``role`` is a name of ``ROLES`` or the id of one's own role.

    A second invitation of the same address replaces the first. Raises InvalidInput, Conflict for who is a member.
    """
    check_email(email)
    name, role_id = await check_role(connection, workspace_id, role)
    if await connection.fetchval(queries.IS_MEMBER, workspace_id, email):
        raise Conflict(f"{email} is a member already.")
    await connection.execute(queries.WITHDRAW_BY_EMAIL, workspace_id, email)
    if await connection.fetchval(queries.COUNT_INVITATIONS, workspace_id) >= MOST_INVITATIONS:
        raise Conflict(f"{MOST_INVITATIONS} invitations are open. Withdraw some first.")
    invitation_id = await next_settings_id(connection, workspace_id, "invitation")
    secret = new_token()
    values = (email, name, role_id, token_digest(secret), actor, now, now + HOLDS)
    await connection.execute(queries.INSERT_INVITATION, workspace_id, invitation_id, *values)
    changes = {"email": (None, email), "role": (None, name)}
    entry = Entry(SETTINGS, "invitation.created", "invitation", invitation_id, actor, changes)
    await record(connection, workspace_id, [entry], now)
    return secret


async def list_invitations(connection: Connection, workspace_id: int, now: datetime) -> list[Record]:
    """The invitations that still hold, the newest first."""
    return list(await connection.fetch(queries.LIST_INVITATIONS, workspace_id, now))


async def withdraw_invitation(
    connection: Connection, workspace_id: int, invitation_id: int, *, now: datetime, actor: str
) -> None:
    """Its link ends. Raises NotFound."""
    email = await connection.fetchval(queries.WITHDRAW, workspace_id, invitation_id)
    if email is None:
        raise NotFound("There is no such invitation.")
    entry = Entry(SETTINGS, "invitation.withdrawn", "invitation", invitation_id, actor, {"email": (email, None)})
    await record(connection, workspace_id, [entry], now)


async def find_invitation(pool: Pool, secret: str, now: datetime) -> Record:
    """The e-mail, and the name of the workspace, of an invitation that holds. Raises NotFound."""
    row = await pool.fetchrow(queries.FIND_INVITATION, token_digest(secret), now)
    if row is None:
        raise NotFound(_OVER)
    return row


async def accept_invitation(pool: Pool, secret: str, *, name: str, password: str, come: From, now: datetime) -> str:
    """Become a member; the secret of the first session. Raises NotFound, InvalidInput, Conflict."""
    check_password(password)
    found = await find_invitation(pool, secret, now)
    hashed = await asyncio.to_thread(hash_password, password)
    workspace_id = found["workspace_id"]
    async with transaction(pool) as connection:
        if await connection.fetchval(queries.WITHDRAW, workspace_id, found["id"]) is None:
            raise NotFound(_OVER)
        member_id = await add_member(
            connection, workspace_id, email=found["email"], name=name, role=found["role"], role_id=found["role_id"],
            password_hash=hashed, now=now, actor=found["invited_by"],
        )  # fmt: skip
        return await open_session(
            connection, workspace_id, member_id,
            address=come.address, browser=come.browser, origin=come.origin, now=now,
        )  # fmt: skip
