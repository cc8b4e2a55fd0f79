"""A new password for who has forgotten the old one, by a link that holds for a while and once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from dealt.accounts import queries
from dealt.accounts.members import check_password
from dealt.accounts.sessions import end_sessions
from dealt.accounts.throttling import count_try
from dealt.kernel.db import Connection, Pool, transaction
from dealt.kernel.errors import NotFound
from dealt.kernel.jobs import enqueue
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.kernel.secrets import hash_password, new_token, token_digest

HOLDS = timedelta(hours=1)
SEND = "accounts.send_reset"
_OVER = "This link does not hold any more. Ask for another one."


async def ask_for_reset(pool: Pool, email: str, address: str, now: datetime) -> None:
    """Have a worker send a link to whoever has this address; says nothing of whether there is anybody.

    Raises Throttled after too many tries.
    """
    await count_try(pool, f"reset:{email}", address, now)
    async with transaction(pool) as connection:
        for row in await connection.fetch(queries.MEMBERS_BY_EMAIL, email):
            await enqueue(connection, row["workspace_id"], SEND, {"member": row["id"]}, now=now)


async def make_reset(connection: Connection, workspace_id: int, member_id: int, *, now: datetime, actor: str) -> str:
    """The secret of a link for a member; one made before ends. Raises NotFound."""
    secret = new_token()
    values = (workspace_id, member_id, token_digest(secret), now, now + HOLDS)
    if await connection.fetchval(queries.INSERT_RESET, *values) is None:
        raise NotFound("There is no such member.")
    entry = Entry(SETTINGS, "member.reset_asked", "member", member_id, actor, {})
    await record(connection, workspace_id, [entry], now)
    return secret


async def reset_holds(pool: Pool, secret: str, now: datetime) -> None:
    """Raise NotFound where a link does not hold."""
    if await pool.fetchrow(queries.FIND_RESET, token_digest(secret), now) is None:
        raise NotFound(_OVER)


async def use_reset(pool: Pool, secret: str, password: str, *, now: datetime) -> None:
    """Set the new password; every session of the member ends. Raises NotFound, InvalidInput."""
    check_password(password)
    await reset_holds(pool, secret, now)
    hashed = await asyncio.to_thread(hash_password, password)
    async with transaction(pool) as connection:
        row = await connection.fetchrow(queries.USE_RESET, token_digest(secret), now)
        if row is None:
            raise NotFound(_OVER)
        workspace_id, member_id = row["workspace_id"], row["member_id"]
        await connection.execute(queries.SET_PASSWORD_BY_ID, workspace_id, member_id, hashed)
        await end_sessions(connection, workspace_id, member_id)
        entry = Entry(SETTINGS, "member.password_changed", "member", member_id, f"member:{member_id}", {})
        await record(connection, workspace_id, [entry], now)
