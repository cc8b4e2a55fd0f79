"""Data folders for servers that a test may break, each a copy of one that was made once."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dealt.kernel.postgres import EmbeddedPostgres, processes

Supervise = Callable[..., EmbeddedPostgres]


@pytest.fixture(scope="module")
def made() -> Path:
    """A stopped cluster, made and started once."""
    data_dir = Path(tempfile.mkdtemp(dir=os.environ["DEALT_TEST_RUN"])) / "data"
    with EmbeddedPostgres(data_dir, fast_unsafe=True) as server:
        server.execute("CREATE TABLE kept (n int); INSERT INTO kept SELECT generate_series(1, 1000)")
    return data_dir


@pytest.fixture
def data_dir(made: Path, open_folder: Path) -> Path:
    """A copy of it in a path that is deep and has spaces, quotes and letters beyond ASCII."""
    folder = open_folder / "a data folder, 'quoted' and \"deep\"" / ("łódź " * 15).strip()
    folder.parent.mkdir()
    return Path(shutil.copytree(made, folder, symlinks=True))


@pytest.fixture
def supervise(data_dir: Path) -> Iterator[Supervise]:
    """A supervisor for the test's data folder; whatever runs there at the end of the test is ended."""
    made: list[EmbeddedPostgres] = []

    def supervisor(**options: object) -> EmbeddedPostgres:
        made.append(EmbeddedPostgres(data_dir, **{"fast_unsafe": True, "patience": 20, **options}))  # type: ignore[arg-type]
        return made[-1]

    yield supervisor
    for server in made:
        server.detach()
    for server in made:
        processes.end_leftovers(server.place.name, 20)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine can reach."""
    folder = Path(tempfile.mkdtemp(prefix="dealt-open-", dir=Path(os.environ["DEALT_TEST_RUN"]).parent))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def as_root() -> None:
    """Skips the test for everybody else."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
