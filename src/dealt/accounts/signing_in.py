"""From an e-mail and a password to a session."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from dealt.accounts import queries
from dealt.accounts.sessions import open_session
from dealt.accounts.throttling import count_try, forget_tries
from dealt.kernel.db import Pool, Record, transaction
from dealt.kernel.errors import InvalidInput
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.kernel.secrets import verify_password

WRONG = "The e-mail or the password is not right."


@dataclass(frozen=True, slots=True)
class From:
    """Where a sign-in comes from; ``origin`` is the scheme and host by which the pages were reached."""

    address: str
    browser: str
    origin: str


async def sign_in(pool: Pool, email: str, password: str, *, come: From, now: datetime) -> str:
    """The secret of a new session.

    Raises InvalidInput, the same for an unknown e-mail and a wrong password and after as long a time; Throttled
    after too many failures.
    """
    await count_try(pool, email, come.address, now)
    found = await _whose(pool, email, password)
    if found is None:
        raise InvalidInput.of("password", WRONG)
    workspace_id, member_id = found["workspace_id"], found["id"]
    async with transaction(pool) as connection:
        await forget_tries(connection, email, come.address)
        secret = await open_session(
            connection, workspace_id, member_id,
            address=come.address, browser=come.browser, origin=come.origin, now=now,
        )  # fmt: skip
        changes = {"address": (None, come.address)}
        entry = Entry(SETTINGS, "member.signed_in", "member", member_id, f"member:{member_id}", changes)
        await record(connection, workspace_id, [entry], now)
    return secret


async def _whose(pool: Pool, email: str, password: str) -> Record | None:
    """The member with this e-mail and password; of several workspaces, the first whose password it is."""
    rows = await pool.fetch(queries.MEMBERS_BY_EMAIL, email)
    # argon2 takes 60 ms of a core; None takes as long, so that the time tells nothing.
    if not rows:
        await asyncio.to_thread(verify_password, password, None)
    for row in rows:
        if await asyncio.to_thread(verify_password, password, row["password_hash"]):
            return row
    return None
