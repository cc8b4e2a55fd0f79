"""The first mapping of a file, whatever its format and encoding."""

from __future__ import annotations

import codecs
from contextlib import closing
from pathlib import Path

import msgspec

from dealt.importing.guessing import guess
from dealt.importing.kinds import Kind
from dealt.importing.mapping import FileMapping
from dealt.importing.rows import format_of, open_rows
from dealt.importing.sampling import sample_of


def guess_mapping(file: Path, kind: Kind) -> FileMapping:
    """The likeliest mapping of a file of objects of this kind. Raises UnreadableFile."""
    with closing(open_rows(file, FileMapping(encoding=_encoding(file)))) as rows:
        delimiter = getattr(rows, "delimiter", None)
        guessed = guess(sample_of(rows), kind=kind, delimiter=delimiter, is_json=not rows.headings)
        encoding = _encoding(file)
        return guessed if encoding == "utf-8" else msgspec.structs.replace(guessed, encoding=encoding)


def _encoding(file: Path) -> str:
    """UTF-8 where the beginning of a text is that, else the code page that most spreadsheets of Europe write."""
    if format_of(file, FileMapping()) in ("parquet", "xlsx") or not file.exists():
        return "utf-8"
    with file.open("rb") as opened:
        beginning = opened.read(1 << 20)
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        beginning[: beginning.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
