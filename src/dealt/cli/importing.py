"""``dealt import``: orders, contacts, companies, products and events out of a file."""

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
from dealt.cli.exporting import import_workspace
from dealt.cli.import_feed import import_feed
from dealt.cli.import_mapping import NOTHING, Additions, choose_mapping
from dealt.cli.import_progress import showing_progress, tell_preview, tell_summary
from dealt.cli.where import HERE, Where
from dealt.cli.working import Task, WorkspaceOption, in_workspace_of
from dealt.importing import (
    COMPANIES,
    CONTACTS,
    EVENTS,
    ORDERS,
    PRODUCTS,
    Doors,
    Kind,
    ObjectComposer,
    Preview,
    Reader,
    Rows,
    Work,
    composer_of,
    import_file,
    mark_of,
    open_rows,
    preview,
    preview_objects,
)
from dealt.kernel.clock import iso
from dealt.kernel.db import Pool
from dealt.processes.database import reachable_url
from dealt.settings import Settings

app = App(
    name="import",
    help="Read orders, contacts, companies, products or events out of a file: NDJSON, CSV, XLSX or Parquet.",
)
MOST_JOBS = 4
Flag = Parameter(negative=(), show_default=False)
TagsOption = Annotated[tuple[str, ...], Parameter(name="--tag", help="A tag for all of them; may be said again.")]


@Parameter(name="*")
@dataclass(frozen=True)
class How:
    """The options of every import."""

    mapping: Annotated[
        Path | None,
        Parameter(
            help="A TOML file that says what is what (see docs/import.md). Without it one is guessed and printed."
        ),
    ] = None
    yes: Annotated[bool, Flag, Parameter(help="Import with the guessed mapping without asking.")] = False
    dry_run: Annotated[bool, Flag, Parameter(help="Show the first ones and what would be refused; write nothing.")] = (
        False
    )
    silent: Annotated[bool, Flag, Parameter(help="Let no automation and no webhook hear of these.")] = False
    restart: Annotated[
        bool, Flag, Parameter(help="Begin anew, although an earlier import of this file was not finished.")
    ] = False
    jobs: Annotated[
        int | None,
        Parameter(
            validator=Number(gte=1, lte=64),
            help="How many processes write. Default: one for each processor, at most 4.",
        ),
    ] = None


USUAL = How()


@app.command
def orders(file: Path, /, *, how: How = USUAL, where: Where = HERE, workspace: WorkspaceOption = None) -> int:
    """Read orders out of a file. Orders that exist already, by their custom id, are updated.

    Ends with 0 when every order was taken, with 1 when some were refused: their rows are then in a file beside this
    one, each with the reason. An import that was cut short goes on where it was when the same command is run again.

    Parameters
    ----------
    file
        A file whose name ends in .ndjson, .jsonl, .csv, .tsv, .xlsx or .parquet.
    """
    return _import(ORDERS, file, how, where, workspace)


@app.command
def contacts(
    file: Path,
    /,
    *,
    tag: TagsOption = (),
    list_name: Annotated[str | None, Parameter(name="--list")] = None,
    how: How = USUAL,
    where: Where = HERE,
    workspace: WorkspaceOption = None,
) -> int:
    """Read contacts out of a file, each with a user id or an e-mail address.

    A contact with that user id is updated; else one with that address; else one is created (see docs/import.md).

    Parameters
    ----------
    file
        A file whose name ends in .ndjson, .jsonl, .csv, .tsv, .xlsx or .parquet.
    list_name
        The name of a list that all of them are put on; it is made where there is none.
    """
    return _import(CONTACTS, file, how, where, workspace, Additions(tag, list_name))


@app.command
def companies(file: Path, /, *, how: How = USUAL, where: Where = HERE, workspace: WorkspaceOption = None) -> int:
    """Read companies out of a file. Companies that exist already, by their custom id, are updated.

    Parameters
    ----------
    file
        A file whose name ends in .ndjson, .jsonl, .csv, .tsv, .xlsx or .parquet.
    """
    return _import(COMPANIES, file, how, where, workspace)


