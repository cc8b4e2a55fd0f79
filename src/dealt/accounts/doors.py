"""Who is a member of several workspaces: which of them a password opens, at the sign-in and later on.

An e-mail address alone opens nothing: an admin of one workspace can write down anybody's. So a session remembers the
other members of whom the password was shown, and forgets each of them with the password that it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from dealt.accounts import queries
from dealt.accounts.roles import Member
from dealt.kernel.db import Connection, Record


@dataclass(frozen=True, slots=True)
class Door:
    """A member of a workspace who has shown the password. ``needs_code``: a code of the telephone is asked for, too."""

    workspace_id: int
    member_id: int
    shop: str
    needs_code: bool
    key: str
    """The door as a session keeps it."""


def door_of(row: Record) -> Door:
    """From a row of ``queries.MEMBERS_BY_EMAIL``."""
    digest = hashlib.sha256(row["password_hash"].encode()).hexdigest()
    key = f"{row['workspace_id']}:{row['id']}:{digest}"
    return Door(row["workspace_id"], row["id"], row["shop"], row["needs_code"], key)


async def open_doors(connection: Connection, keys: Sequence[str]) -> list[Door]:
    """Those of these doors that are still open, by workspace."""
    named = [key.split(":") for key in keys]
    workspaces, members = [int(one[0]) for one in named], [int(one[1]) for one in named]
    found = [door_of(row) for row in await connection.fetch(queries.MEMBERS_BEHIND, workspaces, members)]
    return [door for door in found if door.key in keys]


async def doors_of(connection: Connection, member: Member) -> list[Door]:
    """The workspaces that the session of ``member`` opens besides its own."""
    keys = await connection.fetchval(queries.DOORS_OF, member.workspace_id, member.session_id)
    return [door for door in await open_doors(connection, keys or []) if door.workspace_id != member.workspace_id]


async def own_door(connection: Connection, member: Member) -> list[str]:
    """The way back: the door of the member itself."""
    rows = await connection.fetch(queries.MEMBERS_BEHIND, [member.workspace_id], [member.id])
    return [door_of(row).key for row in rows]
