from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from dealt.importing import CONTACTS, FileMapping, UnreadableFile, open_rows
from dealt.importing import xlsx_rows as xlsx
from tests.importing.conftest import Import


def write(path: Path, *rows: list[Any], second: str | None = None) -> Path:
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if second:
        book.create_sheet(second).append(["other"])
    book.save(path)
    return path


def read(path: Path, mapping: FileMapping | None = None) -> tuple[list[str], list[Any]]:
    rows = open_rows(path, mapping or FileMapping())
    try:
        return rows.headings, list(rows)
    finally:
        rows.close()


def test_cells_are_what_they_are_and_empty_rows_are_passed_over(tmp_path: Path) -> None:
    path = write(
        tmp_path / "x.xlsx",
        ["Id", " Name ", "Since", "At", "Yes"],
        [1, "Ann", datetime(2025, 6, 24), datetime(2025, 6, 24, 12, 30), True],
        [],
        [2.5, None, None],
    )
    headings, rows = read(path)
    assert headings == ["Id", "Name", "Since", "At", "Yes"]
    assert rows == [
        (1, [1, "Ann", "2025-06-24", "2025-06-24T12:30:00", True]),
        (3, [2.5, None, None, None, None]),
    ]


def test_a_sheet_can_be_named(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", ["a"], second="People")
    assert read(path, FileMapping(sheet="People"))[0] == ["other"]
    with pytest.raises(UnreadableFile, match='has no sheet "Nobody"; it has Sheet, People'):
        open_rows(path, FileMapping(sheet="Nobody"))


def test_contacts_come_out_of_a_spreadsheet_and_refused_rows_are_written_as_csv(
    importing: Import, tmp_path: Path
) -> None:
    path = write(tmp_path / "x.xlsx", ["id", "mail"], [1, "a@x.example"], [2, "nobody"])
    done = importing.run(path, '[contact]\ncustom_id = "id"\nemail = "mail"\n', kind=CONTACTS)
    assert (done.counts.created, done.counts.refused) == (1, 1)
    assert importing.one("SELECT custom_id FROM contacts") == "1"
    assert (tmp_path / "x.rejected.csv").read_text().splitlines()[1].startswith("2,nobody,email: ")


def test_what_is_no_spreadsheet_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"x")
    with pytest.raises(UnreadableFile, match="cannot be read as XLSX"):
        open_rows(path, FileMapping())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(UnreadableFile, match="cannot be read as XLSX"):
        open_rows(path, FileMapping())


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "LARGEST_UNPACKED", 1 << 20)
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (2 << 20))
    with pytest.raises(UnreadableFile, match="would unpack to 2 MB"):
        open_rows(path, FileMapping())


def test_a_bomb_of_entities_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", ["a"], ["text"])
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet'
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    sheet = entries["xl/worksheets/sheet1.xml"]
    entries["xl/worksheets/sheet1.xml"] = bomb + sheet.partition(b"<worksheet")[2]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    with pytest.raises(UnreadableFile, match="cannot be read as XLSX"):
        read(path)


def test_a_sheet_that_claims_a_huge_size_costs_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "x.xlsx", ["a"], ["text"])
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    sheet = entries["xl/worksheets/sheet1.xml"]
    entries["xl/worksheets/sheet1.xml"] = sheet.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
    assert entries["xl/worksheets/sheet1.xml"] != sheet
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    assert read(path) == (["a"], [(1, ["text"])])
