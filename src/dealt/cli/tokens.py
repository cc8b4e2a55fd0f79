"""``dealt token``: making, listing and ending API tokens."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from dealt.accounts import NewToken, create_token, list_tokens, revoke_token
from dealt.cli.showing import moment, show_table, tell
from dealt.cli.where import HERE, Where
from dealt.cli.working import Task, WorkspaceOption, in_workspace
from dealt.kernel.db import Record

app = App(name="token", help="Make, list and revoke API tokens.")


@app.command
def create(
    *,
    name: str,
    scope: str = "full",
    network: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    rate: int | None = None,
    where: Where = HERE,
    workspace: WorkspaceOption = None,
) -> None:
    """Make a token and print it, once: only its digest is stored.

    Parameters
    ----------
    name
        What it is for, such as "Shop plug-in".
    scope
        What it may do: read, write, full, or sdk for an app.
    network
        An address or range (192.0.2.0/24) from which alone it may be used; can be given several times.
    rate
        How many requests a second it may send to one process; 0 means without limit. Without it, as many as its
        workspace says.
    """

    async def work(task: Task) -> NewToken:
        return await create_token(
            task.connection, task.workspace_id, name,
            now=task.now, scope=scope, networks=network, requests_per_second=rate,
        )  # fmt: skip

    made = in_workspace(where, workspace, work)
    tell(f'Token {made.id} "{made.name}" (scope {scope}), shown this once:')
    print(made.secret)


@app.command(name="list")
def list_(*, where: Where = HERE, workspace: WorkspaceOption = None) -> None:
    """List the tokens, revoked ones included. Times are in UTC."""

    async def work(task: Task) -> list[Record]:
        return await list_tokens(task.connection, task.workspace_id)

    columns = ("ID", "Name", "Scope", "Networks", "Rate", "Created", "Last used", "Revoked")
    rows = in_workspace(where, workspace, work)
    show_table(columns, [_row(row) for row in rows])


@app.command
def revoke(token_id: int, /, *, where: Where = HERE, workspace: WorkspaceOption = None) -> None:
    """End a token; requests that carry it are refused from two seconds later on.

    Parameters
    ----------
    token_id
        Its number in `dealt token list`.
    """

    async def work(task: Task) -> None:
        await revoke_token(task.connection, task.workspace_id, token_id, now=task.now)

    in_workspace(where, workspace, work)
    tell(f"Token {token_id} is revoked.")


def _row(row: Record) -> tuple[str, ...]:
    times = (moment(row["created_at"]), moment(row["last_used_at"]), moment(row["revoked_at"]))
    rate = "as usual" if row["requests_per_second"] is None else f"{row['requests_per_second'] or 'no limit'}"
    return (str(row["id"]), row["name"], row["scope"], ", ".join(row["networks"]) or "any", rate, *times)
