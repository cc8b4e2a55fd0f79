"""The file of refused rows."""

from __future__ import annotations

from pathlib import Path

import msgspec

from dealt.importing.mapping import FileMapping
from dealt.importing.rejecting import RejectedFile
from dealt.importing.rows import open_rows


def test_csv_rows_keep_their_columns_delimiter_and_encoding_and_tell_the_reason_last(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes("imię;b\n".encode("cp1250"))
    rejected = RejectedFile(path, open_rows(path, FileMapping(encoding="cp1250")))
    rejected.begin(0)
    rejected.write([["Żaneta", 'say "x"'], ["1", "2", "3"]], "No; never.")
    rejected.flush()
    rejected.close()
    assert (tmp_path / "orders.rejected.csv").read_text("cp1250") == (
        'imię;b;rejected_because\nŻaneta;"say ""x""";"No; never."\n1;2 3;"No; never."\n'
    )


def test_json_rows_keep_their_keys_and_what_is_no_object_is_kept_as_text(tmp_path: Path) -> None:
    path = tmp_path / "orders.ndjson"
    path.write_text("")
    rejected = RejectedFile(path, open_rows(path, FileMapping()))
    rejected.begin(0)
    rejected.write([b'{"a": 1, "rejected_because": "old"}', b"\xff{", b"[1]"], "new")
    rejected.flush()
    rejected.close()
    lines = (tmp_path / "orders.rejected.ndjson").read_bytes().splitlines()
    assert [msgspec.json.decode(line) for line in lines] == [
        {"a": 1, "rejected_because": "new"},
        {"row": "\ufffd{", "rejected_because": "new"},
        {"row": "[1]", "rejected_because": "new"},
    ]


def test_what_was_written_after_the_last_position_is_dropped_and_the_headings_stay(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("a\n")
    rejected = RejectedFile(path, open_rows(path, FileMapping()))
    rejected.begin(0)
    rejected.write([["1"]], "x")
    kept = rejected.flush()
    rejected.write([["2"]], "x")
    rejected.flush()
    rejected.close()
    again = RejectedFile(path, open_rows(path, FileMapping()))
    again.begin(kept)
    assert again.flush() == kept
    again.write([["3"]], "x")
    again.close()
    assert again.path.read_text() == "a,rejected_because\n1,x\n3,x\n"


def test_a_new_import_leaves_nothing_of_an_earlier_one(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("a\n")
    (tmp_path / "orders.rejected.csv").write_text("old")
    rejected = RejectedFile(path, open_rows(path, FileMapping()))
    rejected.begin(0)
    assert rejected.flush() == 0
    assert not rejected.path.exists()
