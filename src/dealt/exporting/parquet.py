"""Rows of a table as Parquet, and back to the JSON that the database takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from dealt.exporting.errors import BadExport
from dealt.exporting.writing import Column

ROWS_A_GROUP = 20_000
_PLAIN = {
    "bigint": pa.int64(), "integer": pa.int32(), "smallint": pa.int16(), "boolean": pa.bool_(), "date": pa.date32(),
    "timestamp with time zone": pa.timestamp("us", tz="UTC"), "double precision": pa.float64(),
}  # fmt: skip
_numeric = re.compile(r"numeric\((\d+),(\d+)\)").fullmatch
_JSON = {"json": "1"}
"""Says of a column of texts that they are JSON."""


class ParquetLines:
    """A Parquet file that is fed JSON lines. What has no type of its own there (JSON, networks) is a text."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._convert = [(column.name, _from_json(column.type)) for column in columns]
        self._schema = pa.schema([_arrow(column) for column in columns])
        self._writer = pq.ParquetWriter(path, self._schema)
        self._rest = b""
        self._rows: list[dict[str, Any]] = []

    def __enter__(self) -> ParquetLines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if problem is None:
            self._flush()
        self._writer.close()

    async def feed(self, piece: bytes) -> None:
        """Take a piece of the lines."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            row = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
            self._rows.append({name: convert(row[name]) for name, convert in self._convert})
        if len(self._rows) >= ROWS_A_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []


def parquet_rows(path: Path, columns: Sequence[str]) -> Iterator[bytes]:
    """The rows of such a file as JSON objects. Raises BadExport."""
    try:
        with pq.ParquetFile(path) as file:
            texts = {field.name for field in file.schema_arrow if (field.metadata or {}).get(b"json")}
            for batch in file.iter_batches(ROWS_A_GROUP, columns=list(columns)):
                for row in batch.to_pylist():
                    yield msgspec.json.encode({name: _to_json(name in texts, value) for name, value in row.items()})
    except (pa.ArrowException, OSError) as error:
        raise BadExport(f"{path.name} cannot be read: {error}.") from None


def _to_json(is_json: bool, value: Any) -> Any:
    return msgspec.Raw(value.encode()) if is_json and value is not None else value


def _arrow(column: Column) -> Any:
    kind, is_list = column.type.removesuffix("[]"), column.type.endswith("[]")
    digits = _numeric(kind)
    arrow = pa.decimal128(int(digits[1]), int(digits[2])) if digits else _PLAIN.get(kind, pa.string())
    return pa.field(
        column.name, pa.list_(arrow) if is_list else arrow, metadata=_JSON if column.type == "jsonb" else None
    )


def _from_json(kind: str) -> Callable[[msgspec.Raw], Any]:
    """From a value as PostgreSQL writes it in JSON to what Arrow takes for a column of this type."""
    if kind == "jsonb":
        return lambda raw: bytes(raw).decode()
    if _numeric(kind):
        return lambda raw: msgspec.json.decode(raw, type=Decimal | None)
    exact: dict[str, Any] = {"timestamp with time zone": datetime | None, "date": date | None}
    return lambda raw: msgspec.json.decode(raw, type=exact.get(kind, Any))
