"""Rows of NDJSON files."""

from __future__ import annotations

from pathlib import Path

import pytest

from dealt.importing import ndjson_rows
from dealt.importing.errors import UnreadableFile
from dealt.importing.ndjson_rows import NdjsonRows


def test_lines_are_given_as_they_stand_and_empty_ones_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "orders.ndjson"
    path.write_bytes(b'{"a": 1}\r\n\n  {"b": 2}  \nnonsense')
    rows = NdjsonRows(path)
    assert list(rows) == [(1, b'{"a": 1}'), (3, b'{"b": 2}'), (4, b"nonsense")]
    assert rows.done == rows.total
    rows.close()


def test_a_line_without_end_is_not_read_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ndjson_rows, "LONGEST_LINE", 1000)
    path = tmp_path / "orders.ndjson"
    path.write_bytes(b"{}\n" + b"x" * 5000)
    with pytest.raises(UnreadableFile, match=r"Line 2 of orders\.ndjson has more than 1,000 bytes"):
        list(NdjsonRows(path))
