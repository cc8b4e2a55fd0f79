"""How commands show what they found."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

WIDE = 200


def tell(sentence: str) -> None:
    """Say something to a person; standard output is left for what a script would read."""
    sys.stderr.write(f"{sentence}\n")


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; in a file or pipe no cell is cut or wrapped."""
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    terminal = sys.stdout.isatty()
    Console(width=None if terminal else WIDE, highlight=False, markup=False).print(table)


def moment(at: datetime | None) -> str:
    """A moment in UTC to the minute; empty for none."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if at else ""
