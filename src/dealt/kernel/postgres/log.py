"""The server's log file, kept from filling the disk without a process of its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LONGEST = 16 * 1024 * 1024


def open_log(path: Path) -> int:
    """A file descriptor that appends; the server writes to it directly."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def rotate(path: Path, longest: int = LONGEST) -> bool:
    """Keep one older part beside the log when it has grown beyond ``longest`` bytes; True when it did."""
    if size(path) <= longest:
        return False
    shutil.copyfile(path, path.with_name(f"{path.name}.1"))
    os.truncate(path, 0)
    return True


def size(path: Path) -> int:
    """Bytes in the log, 0 when there is none."""
    return path.stat().st_size if path.exists() else 0


def tail(path: Path, lines: int, start: int = 0) -> str:
    """The last lines that were written behind byte ``start``."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(start, size(path) - 256 * lines))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
