"""One database server for a whole test run, and a fresh migrated database for each test that asks.

The first test that needs the server starts it; all workers share it; the run that made it ends it.
``DEALT_TEST_DATABASE_URL`` names another server to use instead, by a role that may create databases.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import ssl
import tempfile
import uuid
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import certifi
import pytest
from argon2 import PasswordHasher

from dealt.kernel import secrets
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


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[PasswordHasher]:
    """Hashing that takes no time: each new workspace has a member, and an honest hash would be half of many a test.

    The value is the hasher that is in use outside of tests.
    """
    honest = secrets._PASSWORDS
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "_PASSWORDS", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield honest


@pytest.fixture(scope="session", autouse=True)
def certificates_read_once() -> Iterator[None]:
    """httpx reads all authorities of the world anew for each client, in 30 ms, also where it never meets TLS."""
    make = ssl.create_default_context
    authorities = os.environ.get("SSL_CERT_FILE") or certifi.where()
    usual = make(cafile=authorities)

    def create(*args: Any, **options: Any) -> ssl.SSLContext:
        return usual if (args, options) == ((), {"cafile": authorities}) else make(*args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", create)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Dsn]:
    """``postgres(name)`` is the address of the database ``name`` on the run's server."""
    if url := os.environ.get(EXTERNAL):
        yield lambda name: urlsplit(url)._replace(path=f"/{name}").geturl()
    else:
        server = _server(Path(os.environ[RUN]))
        with _alone():
            server.start()
            server.detach()
        yield server.dsn
    _ADMINISTRATOR.close()


@pytest.fixture(scope="session")
def template_database(postgres: Dsn) -> str:
    """The name of a database with the present schema and nothing in it; never connect to it."""
    from dealt.kernel.migrate import migrate

    name = _name("template")
    with _alone() as run:
        if not (run / "migrated").exists():
            _ADMINISTRATOR.execute(postgres("postgres"), f"CREATE DATABASE {name}")
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
    _ADMINISTRATOR.execute(postgres("postgres"), f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    try:
        yield postgres(name)
    finally:
        # It waits for every connection of the server, and one may be waiting for a client that does not read:
        # then the database stays until the server goes.
        with suppress(asyncpg.QueryCanceledError):
            _ADMINISTRATOR.execute(postgres("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


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
        _ADMINISTRATOR.execute(url, f"DROP DATABASE IF EXISTS {name}")
        _ADMINISTRATOR.close()
    with suppress(FileNotFoundError):
        shutil.rmtree(run)


@contextmanager
def _alone() -> Iterator[Path]:
    """One worker at a time; gives the run's folder."""
    run = Path(os.environ[RUN])
    with (run / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield run


class _Administrator:
    """Makes and drops databases over one connection, in a thread of its own: a test's event loop runs in this one."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._runner = asyncio.Runner()
        self._connection: asyncpg.Connection | None = None

    def execute(self, dsn: str, sql: str) -> None:
        """One command that belongs into no transaction, ended by the server after 20 seconds."""
        self._thread = self._thread or ThreadPoolExecutor(1)
        self._thread.submit(lambda: self._runner.run(self._execute(dsn, sql))).result()

    def close(self) -> None:
        if self._thread is not None:
            self._thread.submit(lambda: self._runner.run(self._close())).result()
            self._thread.shutdown()
            self._thread = None

    async def _execute(self, dsn: str, sql: str) -> None:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(dsn, server_settings={"statement_timeout": "20s"})
        await self._connection.execute(sql)

    async def _close(self) -> None:
        if self._connection is not None:
            await self._connection.close()


_ADMINISTRATOR = _Administrator()


def _wait(work: Coroutine[Any, Any, object]) -> None:
    # In a thread of its own: a test's event loop may exist in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()
