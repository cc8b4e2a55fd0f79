"""Make, once, the environment that a script of this folder needs, and go on inside it.

Only the standard library is used. The environment is ``.venv`` in the checkout; where that belongs to
somebody else or cannot be written, it is in the user's cache folder. A stamp tells that it is complete for
these locked dependencies, this checkout and this Python, so that the next start has nothing to do.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
SERVE = "requirements.lock"
DEVELOP = "requirements-dev.lock"


class SetupFailed(Exception):  # noqa: N818 - named for the sentence that failed
    """What is missing, and the command that brings it."""


def go_on(lock: str, arguments: Sequence[str]) -> NoReturn:
    """Become the environment's Python with these arguments; ends with a sentence where that cannot be."""
    try:
        python = environment(lock)
    except SetupFailed as problem:
        sys.exit(f"dealt: {problem}")
    os.execv(python, [str(python), *arguments])


def environment(lock: str) -> Path:
    """The Python of a complete environment for this lock file."""
    places = _places()
    for place in places:
        if _is_ready(place, lock):
            return _python_of(place)
    for place in places:
        if _can_build(place):
            with _alone(place):
                if not _is_ready(place, lock):
                    _build(place, lock)
            return _python_of(place)
    raise SetupFailed(f"there is no folder to install the dependencies in; make one of {_listed(places)} writable.")


def _places() -> list[Path]:
    key = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:12]
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111 - there may be none
    cache = [Path(home, "dealt", key)] if Path(home).is_absolute() else []
    return [ROOT / ".venv", *cache, Path(tempfile.gettempdir(), f"dealt-{os.geteuid()}-{key}")]


def _can_build(place: Path) -> bool:
    try:
        place.mkdir(mode=0o755 if place.parent == ROOT else 0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    # In a shared folder somebody may have put another's environment under our name.
    return place.lstat().st_uid == os.geteuid() and os.access(place, os.W_OK)


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    with (place / "setup.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_ready(place: Path, lock: str) -> bool:
    # What tests need contains what the server needs.
    names = {lock, DEVELOP}
    try:
        return any(
            _stamp(place, name).read_text() == _mark(place, name) for name in names if _stamp(place, name).exists()
        )
    except OSError:  # another user's, of which we may not see everything
        return False


def _stamp(place: Path, lock: str) -> Path:
    return place / f"{lock}.ready"


def _mark(place: Path, lock: str) -> str:
    python = _python_of(place)
    usable = os.path.realpath(python) if os.access(python, os.X_OK) else ""
    parts = [str(ROOT), str(place), usable, (ROOT / lock).read_text()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _python_of(place: Path) -> Path:
    return place / "bin" / "python"


def _build(place: Path, lock: str) -> None:
    print(f"Installing the dependencies in {_shown(place)}: once, for about a minute.", file=sys.stderr, flush=True)
    install = _installer(place)
    _run([*install, "--require-hashes", "-r", str(ROOT / lock)])
    site = _run([str(_python_of(place)), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    Path(site.strip(), "dealt-src.pth").write_text(f"{ROOT / 'src'}\n")
    _stamp(place, lock).write_text(_mark(place, lock))


def _installer(place: Path) -> list[str]:
    """Make the environment, with the first tool that this machine has, and return its command to install."""
    python = _python_of(place)
    uv = shutil.which("uv")
    if uv and _works([uv, "--version"]):
        _run([uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(place)])
        return [uv, "pip", "install", "--quiet", "--python", str(python)]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    if importlib.util.find_spec("ensurepip") and _works([sys.executable, "-m", "venv", str(place)]):
        return [str(python), "-m", "pip", "install", *quiet]
    # Debian keeps what venv needs to install pip in a package of its own; an older pip outside will do.
    outside = [sys.executable, "-m", "pip", "--python"]
    if _works([*outside, sys.executable, "--version"]):
        _run([sys.executable, "-m", "venv", "--without-pip", str(place)])
        return [*outside, str(python), "install", *quiet]
    raise SetupFailed(
        "this Python cannot make virtual environments. On Debian and Ubuntu one command brings what is missing:\n"
        "  apt install python3-venv"
    )


def _works(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip())[-3000:]
        raise SetupFailed(f"`{' '.join(command)}` failed:\n{said}")
    return done.stdout


def _shown(place: Path) -> str:
    return str(place.relative_to(ROOT)) if place.is_relative_to(ROOT) else str(place)


def _listed(places: Sequence[Path]) -> str:
    return ", ".join(map(str, places))
