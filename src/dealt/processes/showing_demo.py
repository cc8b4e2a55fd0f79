"""Loading the demo shop before an operator's eyes."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from dealt.app import build_services
from dealt.demo import shop
from dealt.demo_loading import load_demo
from dealt.kernel.clock import SystemClock
from dealt.kernel.db import open_pool
from dealt.settings import Settings


async def show_demo(settings: Settings) -> None:
    """Load the demo shop into the first workspace and say so; quick where it has been loaded before."""
    console = Console(stderr=True)
    columns = (TextColumn("Demo shop: {task.description}"), BarColumn(), MofNCompleteColumn())
    pool = await open_pool(settings.database_url, size=4, name="dealt demo")
    with Progress(*columns, console=console, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done)

        async with pool:
            workspace_id = await pool.fetchval("SELECT min(id) FROM workspaces")
            fresh = await load_demo(build_services(pool, settings), workspace_id, shop(SystemClock().now()), report)
    console.print("The demo shop is loaded." if fresh else "The demo shop was loaded before; it is as you left it.")
