"""Sessions: opened by a sign-in, kept as a digest, ended by time, by the member or by an admin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from dealt.accounts import queries
from dealt.accounts.roles import Member
from dealt.kernel.db import Connection, Pool, Record, affected
from dealt.kernel.ids import next_settings_id
from dealt.kernel.secrets import new_token, token_digest

IDLE = timedelta(days=7)
ABSOLUTE = timedelta(days=30)
_NOTE_EVERY = timedelta(minutes=1)
_LONGEST = 300


async def open_session(
    connection: Connection,
    workspace_id: int,
    member_id: int,
    *,
    address: str,
    browser: str,
    origin: str,
    now: datetime,
    doors: Sequence[str] = (),
) -> str:
    """The secret of a new session, for the cookie; only its digest is stored. ``doors`` are those of ``doors.py``."""
    secret = new_token()
    session_id = await next_settings_id(connection, workspace_id, "session")
    values = (member_id, token_digest(secret), address[:_LONGEST], browser[:_LONGEST], origin[:_LONGEST], now)
    await connection.execute(queries.INSERT_SESSION, workspace_id, session_id, *values, list(doors))
    return secret


async def find_member(pool: Pool, secret: str, now: datetime) -> Member | None:
    """Who is signed in with this secret; None when the session is over, or the member disabled."""
    row = await pool.fetchrow(queries.FIND_SESSION, token_digest(secret), now - IDLE, now - ABSOLUTE)
    if row is None:
        return None
    if now - row["last_seen_at"] > _NOTE_EVERY:
        await pool.execute(queries.SESSION_SEEN, row["workspace_id"], row["session_id"], now)
    return Member(
        row["workspace_id"], row["id"], row["email"], row["name"], row["role"],
        msgspec.json.decode(row["areas"]) if row["areas"] else {}, bool(row["own_deals"]), row["session_id"],
        row["shop"], row["has_doors"],
    )  # fmt: skip


async def list_sessions(connection: Connection, member: Member, now: datetime) -> list[Record]:
    """The member's sessions that are not over, the latest seen first."""
    values = (member.workspace_id, member.id, now - IDLE, now - ABSOLUTE)
    return list(await connection.fetch(queries.LIST_SESSIONS, *values))


async def end_session(connection: Connection, member: Member, session_id: int) -> bool:
    """End one session of the member; whether there was one."""
    ended = await connection.execute(queries.END_SESSION, member.workspace_id, member.id, session_id)
    return affected(ended) > 0


async def end_sessions(connection: Connection, workspace_id: int, member_id: int, *, but: int = 0) -> None:
    """End all sessions of a member ``but`` the one with that id: after a new password, another role, a lock-out."""
    await connection.execute(queries.END_SESSIONS, workspace_id, member_id, but)


async def forget_old_sessions(pool: Pool, now: datetime) -> None:
    """Delete the sessions that are over."""
    await pool.execute(queries.FORGET_OLD_SESSIONS, now - IDLE, now - ABSOLUTE)
