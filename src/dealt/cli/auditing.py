"""``dealt audit``: is what is derived what a computation from nothing gives."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from dealt.auditing import Audit, Auditor, read_standing, shape_drift
from dealt.auditing.auditor import Report
from dealt.cli.showing import show_table, tell
from dealt.cli.where import HERE, Where
from dealt.cli.working import Task, WorkspaceOption, in_workspace_of
from dealt.derivation import build_derived
from dealt.freshness import Drift
from dealt.kernel.clock import SystemClock, iso
from dealt.kernel.db import open_pool
from dealt.processes.database import reachable_url

SHOWN = 1000
"""Units that are listed; the rest is counted."""

Repair = Annotated[
    bool, Parameter(name="--repair", negative=(), show_default=False, help="Store what is right, with its journal.")
]
AsJson = Annotated[bool, Parameter(name="--json", negative=(), show_default=False, help="Answer one JSON object.")]


def audit(
    *, repair: Repair = False, as_json: AsJson = False, where: Where = HERE, workspace: WorkspaceOption = None
) -> int:
    """Compute everything that is derived from nothing, and say where something else is stored.

    Contacts that wait to be computed anyway are counted and passed over. It runs beside everything else.
    Ends with 0 when nothing differs, with 1 when something did, also when it was repaired.
    """
    units: list[Drift] = []

    async def run(url: str, report: Report, total: Any) -> Audit:
        workspace_id, contacts = await in_workspace_of(url, workspace, _size)
        total(contacts)
        async with await open_pool(url, size=2, name="dealt audit") as pool:
            auditor = Auditor(build_derived(), SystemClock())
            return await auditor.audit(pool, workspace_id, mend=repair, report=report)

    with reachable_url(where.settings) as url, _showing(units) as (report, total):
        found = asyncio.run(run(url, report, total))
    if as_json:
        print(msgspec.json.encode(_told(found, units)).decode())
    else:
        _show(found, units)
    return 1 if found.drift else 0


async def _size(task: Task) -> tuple[int, int]:
    return task.workspace_id, (await read_standing(task.connection, task.workspace_id)).contacts


def _told(found: Audit, units: Sequence[Drift]) -> dict[str, Any]:
    return {
        "started_at": iso(found.started_at),
        "finished_at": found.finished_at and iso(found.finished_at),
        "looked": found.looked,
        "waiting": found.waiting,
        "drift": found.drift,
        "repaired": found.mended and found.drift > 0,
        "findings": [shape_drift(one) for one in units],
    }


def _show(found: Audit, units: Sequence[Drift]) -> None:
    if units:
        show_table(
            ("Object", "Definition", "Name", "Stored", "Recomputed"),
            [
                (
                    f"{one.unit.subject} {one.unit.object_id}", one.unit.definition, one.unit.name,
                    _text(one.stored), _text(one.recomputed),
                )
                for one in units
            ],
        )  # fmt: skip
    rest = f" The first {SHOWN:,} are shown." if found.drift > SHOWN else ""
    done = " They are right now." if found.mended and found.drift else ""
    tell(f"{found.looked:,} objects were looked at, {found.waiting:,} contacts wait to be computed.")
    tell(f"{found.drift or 'No'} unit{'' if found.drift == 1 else 's'} of drift.{rest}{done}")


def _text(value: Any) -> str:
    return "-" if value is None else msgspec.json.encode(value).decode()


@contextmanager
def _showing(units: list[Drift]) -> Iterator[tuple[Report, Any]]:
    """What collects the units, with a bar on a terminal."""

    def keep(_audit: Audit, drift: Sequence[Drift]) -> None:
        units.extend(drift[: SHOWN - len(units)])

    console = Console(stderr=True)
    if not console.is_terminal:
        yield keep, lambda _total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("contacts", total=None)

        def report(audit: Audit, drift: Sequence[Drift]) -> None:
            keep(audit, drift)
            bar.update(task, completed=audit.looked)

        yield report, lambda total: bar.update(task, total=total)
