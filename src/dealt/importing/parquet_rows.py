"""Rows of a Parquet file, as plain Python values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dealt.importing.errors import UnreadableFile

BATCH = 10_000
# Formats of Python's buffers for Arrow's types: a whole column becomes a list at once, 30 times faster.
_PLAIN = {
    pa.int8(): "b", pa.int16(): "h", pa.int32(): "i", pa.int64(): "q", pa.uint8(): "B", pa.uint16(): "H",
    pa.uint32(): "I", pa.uint64(): "Q", pa.float64(): "d",
}  # fmt: skip


class ParquetRows:
    """Numbers and texts as they are, dates and times as ISO 8601 texts, NaN as None."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = pq.ParquetFile(path)
        except pa.ArrowInvalid as error:
            raise UnreadableFile(f"{path.name} is not a Parquet file: {error}.") from None
        self.headings: list[str] = self._file.schema_arrow.names
        self.total: int = self._file.metadata.num_rows
        self.done = 0

    def __iter__(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        number = 0
        try:
            for batch in self._file.iter_batches(BATCH):
                for row in zip(*map(plain_values, batch.columns), strict=True):
                    number += 1
                    self.done = number
                    yield number, row
        except pa.ArrowException as error:
            raise UnreadableFile(f"{self.path.name} cannot be read after row {number}: {error}.") from None

    def close(self) -> None:
        self._file.close()


def plain_values(column: Any) -> list[Any]:
    """The values of an Arrow array."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return plain_values(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        return _moments(column)
    if kind in (pa.float16(), pa.float32()):
        # By way of texts 1.1 stays 1.1; as a double it would be 1.10000002.
        column = column.cast(pa.string()).cast(pa.float64())
    if pa.types.is_date(kind) or pa.types.is_time(kind) or pa.types.is_binary(kind):
        column = column.cast(pa.string())
    elif pa.types.is_floating(kind) and pc.any(pc.is_nan(column)).as_py():
        column = pc.if_else(pc.is_nan(column), None, column)
    form = _PLAIN.get(column.type)
    if form is not None and column.null_count == 0:
        view: Any = memoryview(column.buffers()[1])
        plain: list[Any] = view.cast(form)[column.offset : column.offset + len(column)].tolist()
        return plain
    found: list[Any] = column.to_pylist()
    return found


def _moments(column: Any) -> list[Any]:
    """Times with a zone end in Z; the others leave it to the mapping which zone is meant."""
    ending = "Z" if column.type.tz else ""
    naive = column.cast(pa.timestamp("us"), safe=False)
    whole = naive.cast(pa.timestamp("s"), safe=False)
    exact = whole if whole.cast(pa.timestamp("us")).equals(naive) else naive
    found: list[Any] = pc.strftime(exact, format=f"%Y-%m-%dT%H:%M:%S{ending}").to_pylist()
    return found
