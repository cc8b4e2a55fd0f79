"""Checks of the machine: Python, the data folder, its disk and its secrets."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from dealt.cli.finding import Finding
from dealt.kernel.keyfile import KEY_FILE, KEY_VARIABLE, UnusableKey, load_keys
from dealt.processes.token_file import NAME as TOKEN_FILE
from dealt.settings import Settings

OLDEST_PYTHON = (3, 11)
LEAST_FREE = 1024**3
"""Bytes: what a day's write-ahead log and a vacuum of a busy small shop may need."""
_OTHERS_MAY_READ = 0o044


def check_machine(settings: Settings) -> Iterator[Finding]:
    """Every check that needs no database."""
    yield _python()
    if not settings.data_dir.is_dir():
        if not settings.database_url:
            yield Finding("Data folder", f"{settings.data_dir.absolute()} does not exist", "Run `dealt serve`.")
        return
    yield _permissions(settings.data_dir)
    yield _disk(settings.data_dir)
    yield _token(settings.data_dir / TOKEN_FILE)
    yield _secret_key(settings.data_dir)


def _python() -> Finding:
    told = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Finding("Python", told, "" if sys.version_info >= OLDEST_PYTHON else "Install Python 3.11 or newer.")


def _permissions(data_dir: Path) -> Finding:
    found = data_dir.stat()
    where = f"{data_dir.absolute()}, mode {found.st_mode & 0o777:o}"
    if not os.access(data_dir, os.R_OK | os.W_OK | os.X_OK):
        return Finding("Data folder", f"{where}: this user may not write in it", "Run Dealt as the folder's owner.")
    todo = f"Make it private: chmod 700 {data_dir.absolute()}" if found.st_mode & _OTHERS_MAY_READ else ""
    return Finding("Data folder", where + (": others may look into it" if todo else ""), todo)


def _disk(data_dir: Path) -> Finding:
    usage = shutil.disk_usage(data_dir)
    told = f"{usage.free / 1024**3:,.1f} GB free of {usage.total / 1024**3:,.1f} GB"
    todo = "Free some space: without it the database stops taking orders." if usage.free < LEAST_FREE else ""
    return Finding("Disk", told, todo)


def _token(path: Path) -> Finding:
    if not path.exists():
        return Finding("Token file", f"{path} is not there; tokens that were handed out work without it")
    mode = path.stat().st_mode & 0o777
    todo = f"Make it private: chmod 600 {path}" if mode & 0o077 else ""
    return Finding("Token file", f"{path}, mode {mode:o}", todo)


def _secret_key(data_dir: Path) -> Finding:
    if not os.environ.get(KEY_VARIABLE, "").strip() and not (data_dir / KEY_FILE).exists():
        told = f"{data_dir / KEY_FILE} is not there"
        return Finding("Secret key", told, "Restore it from your copy. If there was none yet, start `dealt serve`.")
    try:
        keys = load_keys(data_dir)
    except UnusableKey as error:
        return Finding("Secret key", "cannot be used", error.detail)
    return Finding("Secret key", f"{len(keys)} in use; keep a copy apart from the backups")
