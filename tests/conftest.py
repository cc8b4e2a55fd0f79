"""One database server for a whole test run, and a fresh migrated database for each test that asks.

The first test that needs the server starts it; all workers share it; the run that made it ends it.
``DEALT_TEST_DATABASE_URL`` names another server to use instead, by a role that may create databases.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from dealt.kernel.postgres import EmbeddedPostgres

RUN = "DEALT_TEST_RUN"
EXTERNAL = "DEALT_TEST_DATABASE_URL"
PREFIX = "dealt-tests-"

Dsn = Callable[[str], str]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "database: uses the run's database server (set by itself)")
    if hasattr(config, "workerinput"):
        return
    for left in _base().glob(f"{PREFIX}*"):
        if not Path(f"/proc/{left.name.split('-')[2]}").exists() and left.stat().st_uid == os.geteuid():
            _clear(left)
    os.environ[RUN] = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=_base())


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN in os.environ:
        _clear(Path(os.environ.pop(RUN)))


def pytest_itemcollected(item: pytest.Item) -> None:
    if "postgres" in getattr(item, "fixturenames", ()):
        item.add_marker("database")


@pytest.fixture(scope="session")
def postgres() -> Dsn:
    """``postgres(name)`` is the address of the database ``name`` on the run's server."""
    if url := os.environ.get(EXTERNAL):
        return lambda name: urlsplit(url)._replace(path=f"/{name}").geturl()
    server = _server(Path(os.environ[RUN]))
    with _alone():
        server.start()
        server.detach()
    return server.dsn


@pytest.fixture(scope="session")
def template_database(postgres: Dsn) -> str:
    """The name of a database with the present schema and nothing in it; never connect to it."""
    from dealt.kernel.migrate import migrate

    name = _name("template")
    with _alone() as run:
        if not (run / "migrated").exists():
            _wait(_execute(postgres("postgres"), f"CREATE DATABASE {name}"))
            _wait(migrate(postgres(name)))
            (run / "migrated").touch()
    return name


@pytest.fixture
def database_url(postgres: Dsn, template_database: str) -> Iterator[str]:
    """The address of a database of this test's own, migrated and empty."""
    with fresh_database(postgres, template_database) as url:
        yield url


@contextmanager
def fresh_database(postgres: Dsn, template: str) -> Iterator[str]:
    """The address of a migrated, empty database, for fixtures of any scope; it is dropped at the end of the block."""
    name = _name(uuid.uuid4().hex[:12])
    _wait(_execute(postgres("postgres"), f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    try:
        yield postgres(name)
    finally:
        # It waits for every connection of the server, and one may be waiting for a client that does not read:
        # then the database stays until the server goes.
        with suppress(asyncpg.QueryCanceledError):
            _wait(_execute(postgres("postgres"), f"DROP DATABASE {name} WITH (FORCE)", patience_s=20))


def _base() -> Path:
    # In memory a database is copied in 10 ms, on a disk in 150.
    memory = Path("/dev/shm")  # noqa: S108
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 << 30
    return memory if roomy else Path(tempfile.gettempdir())


def _name(suffix: str) -> str:
    return Path(os.environ[RUN]).name.replace("-", "_").lower() + f"_{suffix}"


def _server(run: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(run / "data", fast_unsafe=True)


def _clear(run: Path) -> None:
    server = _server(run)
    if server.pid is not None:
        server.start()
        server.stop()
    if (url := os.environ.get(EXTERNAL)) and (run / "migrated").exists():
        name = run.name.replace("-", "_").lower() + "_template"
        _wait(_execute(url, f"DROP DATABASE IF EXISTS {name}"))
    with suppress(FileNotFoundError):
        shutil.rmtree(run)


@contextmanager
def _alone() -> Iterator[Path]:
    """One worker at a time; gives the run's folder."""
    run = Path(os.environ[RUN])
    with (run / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield run


async def _execute(dsn: str, sql: str, patience_s: int = 0) -> None:
    connection = await asyncpg.connect(dsn, server_settings={"statement_timeout": f"{patience_s}s"})
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def _wait(work: Coroutine[Any, Any, object]) -> None:
    # In a thread of its own: a test's event loop may exist in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()
