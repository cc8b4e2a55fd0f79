"""Rows of a sheet of an XLSX file, read as a stream."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from dealt.importing.errors import UnreadableFile
from dealt.importing.mapping import FileMapping

LARGEST_UNPACKED = 4 << 30
LARGEST_TEXTS = 512 << 20
MOST_COLUMNS = 1_000
_TEXTS = "xl/sharedStrings.xml"
# A damaged file shows itself in any of these, depending on where it is damaged.
_DAMAGED = (
    zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, IndexError, TypeError, AttributeError,
    EOFError, NotImplementedError, RuntimeError,
)  # fmt: skip


class XlsxRows:
    """Numbers, texts, true and false as they are; dates and times as ISO 8601 texts, which name no zone.

    A cell with a formula is what the formula came to when the file was saved. Only the texts of the file are held in
    memory, not its sheets; a file that would unpack to too much is refused before anything of it is unpacked.
    """

    def __init__(self, path: Path, mapping: FileMapping) -> None:
        self.path = path
        _check_size(path)
        try:
            self._book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
            self._sheet = self._book[self._chosen(mapping.sheet)]
            # What a file says of its own size may be anything, and rows would be filled up to it.
            total = self._sheet.max_row
            self._sheet.reset_dimensions()
            self._cells = self._sheet.iter_rows(values_only=True)
            self.headings = _headings(path, next(self._cells, ()))
        except _DAMAGED as error:
            raise _unreadable(path, 0, error) from None
        self.total: int = max(total or 1, 1)
        self.done = 0

    def __iter__(self) -> Iterator[tuple[int, list[Any]]]:
        number = 0
        try:
            for cells in self._cells:
                number += 1
                self.done = number
                row = [_plain(cell) for cell in _trimmed(cells, len(self.headings))]
                if any(cell is not None for cell in row):
                    yield number, row
        except _DAMAGED as error:
            raise _unreadable(self.path, number, error) from None

    def close(self) -> None:
        self._book.close()

    def _chosen(self, wanted: str | None) -> str:
        names: list[str] = [sheet.title for sheet in self._book.worksheets]
        if not names:
            raise UnreadableFile(f"{self.path.name} has no sheet with cells.")
        if wanted is not None and wanted not in names:
            raise UnreadableFile(f'{self.path.name} has no sheet "{wanted}"; it has {", ".join(names)}.')
        return names[0] if wanted is None else wanted


def _check_size(path: Path) -> None:
    """Raise UnreadableFile for what is no archive, and for one that is small only as long as it is packed."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _unreadable(path, 0, error) from None
    unpacked = sum(entry.file_size for entry in entries)
    texts = sum(entry.file_size for entry in entries if entry.filename.lower() == _TEXTS.lower())
    if unpacked > LARGEST_UNPACKED or texts > LARGEST_TEXTS:
        raise UnreadableFile(
            f"{path.name} would unpack to {unpacked >> 20:,} MB, {texts >> 20:,} MB of them texts, which is more than "
            f"is read of an XLSX file ({LARGEST_UNPACKED >> 20:,} and {LARGEST_TEXTS >> 20:,} MB). Save it as CSV."
        )


def _headings(path: Path, first: Sequence[Any]) -> list[str]:
    found = ["" if cell is None else str(_plain(cell)).strip() for cell in first[:MOST_COLUMNS]]
    while found and not found[-1]:
        found.pop()
    if not found:
        raise UnreadableFile(f"{path.name} has no headings in the first row of its sheet.")
    for heading in found:
        if heading and found.count(heading) > 1:
            raise UnreadableFile(f'{path.name} has two columns "{heading}"; give each a name of its own.')
    return found


def _trimmed(cells: Sequence[Any], width: int) -> list[Any]:
    """As many cells as there are headings, and more only where they are filled."""
    row = list(cells[:MOST_COLUMNS])
    while len(row) > width and row[-1] is None:
        row.pop()
    return row + [None] * (width - len(row))


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        # A spreadsheet has no dates, only moments: midnight is a day.
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if cell is None or isinstance(cell, bool | int | float):
        return cell
    return str(cell)


def _unreadable(path: Path, number: int, error: Exception) -> UnreadableFile:
    if isinstance(error, UnreadableFile):
        return error
    where = f" after row {number}" if number else ""
    return UnreadableFile(f"{path.name} cannot be read as XLSX{where}: it is damaged, or something else.")
