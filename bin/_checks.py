"""The checks of bin/ci, cheap ones first; all of them run, and one that fails fails the whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_SERVER = Path("/usr/lib/postgresql/15/bin")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
"""What the tests of pages can drive, as tests/browser/conftest.py looks for it."""
# Their SQL is that of other tests, met again from further away, or ends before it reaches the database.
NOT_ON_THE_OLDEST_SERVER = (
    "bin",
    "bench",
    "browser",
    "browsing",
    "cli",
    "client",
    "conformance",
    "importing",
    "processes",
    "profiles",
    "scenarios",
    "web",
    "publicapi/test_bad_input.py",
    "publicapi/test_every_route.py",
    "publicapi/test_examples.py",
    "publicapi/test_fuzz.py",
    "publicapi/test_odd_addresses.py",
    "publicapi/test_user_input.py",
    "publicapi/test_wholly.py",
)
PYTEST = [sys.executable, "-m", "pytest", "--numprocesses=auto", "--quiet"]


def main() -> int:
    """Run everything; the exit status is 0 when all of it is well."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended
    failed = [name for name, command in steps().items() if not succeeds(name, command)]
    failed += [] if oldest_server() else ["tests on PostgreSQL 15"]
    if failed:
        say(f"FAILED: {', '.join(failed)}")
    if not any(map(shutil.which, BROWSERS)):
        install("chromium")
    say("tests")
    tested = subprocess.run([*PYTEST, *sys.argv[1:]], check=False)
    return 1 if failed else tested.returncode


def steps() -> dict[str, list[str]]:
    """The checks that are single commands, by name."""
    module = [sys.executable, "-m"]
    found = {
        "lint": [*module, "ruff", "check", "."],
        "format": [*module, "ruff", "format", "--check", "."],
        "types": [*module, "mypy"],
        "sizes": [sys.executable, "bin/_sizes.py"],
        "fuzz": [*module, "tests.fuzz"],
    }
    with (ROOT / "pyproject.toml").open("rb") as file:
        if "importlinter" in tomllib.load(file)["tool"] or (ROOT / ".importlinter").exists():
            found["imports"] = [str(Path(sys.executable).parent / "lint-imports")]
    return found


def succeeds(name: str, command: list[str]) -> bool:
    """Run one check; its words are shown as they come."""
    say(name)
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, check=False)
    print(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


def oldest_server() -> bool:
    """The tests that use the database, on the oldest PostgreSQL that is supported, where there is one."""
    if not (OLDEST_SERVER / "postgres").exists():
        install("postgresql-15")
    if not (OLDEST_SERVER / "postgres").exists():
        say("tests on PostgreSQL 15: left out, as it is not installed (`apt install postgresql-15`)")
        return True
    with address_of_oldest_server() as address:
        environment = {**os.environ, "DEALT_TEST_DATABASE_URL": address}
        say("tests on PostgreSQL 15")
        left_out = [f"--ignore=tests/{name}" for name in NOT_ON_THE_OLDEST_SERVER]
        command = [*PYTEST, "-m", "database", "--no-header", *left_out]
        return subprocess.run(command, cwd=ROOT, check=False, env=environment).returncode == 0


def install(package: str) -> None:
    """A package of Debian's: only on a machine that is thrown away afterwards."""
    if os.environ.get("CI") != "true" or os.geteuid() != 0:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", package]):
        if subprocess.run(["apt-get", *command], check=False, env=environment).returncode != 0:
            return


@contextlib.contextmanager
def address_of_oldest_server() -> Iterator[str]:
    """A server of our own in a folder that is thrown away."""
    from dealt.kernel.postgres import Binaries, EmbeddedPostgres

    with (
        tempfile.TemporaryDirectory(prefix="dealt-oldest-", dir=roomy_memory()) as folder,
        EmbeddedPostgres(Path(folder), binaries=Binaries(OLDEST_SERVER), fast_unsafe=True) as server,
    ):
        yield server.dsn("postgres")


def roomy_memory() -> Path | None:
    """Where files are fastest, or None for the usual place."""
    memory = Path("/dev/shm")  # noqa: S108
    return memory if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 << 30 else None


def say(title: str) -> None:
    """A line between the parts."""
    print(f"\n== {title}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
