"""The rows of a file, one after the other, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from dealt.importing.errors import UnreadableFile
from dealt.importing.mapping import FileMapping

Row: TypeAlias = Sequence[Any] | bytes
"""The cells of a row in the order of the headings; in NDJSON the line as it stands."""

FORMATS = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}


class Rows(Protocol):
    """A file that is read from its beginning to its end, in bounded memory."""

    headings: list[str]
    """Empty in NDJSON, whose rows name their cells themselves."""
    total: int
    """How much there is to read: rows or bytes, whatever the format knows beforehand."""

    @property
    def done(self) -> int:
        """How much of ``total`` has been read."""

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        """Every row with its number, which counts from 1. Raises UnreadableFile."""

    def close(self) -> None:
        """Let go of the file."""


def format_of(path: Path, mapping: FileMapping) -> str:
    """ndjson, csv, parquet or xlsx: what the mapping says, else what the file's name says. Raises UnreadableFile."""
    found = mapping.format or FORMATS.get(path.suffix.lower())
    if found is None:
        raise UnreadableFile(
            f"{path.name} does not say what it is. Name it .ndjson, .csv, .xlsx or .parquet, "
            "or say format = in the mapping."
        )
    return found


def open_rows(path: Path, mapping: FileMapping) -> Rows:
    """The rows of a file. Raises UnreadableFile where it is missing or not what it should be."""
    kind = format_of(path, mapping)
    try:
        if kind == "csv":
            from dealt.importing.csv_rows import CsvRows

            return CsvRows(path, mapping)
        if kind == "parquet":
            # pyarrow takes 50 MB of memory; who has no Parquet file does without it.
            from dealt.importing.parquet_rows import ParquetRows

            return ParquetRows(path)
        if kind == "xlsx":
            from dealt.importing.xlsx_rows import XlsxRows

            return XlsxRows(path, mapping)
        from dealt.importing.ndjson_rows import NdjsonRows

        return NdjsonRows(path)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror or error}.") from None
