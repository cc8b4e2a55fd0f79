"""The first rows of a file by heading, to guess from."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from dealt.importing.composing import REASON
from dealt.importing.grouping import text_of
from dealt.importing.rows import Row, Rows
from dealt.importing.synonyms import LISTS_OF_LINES

ROWS = 2_000


@dataclass
class Sample:
    """``cells`` by heading, each as long as there are rows. ``inner`` is the sample of the orders' lists of lines."""

    cells: dict[str, list[Any]]
    lists: dict[str, list[Any]] = field(default_factory=dict)

    def filled(self, heading: str) -> list[Any]:
        """What stands under a heading, without empty cells."""
        return [cell for cell in self.cells.get(heading, ()) if cell is not None and cell != ""]

    def every(self, heading: str, holds: Callable[[Any], bool]) -> bool:
        """Whether there are cells under the heading, and all are so."""
        filled = self.filled(heading)
        return bool(filled) and all(map(holds, filled))

    def is_same_within(self, group: str, heading: str) -> bool:
        """Whether rows with the same cell under ``group`` have the same under ``heading``."""
        seen: dict[str, Any] = {}
        return all(
            seen.setdefault(text_of(key), cell) == cell
            for key, cell in zip(self.cells[group], self.cells[heading], strict=True)
        )

    def list_of_lines(self) -> tuple[str, Sample] | None:
        """The key under which orders have their lines, and a sample of those."""
        for heading in sorted(self.lists, key=_likelihood):
            inner = [line for lines in self.lists[heading] if isinstance(lines, list) for line in lines]
            if inner and all(isinstance(line, dict) for line in inner):
                return heading, _by_heading(inner[:ROWS])
        return None


def sample_of(rows: Rows) -> Sample:
    """The first rows, at most ``ROWS``; the rows are spent. Raises UnreadableFile."""
    first = [row for _, row in itertools.islice(rows, ROWS)]
    return _by_heading([_named(row, rows.headings) for row in first])


def is_number(cell: Any) -> bool:
    """Whether a cell is a number that loses nothing when it is kept as one."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return False
    if not isinstance(cell, str):
        return True
    whole = cell.strip().lstrip("-")
    if not whole.isascii() or (whole.startswith("0") and whole[1:2].isdigit()):
        return False
    return whole.replace(".", "", 1).isdigit() and len(whole) < 16


def is_amount(cell: Any) -> bool:
    """The same for cells with a decimal comma."""
    if not isinstance(cell, str):
        return is_number(cell)
    return is_number(cell.replace(".", "").replace(",", "."))


def is_written_as(form: str) -> Callable[[Any], bool]:
    """Whether a cell is a date of this format."""

    def check(cell: Any) -> bool:
        try:
            datetime.strptime(text_of(cell), form)
        except ValueError:
            return False
        return True

    return check


def _named(row: Row, headings: Sequence[str]) -> dict[str, Any]:
    if not isinstance(row, bytes):
        return {heading: cell for heading, cell in zip(headings, row, strict=False) if heading and heading != REASON}
    try:
        value = msgspec.json.decode(row)
    except (msgspec.DecodeError, RecursionError):
        return {}
    found: dict[str, Any] = {}
    for key, cell in value.items() if isinstance(value, dict) else ():
        if isinstance(cell, dict):
            found |= {f"{key}.{inner}": deeper for inner, deeper in cell.items()}
        elif key != REASON:
            found[key] = cell
    return found


def _by_heading(rows: Sequence[dict[str, Any]]) -> Sample:
    headings = dict.fromkeys(heading for row in rows for heading in row)
    cells = {heading: [row.get(heading) for row in rows] for heading in headings}
    lists = {heading: column for heading, column in cells.items() if any(isinstance(cell, list) for cell in column)}
    return Sample({heading: column for heading, column in cells.items() if heading not in lists}, lists)


def _likelihood(heading: str) -> tuple[int, str]:
    known = heading.lower() in LISTS_OF_LINES
    return (LISTS_OF_LINES.index(heading.lower()) if known else len(LISTS_OF_LINES), heading)
