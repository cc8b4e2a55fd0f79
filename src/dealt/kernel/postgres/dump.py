"""A database written to one file, and read back into an empty one, on any PostgreSQL from 15 to 18."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import IO

from dealt.kernel.postgres.binaries import Binaries
from dealt.kernel.postgres.client import PSQL, Client

# pg_restore 17 and newer set this for every server, older servers refuse it.
UNKNOWN_TO_OLD_SERVERS = b"SET transaction_timeout"
HEADER_LINES = 40


def dump(dsn: str, target: Path, binaries: Binaries) -> None:
    """Write the database to ``target`` as of one instant, readable for its owner only.

    The file appears when it is complete. Raises :class:`PostgresFailed`; then nothing is at ``target`` that
    was not there before.
    """
    unfinished = target.with_name(f"{target.name}.part")
    file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(file, "wb") as output:
            # By its name: into an open file it would write its table of contents twice.
            arguments = ["--format=custom", "--no-owner", "--no-privileges", f"--file={unfinished.absolute()}"]
            Client(binaries, "pg_dump", dsn, *arguments).finish()
            os.fsync(output.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def restore(dsn: str, source: Path, binaries: Binaries, *, first: str = "") -> None:
    """Read a dump into the empty database of ``dsn``: all of it, or, with :class:`PostgresFailed`, nothing.

    ``first`` are statements that make the database empty; they too are undone where the dump cannot be read.
    """
    with source.open("rb") as file:
        arguments = ["--no-owner", "--no-privileges", "--file=-"]
        script = Client(binaries, "pg_restore", None, *arguments, stdin=file, stdout=subprocess.PIPE)
    reader = Client(binaries, "psql", dsn, *PSQL, "--file=-", stdin=subprocess.PIPE)
    if script.process.stdout is None or reader.process.stdin is None:
        raise AssertionError("both are pipes")
    try:
        _pour(script.process.stdout, reader.process.stdin, first)
        # Without this last word nothing is kept, so that a damaged dump cannot leave half a database.
        if script.process.wait() == 0:
            reader.process.stdin.write(b"COMMIT;\n")
            reader.process.stdin.flush()
    except BrokenPipeError:
        script.process.terminate()
        reader.finish()  # raises with the reason why it stopped reading
    try:
        script.finish()
    finally:
        reader.finish()


def _pour(script: IO[bytes], reader: IO[bytes], first: str) -> None:
    reader.write(f"BEGIN;\n{first}\n".encode())
    for _ in range(HEADER_LINES):
        line = script.readline()
        if not line.startswith(UNKNOWN_TO_OLD_SERVERS):
            reader.write(line)
    shutil.copyfileobj(script, reader, 1 << 20)
