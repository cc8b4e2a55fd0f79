"""``dealt import feed``: the products of a Google Merchant feed, out of a file or from an address."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from dealt.accounts import Actor
from dealt.cli.showing import tell
from dealt.cli.where import Where
from dealt.cli.working import Task, in_workspace_of
from dealt.feeds import Sync, SyncResult, fetch_feed, pieces_of
from dealt.importing import UnreadableFile
from dealt.kernel.clock import SystemClock
from dealt.kernel.db import open_pool
from dealt.kernel.outbound import networks
from dealt.processes.database import reachable_url


def import_feed(place: str, *, silent: bool, where: Where, workspace: int | None) -> int:
    """Write a feed's products and say what came of it; the exit code: 0 all taken, 1 some refused.

    Raises BadFeed, OutboundError and UnreadableFile.
    """
    with reachable_url(where.settings) as url, _showing() as report:
        result = asyncio.run(_import(place, url, where, workspace, silent=silent, report=report))
    for reason in result.refused_because:
        tell(reason)
    if result.refused > len(result.refused_because):
        tell(f"... and {result.refused - len(result.refused_because):,} more.")
    tell(
        f"{result.products:,} products: {result.created:,} created, {result.updated:,} updated, "
        f"{result.unchanged:,} as they were, {result.refused:,} refused."
    )
    return 1 if result.refused else 0


async def _import(
    place: str, url: str, where: Where, workspace: int | None, *, silent: bool, report: Callable[[SyncResult], None]
) -> SyncResult:
    async def chosen(task: Task) -> int:
        return task.workspace_id

    workspace_id = await in_workspace_of(url, workspace, chosen)
    with await _open(place, where) as file:
        async with await open_pool(url, size=2, statement_timeout_s=600, name="dealt import") as pool:
            sync = Sync(pool, SystemClock(), Actor(workspace_id, "import").in_bulk(silent=silent))
            return await sync.run(pieces_of(file), report)


async def _open(place: str, where: Where) -> IO[bytes]:
    if place.lower().startswith(("http://", "https://")):
        return await fetch_feed(place, networks(where.settings.allow_private_networks))
    return _opened(Path(place))


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from None


@contextmanager
def _showing() -> Iterator[Callable[[SyncResult], None]]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _result: None
        return
    columns = (TextColumn("{task.fields[products]:,} products"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, products=0)
        yield lambda result: bar.update(task, products=result.products)
