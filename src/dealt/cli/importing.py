"""``dealt import``: orders out of a file."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from cyclopts import App, Parameter
from cyclopts.validators import Number

from dealt.accounts import Actor, read_workspace
from dealt.app import build_services
from dealt.cli.import_mapping import choose_mapping
from dealt.cli.import_progress import showing_progress, tell_preview, tell_summary
from dealt.cli.where import HERE, Where
from dealt.cli.working import Task, WorkspaceOption, in_workspace_of
from dealt.deals import DealWriter
from dealt.importing import Composer, Orders, Preview, Reader, Rows, import_orders, open_rows, preview
from dealt.kernel.clock import iso
from dealt.kernel.db import Pool
from dealt.processes.database import reachable_url
from dealt.settings import Settings

app = App(name="import", help="Read orders out of a file: NDJSON, CSV or Parquet.")
MOST_JOBS = 4
Flag = Parameter(negative=(), show_default=False)


@app.command
def orders(
    file: Path,
    /,
    *,
    mapping: Path | None = None,
    yes: Annotated[bool, Flag] = False,
    dry_run: Annotated[bool, Flag] = False,
    silent: Annotated[bool, Flag] = False,
    restart: Annotated[bool, Flag] = False,
    jobs: Annotated[int | None, Parameter(validator=Number(gte=1, lte=64))] = None,
    where: Where = HERE,
    workspace: WorkspaceOption = None,
) -> int:
    """Read orders out of a file. Orders that exist already, by their custom id, are updated.

    Ends with 0 when every order was taken, with 1 when some were refused: their rows are then in a file beside this
    one, each with the reason. An import that was cut short goes on where it was when the same command is run again.

    Parameters
    ----------
    file
        A file whose name ends in .ndjson, .jsonl, .csv, .tsv or .parquet.
    mapping
        A TOML file that says how rows become orders (see docs/import.md). Without it one is guessed and printed.
    yes
        Import with the guessed mapping without asking.
    dry_run
        Show the first orders and what would be refused, and write nothing.
    silent
        Let no automation and no webhook hear of these orders.
    restart
        Begin anew, although an earlier import of this file was not finished.
    jobs
        How many processes write. Default: one for each processor, at most 4.
    """
    chosen = choose_mapping(file, mapping, agreed=yes or dry_run)
    if chosen is None:
        return 1
    rows = open_rows(file, chosen)
    with reachable_url(where.settings) as url:
        place = asyncio.run(in_workspace_of(url, workspace, _place))
        actor = Actor(place.workspace_id, "import").in_bulk(silent=silent)
        work = Orders(url, actor, chosen, rows.headings, place.zone, deal_writer)
        if dry_run:
            return tell_preview(asyncio.run(_look(work, rows)))
        with showing_progress() as report:
            summary = import_orders(
                file, rows, work, workspace=place.name, jobs=jobs or _processors(), restart=restart, report=report
            )
    return tell_summary(summary)


def deal_writer(pool: Pool) -> DealWriter:
    """What a process of the import writes deals with."""
    return build_services(pool, Settings()).deals


@dataclass(frozen=True)
class _Place:
    """``name`` tells the workspace from those of other databases."""

    workspace_id: int
    name: str
    zone: ZoneInfo


async def _place(task: Task) -> _Place:
    found = await read_workspace(task.connection, task.workspace_id)
    made = await task.connection.fetchval("SELECT created_at FROM workspaces WHERE id = $1", found.id)
    return _Place(found.id, f"{found.id} of {iso(made)}", ZoneInfo(found.time_zone))


async def _look(work: Orders, rows: Rows) -> Preview:
    composer = Composer(work.mapping, work.headings, work.zone)

    async def look(task: Task) -> Preview:
        reader = Reader(rows, composer, work.mapping)
        return await preview(task.connection, work.actor, reader, composer, work.mapping)

    return await in_workspace_of(work.url, work.actor.workspace_id, look)


def _processors() -> int:
    return min(len(os.sched_getaffinity(0)), MOST_JOBS)
