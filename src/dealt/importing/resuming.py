"""How far an import has come, kept beside the file, so that the same command goes on from there."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from dealt.importing.errors import UnfinishedImport
from dealt.importing.mapping import FileMapping


class Counts(msgspec.Struct):
    """What became of the orders so far."""

    created: int = 0
    updated: int = 0
    older: int = 0
    refused: int = 0
    lines: int = 0
    contacts: int = 0

    @property
    def orders(self) -> int:
        """All orders that are done with."""
        return self.created + self.updated + self.older + self.refused


class Conditions(msgspec.Struct, frozen=True):
    """What must be the same for an import to be continued."""

    file: tuple[int, int]
    """Its size in bytes and when it was last written, in nanoseconds."""
    mapping: str
    workspace: str
    silent: bool
    kind: str = "orders"


class Position(msgspec.Struct):
    """Orders up to ``orders`` are committed, and rejected rows up to ``rejected_bytes`` are theirs."""

    conditions: Conditions
    orders: int = 0
    rejected_bytes: int = 0
    counts: Counts = msgspec.field(default_factory=Counts)


def conditions_of(
    path: Path, mapping: FileMapping, workspace: str, *, silent: bool, kind: str = "orders"
) -> Conditions:
    """What this import is, told apart from others of the same file."""
    status = path.stat()
    digest = hashlib.sha256(msgspec.json.encode(mapping)).hexdigest()[:16]
    return Conditions((status.st_size, status.st_mtime_ns), digest, workspace, silent, kind)


class PositionFile:
    """The position of one file's import. It is there while the import is unfinished."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(f"{path.name}.import-state.json")

    def load(self, conditions: Conditions) -> Position:
        """Where to go on, or the beginning. Raises UnfinishedImport where it was begun under other conditions."""
        try:
            found = msgspec.json.decode(self.path.read_bytes(), type=Position)
        except FileNotFoundError:
            return Position(conditions)
        except msgspec.DecodeError:
            raise self._other("its state cannot be read") from None
        for name, told in (
            ("file", "the file has changed since"),
            ("kind", f"it was begun as one of {found.conditions.kind}"),
            ("mapping", "it was begun with another mapping"),
            ("workspace", "it went into another workspace"),
            ("silent", "it was begun with the other choice of --silent"),
        ):
            if getattr(found.conditions, name) != getattr(conditions, name):
                raise self._other(told)
        return found

    def save(self, position: Position) -> None:
        """Keep the position; it is on the disk when this returns."""
        new = self.path.with_suffix(".new")
        with new.open("wb") as file:
            file.write(msgspec.json.encode(position))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)

    def remove(self) -> None:
        """The import is finished, or begins anew."""
        self.path.unlink(missing_ok=True)

    def _other(self, why: str) -> UnfinishedImport:
        return UnfinishedImport(
            f"An import of this file was not finished, and cannot be continued: {why}. "
            f"Begin anew with --restart: what is stored is then updated, not doubled. (The state is in {self.path}.)"
        )
