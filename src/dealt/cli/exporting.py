"""``dealt export`` and ``dealt import workspace``: a whole workspace into a folder, and out of one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from dealt.cli.showing import tell
from dealt.cli.where import HERE, Where
from dealt.cli.working import Task, WorkspaceOption, in_workspace_of
from dealt.exporting import Format, Manifest, Progress, export_workspace, load_workspace
from dealt.kernel.clock import SystemClock
from dealt.processes.connecting import connected
from dealt.processes.database import reachable_url

_COUNTED = ("contacts", "companies", "products", "deals", "tasks", "events")


def export(
    folder: Path,
    /,
    *,
    form: Annotated[Format, Parameter(name="--format")] = "ndjson",
    where: Where = HERE,
    workspace: WorkspaceOption = None,
) -> None:
    """Write a whole workspace into a folder, as of this moment; what runs goes on.

    The folder is complete when it has a manifest.json. `dealt import workspace` reads it into an empty workspace.
    Tokens and passwords are not in it, and people's data is: keep it where only you can read it.

    Parameters
    ----------
    folder
        A folder that is empty, or does not exist yet.
    form
        ndjson, which every tool reads, or parquet, which is several times smaller.
    """

    async def run(url: str, report: Callable[[Progress], None]) -> Manifest:
        workspace_id = await in_workspace_of(url, workspace, _number)
        async with connected(url, "dealt export") as connection:
            now = SystemClock().now()
            return await export_workspace(connection, workspace_id, folder, now=now, form=form, report=report)

    with reachable_url(where.settings) as url, _showing() as report:
        manifest = asyncio.run(run(url, report))
    tell(f"{folder} holds {_told(manifest)}.")


def import_workspace(folder: Path, *, where: Where, workspace: int | None) -> int:
    """Read an export into an empty workspace and say what it held. Raises BadExport, NotEmpty."""

    async def run(url: str, report: Callable[[Progress], None]) -> Manifest:
        workspace_id = await in_workspace_of(url, workspace, _number)
        async with connected(url, "dealt import") as connection:
            now = SystemClock().now()
            return await load_workspace(connection, workspace_id, folder, now=now, report=report)

    with reachable_url(where.settings) as url, _showing() as report:
        manifest = asyncio.run(run(url, report))
    tell(f"Imported {_told(manifest)}. What is derived from them is computed by the workers.")
    tell("Members keep the passwords they have here; for others use `dealt member password`. Tokens are made anew.")
    return 0


async def _number(task: Task) -> int:
    return task.workspace_id


def _told(manifest: Manifest) -> str:
    rows = {file.table: file.rows for file in manifest.files}
    return ", ".join(f"{rows[table]:,} {table}" for table in _COUNTED if table in rows)


@contextmanager
def _showing() -> Iterator[Callable[[Progress], None]]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _progress: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda at: bar.update(task, description=at.table, completed=at.done, total=at.total)
