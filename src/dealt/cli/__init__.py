"""The command line: one file for each group of commands, loaded when it is asked for."""

from __future__ import annotations

import sys

from cyclopts import App

from dealt import __version__
from dealt.processes.complaining import or_complain

HELP = """Dealt: every customer order is an editable deal.

Start with **dealt serve**. Settings that every command shares are environment variables:
DATABASE_URL for a PostgreSQL of your own, DEALT_DATA_DIR for the data folder (see docs/install.md)."""

COMMANDS = (
    ("serve", "serving:serve", "Start everything: the database, web processes and workers."),
    ("web", "serving:web", "Run one more web process."),
    ("worker", "serving:worker", "Run one more worker process."),
    ("token", "tokens:app", "Make, list and revoke API tokens."),
    ("member", "members:app", "Add and list the people who sign in, and set their passwords."),
    ("job", "jobs:app", "List jobs that were given up, and run them again."),
    ("import", "importing:app", "Read orders, contacts, companies, products or events out of a file."),
    ("export", "exporting:export", "Write a whole workspace into a folder."),
    ("erase", "erasing:erase", "Erase a person, by the contact's number, custom id or e-mail address."),
    ("audit", "auditing:audit", "Compare everything that is derived with a computation from nothing."),
    ("doctor", "doctor:doctor", "Check this installation, and say what to do about what is wrong."),
    ("backup", "backups:backup", "Write the whole database to a file."),
    ("restore", "backups:restore", "Read a backup into the database."),
    ("upgrade", "upgrading:upgrade", "Bring the database up to this version."),
)
"""Name, module and function, and what the list of commands says; the modules are imported when they are run."""


def build() -> App:
    """All commands."""
    app = App(name="dealt", help=HELP, version=__version__, help_format="markdown")
    for order, (name, place, says) in enumerate(COMMANDS):
        app.command(f"dealt.cli.{place}", name=name, help=says, sort_key=order)
    return app


def main() -> None:
    """Run the command that was typed and exit: 0 well, 1 foreseen trouble, 2 a wrong command line."""
    sys.exit(or_complain(_run))


def _run() -> int:
    code = build()(sys.argv[1:], result_action="return_value", exit_on_error=True)
    return code if isinstance(code, int) else 0
