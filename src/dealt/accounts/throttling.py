"""Failed tries to sign in are counted in the database, by account and by address, so that all processes count alike."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from dealt.accounts import queries
from dealt.kernel.db import Connection, Pool
from dealt.kernel.errors import Throttled

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 40
"""Failures within the window; an office shares one address."""
_NOBODY = 0


async def count_try(pool: Pool, email: str, address: str, now: datetime) -> None:
    """Count a try before it is judged, so that tries at once do not slip through. Raises Throttled.

    What is counted is taken back by ``forget_tries`` when the try succeeds.
    """
    keys = _keys(email, address)
    rows = await pool.fetch(queries.COUNT_TRY, _NOBODY, list(keys), now, now - WINDOW)
    for row in rows:
        if row["failures"] > keys[row["key"]]:
            wait_s = max(1, ceil((row["since"] + WINDOW - now).total_seconds()))
            minutes = ceil(wait_s / 60)
            raise Throttled(f"Too many tries to sign in. Wait {minutes} minutes, or reset the password.", wait_s)


async def forget_tries(connection: Connection, email: str, address: str) -> None:
    """The try succeeded: the account starts anew, and the address gets its one try back."""
    account, place = _keys(email, address)
    await connection.execute(queries.FORGET_TRIES, _NOBODY, account, place)


async def forget_old_tries(pool: Pool, now: datetime) -> None:
    """Delete what no longer counts."""
    await pool.execute(queries.FORGET_OLD_TRIES, now - WINDOW)


def _keys(email: str, address: str) -> dict[str, int]:
    return {f"email:{email.lower()}"[:300]: PER_ACCOUNT, f"address:{address}": PER_ADDRESS}
