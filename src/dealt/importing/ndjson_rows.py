"""Rows of an NDJSON file: one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dealt.importing.errors import UnreadableFile

LONGEST_LINE = 16_000_000


class NdjsonRows:
    """Lines as they stand, without the blanks around them; empty ones are passed over."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.headings: list[str] = []
        self.total = path.stat().st_size
        self._file = path.open("rb")

    @property
    def done(self) -> int:
        return self._file.tell()

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        number = 0
        while line := self._file.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE:
                raise UnreadableFile(f"Line {number} of {self.path.name} has more than {LONGEST_LINE:,} bytes.")
            if stripped := line.strip():
                yield number, stripped

    def close(self) -> None:
        self._file.close()
