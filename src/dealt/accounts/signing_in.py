"""From an e-mail and a password to a session."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dealt.accounts import queries
from dealt.accounts.doors import Door, door_of
from dealt.accounts.sessions import open_session
from dealt.accounts.throttling import count_try, forget_tries
from dealt.accounts.totp import check_code
from dealt.kernel.db import Pool, transaction
from dealt.kernel.errors import InvalidInput
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.kernel.secrets import SecretBox, verify_password

WRONG = "The e-mail or the password is not right."


@dataclass(frozen=True, slots=True)
class From:
    """Where a sign-in comes from; ``origin`` is the scheme and host by which the pages were reached."""

    address: str
    browser: str
    origin: str


async def check_sign_in(pool: Pool, email: str, password: str, *, come: From, now: datetime) -> list[Door]:
    """Whose e-mail and password these are: the workspaces that they open, at least one.

    Raises InvalidInput, the same for an unknown e-mail and a wrong password and after as long a time; Throttled
    after too many failures.
    """
    await count_try(pool, email, come.address, now)
    found = await _whose(pool, email, password)
    if not found:
        raise InvalidInput.of("password", WRONG)
    async with transaction(pool) as connection:
        await forget_tries(connection, email, come.address)
    return found


async def check_second_factor(pool: Pool, box: SecretBox, known: Door, code: str, *, come: From, now: datetime) -> None:
    """Whether the code is right. Raises InvalidInput, and Throttled after too many failures."""
    account = f"code:{known.workspace_id}:{known.member_id}"
    await count_try(pool, account, come.address, now)
    async with transaction(pool) as connection:
        await check_code(connection, box, known.workspace_id, known.member_id, code, now)
        await forget_tries(connection, account, come.address)


async def sign_in(pool: Pool, known: Door, *, come: From, now: datetime, doors: Sequence[str] = ()) -> str:
    """The secret of a new session of somebody who was checked; ``doors`` are all that the password has opened."""
    async with transaction(pool) as connection:
        secret = await open_session(
            connection, known.workspace_id, known.member_id,
            address=come.address, browser=come.browser, origin=come.origin, now=now,
            doors=[key for key in doors if key != known.key],
        )  # fmt: skip
        changes = {"address": (None, come.address)}
        actor = f"member:{known.member_id}"
        entry = Entry(SETTINGS, "member.signed_in", "member", known.member_id, actor, changes)
        await record(connection, known.workspace_id, [entry], now)
    return secret


async def _whose(pool: Pool, email: str, password: str) -> list[Door]:
    """The members with this e-mail whose password it is, by workspace."""
    rows = await pool.fetch(queries.MEMBERS_BY_EMAIL, email)
    # argon2 takes 60 ms of a core; None takes as long, so that the time tells nothing.
    if not rows:
        await asyncio.to_thread(verify_password, password, None)
    return [door_of(row) for row in rows if await asyncio.to_thread(verify_password, password, row["password_hash"])]
