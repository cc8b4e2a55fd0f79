"""PostgreSQL's own client programs against any server, without passwords on a command line."""

from __future__ import annotations

import subprocess
import tempfile
from typing import IO
from urllib.parse import unquote, urlsplit

from dealt.kernel.postgres.binaries import Binaries
from dealt.kernel.postgres.environment import clean_environment
from dealt.kernel.postgres.errors import PostgresFailed

# Without the detail of an error, which quotes the row that was refused.
PSQL = ("-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse")


class Client:
    """One running client program, connected to the database of ``dsn`` unless that is None."""

    def __init__(
        self,
        binaries: Binaries,
        name: str,
        dsn: str | None,
        *arguments: str,
        stdin: int | IO[bytes] = subprocess.DEVNULL,
        stdout: int | IO[bytes] = subprocess.DEVNULL,
    ) -> None:
        address, password = _without_password(dsn or "")
        self.name = name
        # A file, not a pipe: nobody reads it before the end.
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        self.process = subprocess.Popen(  # noqa: S603
            [binaries.program(name), *([f"--dbname={address}", "--no-password"] if dsn else []), *arguments],
            stdin=stdin,
            stdout=stdout,
            stderr=self._said,
            env={**clean_environment(), **({"PGPASSWORD": password} if password else {})},
        )

    def finish(self) -> str:
        """Wait for the end and return the output; :class:`PostgresFailed` with its last words when it failed."""
        output, _ = self.process.communicate()
        with self._said:
            self._said.seek(0)
            said = self._said.read().decode(errors="replace").strip()
        if self.process.returncode != 0:
            raise PostgresFailed(f"{self.name} failed: {said[-2000:]}")
        return (output or b"").decode()


def query(binaries: Binaries, dsn: str, sql: str) -> str:
    """Run statements that hold no user's values; rows come as lines with | between columns."""
    return Client(binaries, "psql", dsn, *PSQL, "-At", "-c", sql, stdout=subprocess.PIPE).finish().rstrip("\n")


def _without_password(dsn: str) -> tuple[str, str]:
    parts = urlsplit(dsn)
    if parts.password is None:
        return dsn, ""
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.split(':', 1)[0]}@{host}").geturl(), unquote(parts.password)
