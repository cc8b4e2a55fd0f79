"""``dealt member``: the people who sign in."""

from __future__ import annotations

import getpass
import secrets
import sys
from typing import Annotated

from cyclopts import App, Parameter

from dealt.accounts import create_member, list_members, set_password
from dealt.cli.showing import moment, show_table, tell
from dealt.cli.where import HERE, Where
from dealt.cli.working import Task, WorkspaceOption, in_workspace
from dealt.kernel.db import Record
from dealt.kernel.errors import InvalidInput

app = App(name="member", help="Add and list the people who sign in, and set their passwords.")
Stdin = Annotated[
    bool,
    Parameter(
        name="--stdin", negative=(), show_default=False, help="Read the password from the first line of standard input."
    ),
]


@app.command
def create(
    *,
    email: str,
    name: str = "",
    role: str = "admin",
    stdin: Stdin = False,
    where: Where = HERE,
    workspace: WorkspaceOption = None,
) -> None:
    """Add a member. The password is asked for; press Enter, or run without a terminal, to have one made and shown.

    Parameters
    ----------
    email
        What they sign in with.
    name
        What they are called.
    role
        admin, member or read-only.
    """
    password, made = _password(stdin)

    async def work(task: Task) -> int:
        return await create_member(
            task.connection, task.workspace_id, email=email, password=password, now=task.now, name=name, role=role
        )

    number = in_workspace(where, workspace, work)
    tell(f"Member {number} {email} is added as {role}.")
    _show(password if made else None)


@app.command(name="list")
def list_(*, where: Where = HERE, workspace: WorkspaceOption = None) -> None:
    """List the members. Times are in UTC."""

    async def work(task: Task) -> list[Record]:
        return await list_members(task.connection, task.workspace_id)

    rows = in_workspace(where, workspace, work)
    show_table(("ID", "E-mail", "Name", "Role", "Created", "Disabled"), [_row(row) for row in rows])


@app.command
def password(email: str, /, *, stdin: Stdin = False, where: Where = HERE, workspace: WorkspaceOption = None) -> None:
    """Give a member a new password. It is asked for; press Enter, or run without a terminal, to have one made.

    Parameters
    ----------
    email
        What they sign in with.
    """
    chosen, made = _password(stdin)

    async def work(task: Task) -> None:
        await set_password(task.connection, task.workspace_id, email, chosen, now=task.now)

    in_workspace(where, workspace, work)
    tell(f"{email} has a new password.")
    _show(chosen if made else None)


def _password(from_stdin: bool) -> tuple[str, bool]:
    """A password, and whether it was made here."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if sys.stdin.isatty():
        typed = getpass.getpass("Password (Enter to have one made): ")
        if typed:
            if getpass.getpass("Again: ") != typed:
                raise InvalidInput.of("password", "The two passwords differ; nothing was changed.")
            return typed, False
    return secrets.token_urlsafe(12), True


def _show(made: str | None) -> None:
    if made is not None:
        tell("The password, shown this once:")
        print(made)


def _row(row: Record) -> tuple[str, ...]:
    times = (moment(row["created_at"]), moment(row["disabled_at"]))
    return (str(row["id"]), row["email"], row["name"], row["role"], *times)
