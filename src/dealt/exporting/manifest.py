"""What an export says of itself; a folder without it is not complete."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import msgspec

from dealt.exporting.errors import BadExport

NAME = "manifest.json"
VERSION = 1


class TableFile(msgspec.Struct, frozen=True):
    """One file: the rows of one table, with the columns that each of them has."""

    table: str
    file: str
    rows: int
    bytes: int
    sha256: str
    columns: list[str]


class Manifest(msgspec.Struct, frozen=True):
    """``version`` is that of this format, ``dealt`` of the program; ``schema`` is the newest migration there was."""

    version: int
    dealt: str
    schema: str
    format: str
    workspace: str
    exported_at: datetime
    files: list[TableFile]

    def write(self, folder: Path) -> None:
        """Last of all: the export is complete from here on."""
        text = msgspec.json.format(msgspec.json.encode(self), indent=2)
        (folder / NAME).write_bytes(text + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """Raises BadExport."""
    try:
        manifest = msgspec.json.decode((folder / NAME).read_bytes(), type=Manifest)
    except OSError:
        raise BadExport(f"{folder} is no complete export: it has no {NAME}.") from None
    except msgspec.DecodeError as error:
        raise BadExport(f"{folder / NAME} cannot be read: {error}.") from None
    if manifest.version != VERSION:
        raise BadExport(f"{folder} was written in version {manifest.version} of the format; this one reads {VERSION}.")
    return manifest


def check_files(folder: Path, manifest: Manifest) -> None:
    """Raise BadExport where a file is missing or is not what was written."""
    for told in manifest.files:
        path = folder / told.file
        if path.parent != folder or not path.is_file():
            raise BadExport(f"{told.file} is missing.")
        if (path.stat().st_size, digest_of(path)) != (told.bytes, told.sha256):
            raise BadExport(f"{told.file} is not as it was written: its checksum differs.")


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
