"""A new workspace with its admin and its first token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from dealt.accounts import queries
from dealt.accounts.members import create_member
from dealt.accounts.tokens import create_token
from dealt.kernel.db import Connection


@dataclass(frozen=True, slots=True)
class FirstStart:
    """What the operator is shown once."""

    workspace_id: int
    email: str
    password: str
    token: str


async def create_workspace(
    connection: Connection,
    *,
    now: datetime,
    name: str = "My shop",
    email: str = "admin@example.com",
    time_zone: str = "UTC",
    base_currency: str = "EUR",
) -> FirstStart:
    """A workspace, an admin member with a made-up password, and a token of full scope.

    The domains add their own first rows (the pipeline "Orders", for one) in the same transaction.
    """
    workspace_id = await connection.fetchval(queries.INSERT_WORKSPACE, name, time_zone, base_currency, now)
    password = secrets.token_urlsafe(12)
    await create_member(connection, workspace_id, email=email, password=password, now=now)
    token = await create_token(connection, workspace_id, "First token", now=now)
    return FirstStart(workspace_id, email, password, token.secret)
