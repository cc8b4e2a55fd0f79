"""Rows of a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from dealt.importing.errors import UnreadableFile
from dealt.importing.mapping import FileMapping

DELIMITERS = ",;\t|"
LONGEST_CELL = 1_000_000


class CsvRows:
    """Cells as texts. A short row is filled up with empty cells; a long one is given as it is."""

    def __init__(self, path: Path, mapping: FileMapping) -> None:
        self.path = path
        self.total = path.stat().st_size
        self.encoding = mapping.encoding
        self._file = path.open("rb")
        # The mark that some programs put before UTF-8 is no part of the first heading.
        encoding = "utf-8-sig" if mapping.encoding.lower() in ("utf-8", "utf8") else mapping.encoding
        self._text = io.TextIOWrapper(self._file, encoding=encoding, newline="")
        csv.field_size_limit(LONGEST_CELL)
        first = self._first_line()
        self.delimiter = mapping.delimiter or sniff_delimiter(first)
        self.headings = [heading.strip() for heading in next(csv.reader([first], delimiter=self.delimiter), [])]
        self._check_headings()

    @property
    def done(self) -> int:
        return self._file.tell()

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        width = len(self.headings)
        number = 0
        try:
            for number, row in enumerate(csv.reader(self._text, delimiter=self.delimiter), start=1):
                if not row:
                    continue
                if len(row) < width:
                    row += [""] * (width - len(row))
                yield number, row
        except (csv.Error, UnicodeDecodeError) as error:
            raise self._unreadable(error, number) from None

    def close(self) -> None:
        self._text.close()

    def _first_line(self) -> str:
        try:
            return self._text.readline(LONGEST_CELL)
        except UnicodeDecodeError as error:
            raise self._unreadable(error, 0) from None

    def _check_headings(self) -> None:
        if not any(self.headings):
            raise UnreadableFile(f"{self.path.name} has no headings in its first line.")
        for heading in self.headings:
            if heading and self.headings.count(heading) > 1:
                raise UnreadableFile(f'{self.path.name} has two columns "{heading}"; give each a name of its own.')

    def _unreadable(self, error: csv.Error | UnicodeDecodeError, number: int) -> UnreadableFile:
        if isinstance(error, UnicodeDecodeError):
            return UnreadableFile(
                f"{self.path.name} is not {self.encoding} soon after row {number}. "
                'Say which it is in the mapping, such as encoding = "cp1250".'
            )
        return UnreadableFile(f"{self.path.name} cannot be read after row {number}: {error}.")


def sniff_delimiter(heading: str) -> str:
    """What most likely stands between the cells of this line."""
    return max(DELIMITERS, key=heading.count)
