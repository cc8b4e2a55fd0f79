"""Data folders, and servers that are ended whatever a test does."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dealt.kernel.postgres import processes
from dealt.kernel.postgres.place import of as place_of
from tests.processes.running import Served

Serve = Callable[..., Served]


@pytest.fixture(scope="session")
def installed() -> Path:
    """A data folder after a first start, made once a test run; never serve on it, copy it."""
    run = Path(os.environ["DEALT_TEST_RUN"])
    folder, made = run / "installed" / "data", run / "installed" / "made"
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not made.exists():
            server = Served(folder, "--workers", "0", "--web", "1")
            server.ready()
            assert server.stop() == 0, server.output
            made.touch()
    return folder


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder on the fast disk of the test run."""
    made = Path(tempfile.mkdtemp(dir=os.environ["DEALT_TEST_RUN"]))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def data_dir(installed: Path, folder: Path) -> Path:
    """A data folder of the test's own, after a first start, in a path with spaces."""
    return Path(shutil.copytree(installed, folder / "a data folder", symlinks=True))


@pytest.fixture
def serve(folder: Path) -> Iterator[Serve]:
    """Starts ``dealt serve`` in a data folder; whatever is left of it at the end is killed."""
    started: list[Served] = []

    def start(data_dir: Path, *options: str, **environment: str) -> Served:
        started.append(Served(data_dir, *options, **environment))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
    for data in {server.data_dir for server in started}:
        processes.end_leftovers(place_of(data).name, 20)
