"""``dealt doctor``: is this installation well, and if not, what is to be done."""

from __future__ import annotations

import asyncio

from rich.console import Console
from rich.text import Text

from dealt.cli.checking_database import check_database
from dealt.cli.checking_machine import check_machine
from dealt.cli.finding import Finding
from dealt.cli.where import HERE, Where
from dealt.kernel.errors import DealtError
from dealt.processes.connecting import connected
from dealt.processes.database import reachable_url
from dealt.settings import Settings

LABEL_WIDTH = 12


def doctor(*, where: Where = HERE) -> int:
    """Check the machine, the data folder and the database, and say what to do about each problem.

    Ends with 0 when all is well, with 1 when something is not. Changes nothing.
    """
    settings = where.settings
    console = Console(highlight=False, soft_wrap=True)
    problems = 0
    findings = [*check_machine(settings), *_database_findings(settings)]
    for finding in findings:
        problems += bool(finding.todo)
        console.print(_shown(finding))
    console.print(f"\n{problems or 'No'} problem{'' if problems == 1 else 's'} found.")
    return 1 if problems else 0


def _database_findings(settings: Settings) -> list[Finding]:
    try:
        with reachable_url(settings) as url:
            return asyncio.run(_look_at(url, settings))
    except DealtError as error:
        return [Finding("Database", "cannot be used", str(error))]


async def _look_at(url: str, settings: Settings) -> list[Finding]:
    async with connected(url) as connection:
        return [finding async for finding in check_database(connection, settings)]


def _shown(finding: Finding) -> Text:
    mark, colour = ("✗", "red") if finding.todo else ("✓", "green")
    text = Text.assemble((mark, colour), f" {finding.what:<{LABEL_WIDTH}} {finding.told}")
    if finding.todo:
        text.append(f"\n  {'':<{LABEL_WIDTH}} → {finding.todo}", colour)
    return text