@app.command
def products(
    file: Path,
    /,
    *,
    tag: TagsOption = (),
    how: How = USUAL,
    where: Where = HERE,
    workspace: WorkspaceOption = None,
) -> int:
    """Read products out of a file. Products that exist already, by their custom id, are updated.

    Parameters
    ----------
    file
        A file whose name ends in .ndjson, .jsonl, .csv, .tsv, .xlsx or .parquet.
    """
    return _import(PRODUCTS, file, how, where, workspace, Additions(tag))


@app.command
def events(file: Path, /, *, how: How = USUAL, where: Where = HERE, workspace: WorkspaceOption = None) -> int:
    """Read events of contacts out of a file: who, what and when; everything else is the event's data.

    The contacts must be here. An event that was told before, by its own id or by this file, is not told again.

    Parameters
    ----------
    file
        A file whose name ends in .ndjson, .jsonl, .csv, .tsv, .xlsx or .parquet.
    """
    return _import(EVENTS, file, how, where, workspace)


@app.command
def feed(
    place: str,
    /,
    *,
    silent: Annotated[bool, Flag] = False,
    where: Where = HERE,
    workspace: WorkspaceOption = None,
) -> int:
    """Read products out of a Google Merchant feed, RSS or Atom. Products that exist already are updated.

    Ends with 0 when every product was taken, with 1 when some were refused, which is said with the reason.

    Parameters
    ----------
    place
        A file, or an address that begins with http:// or https://; packed with gzip or not.
    silent
        Let no automation and no webhook hear of these products.
    """
    return import_feed(place, silent=silent, where=where, workspace=workspace)


@app.command
def workspace(folder: Path, /, *, where: Where = HERE, workspace: WorkspaceOption = None) -> int:
    """Read a whole workspace, as `dealt export` wrote it, into an empty one. All of it is taken, or nothing.

    Parameters
    ----------
    folder
        What `dealt export` wrote.
    """
    return import_workspace(folder, where=where, workspace=workspace)


def import_doors(pool: Pool) -> Doors:
    """What a process of the import writes through."""
    services = build_services(pool, Settings())
    return Doors(services.deals, services.events, services.definitions)


def _import(kind: Kind, file: Path, how: How, where: Where, workspace: int | None, adding: Additions = NOTHING) -> int:
    chosen = choose_mapping(file, how.mapping, agreed=how.yes or how.dry_run, kind=kind, adding=adding)
    if chosen is None:
        return 1
    rows = open_rows(file, chosen)
    with reachable_url(where.settings) as url:
        place = asyncio.run(in_workspace_of(url, workspace, _place))
        actor = Actor(place.workspace_id, "import").in_bulk(silent=how.silent)
        work = Work(url, actor, chosen, rows.headings, place.zone, import_doors, kind, mark_of(file))
        if how.dry_run:
            return tell_preview(_look(work, rows), kind)
        jobs = how.jobs or _processors()
        with showing_progress(kind) as report:
            summary = import_file(file, rows, work, workspace=place.name, jobs=jobs, restart=how.restart, report=report)
    return tell_summary(summary, kind)


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


def _look(work: Work, rows: Rows) -> Preview:
    composer = composer_of(work.mapping, work.headings, work.zone, work.kind)
    reader = Reader(rows, composer, work.mapping)
    if isinstance(composer, ObjectComposer):
        return preview_objects(reader, composer, work.kind)

    async def look(task: Task) -> Preview:
        return await preview(task.connection, work.actor, reader, composer, work.mapping)

    return asyncio.run(in_workspace_of(work.url, work.actor.workspace_id, look))


def _processors() -> int:
    return min(len(os.sched_getaffinity(0)), MOST_JOBS)
