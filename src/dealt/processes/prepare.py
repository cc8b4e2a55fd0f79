"""What must be true before anybody is answered: the schema, partitions, keys and a first workspace."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dealt.kernel import logs
from dealt.kernel.clock import SystemClock
from dealt.kernel.db import Connection
from dealt.kernel.keyfile import load_keys
from dealt.kernel.migrate import migrate
from dealt.kernel.partitions import ensure_partitions
from dealt.processes.announcing import announce
from dealt.processes.complaining import or_complain
from dealt.processes.connecting import connected
from dealt.processes.lifeline import follow_parent
from dealt.processes.token_file import write_token
from dealt.settings import Settings

if TYPE_CHECKING:
    from dealt.accounts import FirstStart

_LOCK = 0x6465616C7431  # "dealt1"


async def prepare(settings: Settings, *, demo: bool) -> None:
    """Bring the database up to this version and tell the operator where Dealt is.

    Several installations may do so at once over one database: one of them makes the first workspace.
    """
    now = SystemClock().now()
    async with connected(settings.database_url, "dealt prepare") as connection:
        await migrate(settings.database_url)
        await ensure_partitions(connection, now)
        load_keys(settings.data_dir)
        first = await _first_workspace(connection, settings.data_dir, now, demo=demo)
    announce(settings, first)
    if demo:
        from dealt.processes.showing_demo import show_demo

        await show_demo(settings)


async def _first_workspace(connection: Connection, data_dir: Path, now: datetime, *, demo: bool) -> FirstStart | None:
    """The new workspace, or None where there is one already."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        if await connection.fetchval("SELECT EXISTS (SELECT FROM workspaces)"):
            return None
        from dealt.setup import set_up_workspace  # the domains: a later start needs none of them

        first = await set_up_workspace(connection, now=now, name="Fernhill Supply" if demo else "My shop")
        # Before the commit: a workspace whose token nobody has seen would be of no use.
        write_token(data_dir, first.token)
        return first


def main() -> int:
    """Prepare; the exit code."""
    settings = Settings.from_environment()
    logs.configure(settings.log_format, settings.log_level, "prepare")
    logs.route_structlog()
    follow_parent()
    asyncio.run(prepare(settings, demo=os.environ.get("DEALT_DEMO") == "on"))
    return 0


if __name__ == "__main__":
    sys.exit(or_complain(main))
