"""The second factor: codes of a telephone by RFC 6238, and codes on paper for when it is lost."""

from __future__ import annotations

import base64
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote

from dealt.accounts import queries
from dealt.accounts.roles import Member
from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict, InvalidInput, NotFound
from dealt.kernel.journal import SETTINGS, Entry, record
from dealt.kernel.secrets import SecretBox, token_digest

PURPOSE = "totp"
STEP_S, DIGITS = 30, 6
_BYTES = 20
_RECOVERY = 10
WRONG = "This code is not right. A code holds for half a minute; look for the next one."


def code_at(secret: bytes, step: int) -> str:
    """The code of a step of 30 seconds (RFC 6238 with SHA-1 and six digits, which is what telephones know)."""
    digest = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    place = digest[-1] & 15
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


async def begin_factor(connection: Connection, box: SecretBox, member: Member, *, now: datetime) -> bytes:
    """A new secret that counts once a code of it was typed. Raises Conflict where there is a factor already."""
    secret = secrets.token_bytes(_BYTES)
    sealed = box.seal(secret, PURPOSE, member.workspace_id)
    if await connection.fetchval(queries.BEGIN_FACTOR, member.workspace_id, member.id, sealed, now) is None:
        raise Conflict("Codes are asked for already. Switch them off first to set up another telephone.")
    return secret


async def confirm_factor(
    connection: Connection, box: SecretBox, member: Member, code: str, *, now: datetime
) -> list[str]:
    """Ask for codes from now on; the codes on paper, shown this once. Raises InvalidInput for a wrong code."""
    row = await connection.fetchrow(queries.READ_FACTOR, member.workspace_id, member.id)
    if row is None or row["confirmed_at"] is not None:
        raise Conflict("There is nothing to confirm. Begin anew.")
    step = _fitting_step(box.open(row["secret"], PURPOSE, member.workspace_id), code, now)
    if step is None:
        raise InvalidInput.of("code", WRONG)
    papers = [f"{secrets.randbelow(10**10):010d}" for _ in range(_RECOVERY)]
    digests = [token_digest(paper) for paper in papers]
    await connection.execute(queries.CONFIRM_FACTOR, member.workspace_id, member.id, step, digests, now)
    await _record(connection, member.workspace_id, member.id, "factor_added", now)
    return papers


async def remove_factor(
    connection: Connection, workspace_id: int, member_id: int, *, now: datetime, actor: str
) -> None:
    """Ask for no codes any more. Raises NotFound where none are asked for."""
    if await connection.fetchval(queries.REMOVE_FACTOR, workspace_id, member_id) is None:
        raise NotFound("No codes are asked for.")
    await _record(connection, workspace_id, member_id, "factor_removed", now, actor)


async def has_factor(connection: Connection, workspace_id: int, member_id: int) -> bool:
    """Whether a sign-in of the member asks for a code."""
    row = await connection.fetchrow(queries.READ_FACTOR, workspace_id, member_id)
    return row is not None and row["confirmed_at"] is not None


async def check_code(
    connection: Connection, box: SecretBox, workspace_id: int, member_id: int, code: str, now: datetime
) -> None:
    """Take a code of the telephone, each once, or one on paper, which is then gone. Raises InvalidInput."""
    typed = code.replace(" ", "")
    row = await connection.fetchrow(queries.LOCK_FACTOR, workspace_id, member_id)
    if row is None or row["confirmed_at"] is None:
        return
    step = _fitting_step(box.open(row["secret"], PURPOSE, workspace_id), typed, now)
    if step is not None and step > row["last_step"]:
        await connection.execute(queries.USE_STEP, workspace_id, member_id, step)
        return
    if token_digest(typed) not in row["recovery"]:
        raise InvalidInput.of("code", WRONG)
    await connection.execute(queries.USE_PAPER, workspace_id, member_id, token_digest(typed))


def factor_spelled(secret: bytes) -> str:
    """The secret as one types it into a telephone."""
    return base64.b32encode(secret).decode().rstrip("=")


def factor_address(secret: bytes, member: Member) -> str:
    """The address that a telephone reads from a picture."""
    label = quote(f"Dealt:{member.email}")
    return f"otpauth://totp/{label}?secret={factor_spelled(secret)}&issuer=Dealt&digits={DIGITS}&period={STEP_S}"


def _fitting_step(secret: bytes, code: str, now: datetime) -> int | None:
    """The step of a code: this one, or a neighbour, for clocks go wrong."""
    step = int(now.timestamp()) // STEP_S
    return next((s for s in (step, step - 1, step + 1) if hmac.compare_digest(code_at(secret, s), code)), None)


async def _record(
    connection: Connection, workspace_id: int, member_id: int, verb: str, now: datetime, actor: str = ""
) -> None:
    entry = Entry(SETTINGS, f"member.{verb}", "member", member_id, actor or f"member:{member_id}", {})
    await record(connection, workspace_id, [entry], now)


async def read_own_factor(connection: Connection, box: SecretBox, member: Member) -> bytes | None:
    """The secret that waits for its first code; None where there is none."""
    row = await connection.fetchrow(queries.READ_FACTOR, member.workspace_id, member.id)
    if row is None or row["confirmed_at"] is not None:
        return None
    return box.open(row["secret"], PURPOSE, member.workspace_id)
