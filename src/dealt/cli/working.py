"""Commands that read or change something of a workspace: one connection, one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from cyclopts import Parameter

from dealt.cli.where import Where
from dealt.kernel.clock import SystemClock
from dealt.kernel.db import Connection
from dealt.kernel.errors import NotFound
from dealt.processes.connecting import connected, require_current
from dealt.processes.database import reachable_url

T = TypeVar("T")
WorkspaceOption = Annotated[int | None, Parameter(help="The number of the workspace, where there are several.")]


@dataclass(frozen=True)
class Task:
    """What a command may work with."""

    connection: Connection
    workspace_id: int
    now: datetime


def in_workspace(where: Where, workspace: int | None, work: Callable[[Task], Awaitable[T]]) -> T:
    """The result of ``work`` in one transaction on the only workspace, or on the one that was named.

    Raises DealtError where there is no database, or no such workspace, and what ``work`` raises.
    """
    with reachable_url(where.settings) as url:
        return asyncio.run(in_workspace_of(url, workspace, work))


async def in_workspace_of(url: str, workspace: int | None, work: Callable[[Task], Awaitable[T]]) -> T:
    """The same for a command that goes on working with the database of ``url`` by itself."""
    await require_current(url)
    async with connected(url) as connection, connection.transaction():
        workspace_id = await _chosen(connection, workspace)
        return await work(Task(connection, workspace_id, SystemClock().now()))


async def _chosen(connection: Connection, wanted: int | None) -> int:
    rows = await connection.fetch("SELECT id, name FROM workspaces ORDER BY id LIMIT 1000")
    names: dict[int, str] = {row["id"]: row["name"] for row in rows}
    if wanted is None and len(names) == 1:
        return next(iter(names))
    if wanted is not None and wanted in names:
        return wanted
    if not names:
        raise NotFound("There is no workspace yet. `dealt serve` makes the first one.")
    listed = ", ".join(f"{number} ({name})" for number, name in names.items())
    raise NotFound(f"Name one of these workspaces with --workspace: {listed}.")
