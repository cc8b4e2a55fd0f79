"""Where the server's files are: everything under ``<data folder>/postgres``, the socket in a short folder.

``<major>/`` is a finished cluster, ``<major>.new/`` one that is being made; renaming the one to the other
is what makes it count. Older majors stay beside the newest until somebody removes them.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dealt.kernel.postgres.errors import FolderUnusable, NeedsUpgrade
from dealt.kernel.postgres.identity import Identity

# The shortest limit of a socket's path is macOS's 104 bytes, of which "/.s.PGSQL.5432" and a NUL take 15.
LONGEST_SOCKET_FOLDER = 104 - 15
FAR_HOME = Path("/var/lib/dealt")


@dataclass(frozen=True)
class Place:
    """The paths of one server; ``home`` is absolute and free of symbolic links."""

    home: Path

    @property
    def name(self) -> str:
        """A short name that no other data folder on the machine has; it is in the title of every process."""
        return f"dealt-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]}"

    @property
    def log(self) -> Path:
        """What the server says; the part before the last rotation is beside it, with ``.1``."""
        return self.home / "postgres.log"

    @property
    def lock(self) -> Path:
        """Locked, and holding the number of the process, by whoever supervises the server."""
        return self.home / "supervisor.lock"

    def cluster(self, major: int) -> Path:
        """PostgreSQL's own data folder for one major version."""
        return self.home / str(major)

    def holder(self) -> Path:
        """The folder whose owner tells who runs the server: the newest cluster, else where it will be."""
        newest = self.newest_major()
        return self.home if newest is None else self.cluster(newest)

    def newest_major(self) -> int | None:
        """The major version that holds the data, or None before the first start."""
        names = [p.name for p in self.home.iterdir()] if self.home.is_dir() else []
        return max((int(name) for name in names if re.fullmatch(r"\d+", name)), default=None)

    def require_major(self, major: int) -> None:
        """Raise :class:`NeedsUpgrade` unless the data is of this version, or there is none yet."""
        newest = self.newest_major()
        if newest is None:
            return
        try:
            written = int((self.cluster(newest) / "PG_VERSION").read_text())
        except (OSError, ValueError) as problem:
            raise FolderUnusable(f"{self.cluster(newest)} is no PostgreSQL data: {problem}.") from problem
        if newest == written == major:
            return
        todo = (
            "run `dealt upgrade`, which keeps the old data until the new is proven"
            if written < major
            else f"install a version of Dealt that brings PostgreSQL {written}"
        )
        raise NeedsUpgrade(f"{self.home} was written by PostgreSQL {written}, and this is {major}: {todo}.")


def of(data_dir: Path) -> Place:
    """The place under a data folder, whether it exists yet or not."""
    return Place((data_dir / "postgres").resolve())


def prepare(data_dir: Path, identity: Identity) -> Place:
    """Make the folders, where ``identity`` can reach them; :class:`FolderUnusable` when nothing will do."""
    wanted = data_dir / "postgres"
    try:
        # Root's server may run as another account, which must pass through, but not look around.
        data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        if data_dir.parent.stat().st_uid == identity.owner:
            identity.own(data_dir)
        if not wanted.exists():
            _make_home(wanted, identity)
    except OSError as problem:
        raise FolderUnusable(f"The data folder {data_dir} cannot be used: {problem}.") from problem
    place = of(data_dir)
    if not identity.can_use(place.home):
        raise FolderUnusable(f"The user that runs the database cannot enter {place.home}: choose another data folder.")
    return place


def _make_home(wanted: Path, identity: Identity) -> None:
    wanted.mkdir(mode=0o755)
    if identity.can_use(wanted):
        identity.own(wanted)
        return
    wanted.rmdir()
    wanted.symlink_to(_far_home(wanted.parent))


def _far_home(data_dir: Path) -> Path:
    # Root's data folder may stand where no other user may look; that must not be opened to the world.
    home = FAR_HOME / hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    return home


def socket_folder(place: Place, identity: Identity) -> Path:
    """A folder of mode 0700 for the Unix socket, with a path short enough for every system."""
    for base in _socket_bases(identity):
        folder = base / f"{place.name}-{identity.owner}"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER and _made_private(folder, identity):
            return folder
    raise FolderUnusable(
        "There is no folder for the database's socket: set XDG_RUNTIME_DIR to a short path "
        f"of at most {LONGEST_SOCKET_FOLDER - 30} characters that you own."
    )


def _socket_bases(identity: Identity) -> list[Path]:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    ours = [Path(runtime)] if runtime and identity.owner == os.geteuid() != 0 else []
    system = [Path("/run")] if os.geteuid() == 0 else []
    return [*ours, *system, Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108


def _made_private(folder: Path, identity: Identity) -> bool:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if found.st_uid == os.geteuid() != identity.owner and stat.S_ISDIR(found.st_mode):
            identity.own(folder)
            found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != identity.owner:
            return False  # somebody else was here first
        folder.chmod(0o700)
    except OSError:
        return False
    return True
