"""What members are sent by mail; without a mail server the links stand in the log, for the operator to hand on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from dealt.accounts import queries
from dealt.accounts.resets import make_reset
from dealt.kernel.db import Connection, Pool, transaction
from dealt.kernel.errors import NotFound
from dealt.kernel.mail import send_text
from dealt.settings import Settings

_log = structlog.get_logger("dealt.accounts")
_RESET = """Somebody, hopefully you, has asked for a new password at Dealt.

{link}

The link holds for an hour and works once. If it was not you, do nothing: your password stays as it is.
"""
_INVITATION = """{inviter} invites you to work with Dealt in "{shop}".

{link}

The link holds for seven days and works once.
"""


async def send_reset(pool: Pool, workspace_id: int, payload: Mapping[str, Any], now: datetime) -> None:
    """The job behind "Forgot your password": make a link and send it; tried again until the mail server takes it."""
    settings = Settings.from_environment()
    async with transaction(pool) as connection:
        member = await connection.fetchrow(queries.READ_MEMBER, workspace_id, payload["member"])
        if member is None:
            return
        try:
            secret = await make_reset(connection, workspace_id, member["id"], now=now, actor="system")
        except NotFound:
            return
        origin = await origin_of(connection, workspace_id, settings)
    link = f"{origin}/reset/{secret}/"
    smtp = settings.smtp
    if smtp is None:
        _log.warning("a member has asked for a new password; hand on the link", email=member["email"], link=link)
        return
    await send_text(smtp, member["email"], "A new password for Dealt", _RESET.format(link=link))


async def send_invitation(settings: Settings, email: str, inviter: str, shop: str, link: str) -> bool:
    """Send an invitation; whether there is a mail server that took it. Whoever invites can hand the link on himself."""
    smtp = settings.smtp
    if smtp is None:
        return False
    try:
        text = _INVITATION.format(inviter=inviter, shop=shop, link=link)
        await send_text(smtp, email, f"An invitation to {shop}", text)
    except Exception as error:
        _log.warning("an invitation could not be sent", email=email, error=str(error))
        return False
    return True


async def origin_of(connection: Connection, workspace_id: int, settings: Settings) -> str:
    """Scheme and host with which links begin: DEALT_PUBLIC_URL, else as an admin last reached the pages.

    Never as the one says who asks: anybody may ask for a link under a name of his own.
    """
    if settings.public_url:
        return settings.public_url.rstrip("/")
    found: str | None = await connection.fetchval(queries.ADMINS_ORIGIN, workspace_id)
    return found or f"http://{settings.host}:{settings.port}"
