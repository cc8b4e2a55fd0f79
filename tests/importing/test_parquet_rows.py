"""Rows of Parquet files as plain values."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dealt.importing.errors import UnreadableFile
from dealt.importing.parquet_rows import ParquetRows, plain_values

AT = datetime(2025, 6, 24, 12, 0, 5)


@pytest.mark.parametrize(
    ("values", "kind", "plain"),
    [
        ([1, 2, 3], pa.int64(), [1, 2, 3]),
        ([1, None], pa.int32(), [1, None]),
        ([200, 7], pa.uint8(), [200, 7]),
        ([1.5, None, float("nan")], pa.float64(), [1.5, None, None]),
        ([1.1, 99.99], pa.float32(), [1.1, 99.99]),
        ([True, None], pa.bool_(), [True, None]),
        (["a", None], pa.large_string(), ["a", None]),
        ([b"a"], pa.binary(), ["a"]),
        ([Decimal("1.20")], pa.decimal128(10, 2), [Decimal("1.20")]),
        ([date(2025, 6, 24), None], pa.date32(), ["2025-06-24", None]),
        ([time(9, 30)], pa.time32("s"), ["09:30:00"]),
        ([AT, None], pa.timestamp("ns"), ["2025-06-24T12:00:05", None]),
        ([AT.replace(microsecond=7)], pa.timestamp("us"), ["2025-06-24T12:00:05.000007"]),
        ([AT.replace(tzinfo=timezone(timedelta(hours=2)))], pa.timestamp("ms", "UTC"), ["2025-06-24T10:00:05Z"]),
        ([AT.replace(tzinfo=UTC)], pa.timestamp("s", "Europe/Warsaw"), ["2025-06-24T12:00:05Z"]),
        ([["A", "B"], None], pa.list_(pa.string()), [["A", "B"], None]),
    ],
)
def test_every_kind_of_column_has_plain_values(values: list[Any], kind: Any, plain: list[Any]) -> None:
    assert plain_values(pa.array(values, kind)) == plain
    assert plain_values(pa.array([values[0], *values], kind).slice(1)) == plain


def test_a_column_of_repeated_texts_is_read_as_texts() -> None:
    assert plain_values(pa.array(["a", "b", "a"]).dictionary_encode()) == ["a", "b", "a"]


def test_rows_are_numbered_and_progress_is_told_in_rows(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    pq.write_table(pa.table({"id": list(range(25_000)), "name": ["x"] * 25_000}), path)
    rows = ParquetRows(path)
    assert (rows.headings, rows.total, rows.done) == (["id", "name"], 25_000, 0)
    read = list(rows)
    assert (read[0], read[-1]) == ((1, (0, "x")), (25_000, (24_999, "x")))
    assert rows.done == 25_000
    rows.close()


def test_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    path.write_bytes(b"order,sku\n" * 100)
    with pytest.raises(UnreadableFile, match=r"orders\.parquet is not a Parquet file"):
        ParquetRows(path)
