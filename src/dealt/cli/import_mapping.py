"""Which mapping an import goes by: that of a file, or a guessed one that a person agreed to."""

from __future__ import annotations

import sys
from collections.abc import Sequence
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
    guess_mapping,
    read_mapping,
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
    guessed = adding.to(guess_mapping(file, kind))
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


def _agrees() -> bool:
    if not sys.stdin.isatty():
        return False
    sys.stderr.write("Import with this mapping? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
