"""Rows of CSV files as programs write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dealt.importing.csv_rows import CsvRows
from dealt.importing.errors import UnreadableFile
from dealt.importing.mapping import FileMapping


def rows_of(
    path: Path, content: bytes, mapping: FileMapping | None = None
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    path.write_bytes(content)
    rows = CsvRows(path, mapping or FileMapping())
    try:
        return rows.headings, list(rows)
    finally:
        rows.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_of_the_headings(path: Path, delimiter: str) -> None:
    text = delimiter.join(("a", "b")) + "\n" + delimiter.join(("1", '"x\ny"')) + "\n"
    assert rows_of(path, text.encode()) == (["a", "b"], [(1, ["1", "x\ny"])])


def test_the_delimiter_of_the_mapping_wins(path: Path) -> None:
    assert rows_of(path, b"a;b,c\n1;2,3\n", FileMapping(delimiter=",")) == (["a;b", "c"], [(1, ["1;2", "3"])])


def test_the_mark_before_utf8_and_blanks_around_headings_are_dropped(path: Path) -> None:
    assert rows_of(path, b"\xef\xbb\xbf a , b\r\n1,2\r\n") == (["a", "b"], [(1, ["1", "2"])])


def test_short_rows_are_filled_empty_lines_passed_over_and_long_rows_kept(path: Path) -> None:
    assert rows_of(path, b"a,b\n1\n\n2,3,4\n")[1] == [(1, ["1", ""]), (3, ["2", "3", "4"])]


def test_another_encoding_is_read_where_the_mapping_says_so(path: Path) -> None:
    content = "imię\nŻaneta\n".encode("cp1250")
    assert rows_of(path, content, FileMapping(encoding="cp1250")) == (["imię"], [(1, ["Żaneta"])])


def test_what_is_not_in_the_encoding_is_told_with_its_place(path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"orders\.csv is not utf-8 soon after row 0"):
        rows_of(path, "imię\nŻaneta\n".encode("cp1250"))
    with pytest.raises(UnreadableFile, match='such as encoding = "cp1250"'):
        rows_of(path, b"a\n" + b"x\n" * 10_000 + "Żaneta\n".encode("cp1250"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no headings"),
        (b"\n1,2\n", "no headings"),
        (b"a,b,a\n", 'two columns "a"'),
        (b'a\n"' + b"x" * 2_000_000, "after row 0"),
    ],
)
def test_what_is_no_table_is_refused(path: Path, content: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile, match=says):
        rows_of(path, content)


def test_progress_is_told_in_bytes(path: Path) -> None:
    path.write_bytes(b"a\n" + b"x\n" * 100_000)
    rows = CsvRows(path, FileMapping())
    reached = [rows.done for _ in rows]
    assert reached == sorted(reached)
    assert reached[0] < rows.total // 2
    assert reached[-1] == rows.total == 200_002
    rows.close()
