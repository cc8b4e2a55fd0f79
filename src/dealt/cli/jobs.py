"""``dealt job``: work that was given up after many tries."""

from __future__ import annotations

from cyclopts import App

from dealt.cli.showing import moment, show_table, tell
from dealt.cli.where import HERE, Where
from dealt.cli.working import Task, WorkspaceOption, in_workspace
from dealt.kernel.db import Record
from dealt.kernel.jobqueue import give_again, list_given_up
from dealt.kernel.logs import without_secrets

app = App(name="job", help="List jobs that were given up, and run them again.")
LONGEST_ERROR = 120


@app.command(name="list")
def list_(*, where: Where = HERE, workspace: WorkspaceOption = None) -> None:
    """List the newest 200 jobs that were given up, with the last line of their errors. Times are in UTC."""

    async def work(task: Task) -> list[Record]:
        return await list_given_up(task.connection, task.workspace_id)

    rows = in_workspace(where, workspace, work)
    show_table(("ID", "Kind", "Tries", "Given up", "Error"), [_row(row) for row in rows])


@app.command
def retry(job_id: int | None = None, /, *, where: Where = HERE, workspace: WorkspaceOption = None) -> None:
    """Give one job, or all of them, back to the workers. Mend first what made them fail.

    Parameters
    ----------
    job_id
        Its number in `dealt job list`; without it all are meant.
    """

    async def work(task: Task) -> int:
        return await give_again(task.connection, task.workspace_id, job_id, now=task.now)

    number = in_workspace(where, workspace, work)
    tell(f"{number} job{'' if number == 1 else 's'} given back to the workers.")


def _row(row: Record) -> tuple[str, ...]:
    return (str(row["id"]), row["kind"], str(row["attempts"]), moment(row["died_at"]), last_line(row["error"]))


def last_line(error: str) -> str:
    """The sentence at the end of a stored trace, without secrets."""
    lines = error.splitlines()
    return without_secrets(lines[-1])[:LONGEST_ERROR] if lines else "no reason given"
