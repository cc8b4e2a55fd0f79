"""Rows that were refused, written beside the file with the reason, so that they can be put right and sent again."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import msgspec

from dealt.importing.composing import REASON
from dealt.importing.rows import Row, Rows


class RejectedFile:
    """CSV for CSV and Parquet, with the reason in a last column; NDJSON with the reason as a key."""

    def __init__(self, path: Path, rows: Rows) -> None:
        self._headings = rows.headings
        self.path = path.with_suffix(".rejected.csv" if rows.headings else ".rejected.ndjson")
        self._delimiter: str = getattr(rows, "delimiter", ",")
        self._encoding: str = getattr(rows, "encoding", "utf-8")
        self._file: IO[bytes] | None = None

    def begin(self, kept_bytes: int) -> None:
        """Keep what was written up to an earlier position, and nothing after it."""
        if kept_bytes == 0:
            self.path.unlink(missing_ok=True)
        elif self.path.exists():
            os.truncate(self.path, kept_bytes)

    def write(self, rows: Sequence[Row], reason: str) -> None:
        """Add the rows of one order."""
        if self._file is None:
            self._file = self.path.open("ab")
            if self._file.tell() == 0 and self._headings:
                self._file.write(self._csv_row([*self._headings, REASON]))
        for row in rows:
            if isinstance(row, bytes):
                self._file.write(_json_row(row, reason))
            else:
                self._file.write(self._csv_row([*_padded(row, self._headings), reason]))

    def flush(self) -> int:
        """How many bytes there are; all of them are on the disk."""
        if self._file is None:
            return self.path.stat().st_size if self.path.exists() else 0
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def _csv_row(self, cells: Sequence[object]) -> bytes:
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter, lineterminator="\n").writerow(cells)
        return text.getvalue().encode(self._encoding, "replace")


def _padded(row: Sequence[object], headings: Sequence[str]) -> list[object]:
    """The row's cells; what is beyond the headings is joined to the last, so that the reason keeps its column."""
    cells = list(row)
    if len(cells) > len(headings):
        cells[len(headings) - 1 :] = [" ".join(map(str, cells[len(headings) - 1 :]))]
    return cells


def _json_row(row: bytes, reason: str) -> bytes:
    try:
        value = msgspec.json.decode(row)
    except (msgspec.DecodeError, RecursionError):
        value = None
    if isinstance(value, dict):
        return msgspec.json.encode({**value, REASON: reason}) + b"\n"
    return msgspec.json.encode({"row": row.decode("utf-8", "replace"), REASON: reason}) + b"\n"
