"""Which mapping an import goes by: that of a file, or a guessed one that a person agreed to."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from dealt.cli.showing import tell
from dealt.importing import (
    ORDERS,
    FileMapping,
    Kind,
    check_mapping,
    format_of,
    guess,
    open_rows,
    read_mapping,
    sample_of,
    toml_of,
)
from dealt.kernel.errors import NotFound


@dataclass(frozen=True)
class Additions:
    """What the command line adds to a mapping: tags and a list for everything in the file."""

    tags: Sequence[str] = ()
    put_on_list: str | None = None

    def to(self, mapping: FileMapping) -> FileMapping:
        """The mapping with what is added."""
        tags = list(dict.fromkeys([*mapping.tags, *self.tags]))
        return msgspec.structs.replace(mapping, tags=tags, put_on_list=self.put_on_list or mapping.put_on_list)


NOTHING = Additions()


def choose_mapping(
    file: Path, mapping: Path | None, *, agreed: bool, kind: Kind = ORDERS, adding: Additions = NOTHING
) -> FileMapping | None:
    """The mapping; None where a guessed one was printed and nobody has agreed to it.

    Raises BadMapping, UnreadableFile, and NotFound where there is no mapping file.
    """
    if mapping is not None:
        chosen = adding.to(_read(mapping, kind))
        check_mapping(chosen, kind)
        return chosen
    guessed = adding.to(_guess(file, kind))
    if guessed.is_api_shape(kind) and format_of(file, guessed) == "ndjson":
        tell("The rows have the shape of the API; they are taken as they are.")
        check_mapping(guessed, kind)
        return guessed
    tell("A mapping guessed from the headings and the first rows (docs/import.md says what else it can hold):\n")
    print(toml_of(guessed))
    check_mapping(guessed, kind)
    if agreed or _agrees():
        return guessed
    name = file.with_suffix(".toml").name
    tell(f"Nothing was imported. Save this as {name}, put it right and say --mapping {name}; or say --yes.")
    return None


def _read(mapping: Path, kind: Kind) -> FileMapping:
    try:
        return read_mapping(mapping.read_text("utf-8"), kind)
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"The mapping {mapping} cannot be read: {error}.") from None


def _guess(file: Path, kind: Kind) -> FileMapping:
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


def _agrees() -> bool:
    if not sys.stdin.isatty():
        return False
    sys.stderr.write("Import with this mapping? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
