"""Which mapping an import goes by: that of a file, or a guessed one that a person agreed to."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import msgspec

from dealt.cli.showing import tell
from dealt.importing import (
    OrderMapping,
    check_mapping,
    format_of,
    guess,
    open_rows,
    read_mapping,
    sample_of,
    toml_of,
)
from dealt.kernel.errors import NotFound


def choose_mapping(file: Path, mapping: Path | None, *, agreed: bool) -> OrderMapping | None:
    """The mapping; None where a guessed one was printed and nobody has agreed to it.

    Raises BadMapping, UnreadableFile, and NotFound where there is no mapping file.
    """
    if mapping is not None:
        return _read(mapping)
    guessed = _guess(file)
    if guessed.is_api_shape and format_of(file, guessed) == "ndjson":
        tell("The rows have the shape of the API; they are taken as they are.")
        return guessed
    tell("A mapping guessed from the headings and the first rows (docs/import.md says what else it can hold):\n")
    print(toml_of(guessed))
    check_mapping(guessed)
    if agreed or _agrees():
        return guessed
    name = file.with_suffix(".toml").name
    tell(f"Nothing was imported. Save this as {name}, put it right and say --mapping {name}; or say --yes.")
    return None


def _read(mapping: Path) -> OrderMapping:
    try:
        return read_mapping(mapping.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"The mapping {mapping} cannot be read: {error}.") from None


def _guess(file: Path) -> OrderMapping:
    with closing(open_rows(file, OrderMapping(encoding=_encoding(file)))) as rows:
        delimiter = getattr(rows, "delimiter", None)
        guessed = guess(sample_of(rows), delimiter=delimiter, is_json=not rows.headings)
        encoding = _encoding(file)
        return guessed if encoding == "utf-8" else msgspec.structs.replace(guessed, encoding=encoding)


def _encoding(file: Path) -> str:
    """UTF-8 where the beginning of a text is that, else the code page that most spreadsheets of Europe write."""
    if format_of(file, OrderMapping()) == "parquet" or not file.exists():
        return "utf-8"
    with file.open("rb") as opened:
        beginning = opened.read(1 << 20)
    try:
        beginning[: beginning.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _agrees() -> bool:
    if not sys.stdin.isatty():
        return False
    sys.stderr.write("Import with this mapping? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
