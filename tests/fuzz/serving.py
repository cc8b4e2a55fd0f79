"""A server in a thread of this process, on a database of its own."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
import uvloop

from dealt.app import Application
from dealt.kernel.db import transaction
from dealt.kernel.migrate import migrate
from dealt.kernel.postgres import EmbeddedPostgres
from dealt.settings import Settings
from dealt.setup import set_up_workspace


@dataclass(frozen=True, slots=True)
class Served:
    """Where it is, and a token that may do everything."""

    address: str
    token: str


@contextmanager
def serving() -> Iterator[Served]:
    """The application until the block ends. The fuzzer waits for each answer: a thread is as good as a process."""
    memory = Path("/dev/shm")  # noqa: S108
    with (
        tempfile.TemporaryDirectory(prefix="dealt-fuzz-", dir=memory if memory.is_dir() else None) as folder,
        EmbeddedPostgres(Path(folder) / "data", fast_unsafe=True) as database,
        _serving(database.dsn("postgres")) as served,
    ):
        yield served


@contextmanager
def _serving(database_url: str) -> Iterator[Served]:
    server = uvicorn.Server(uvicorn.Config(Application(Settings(database_url=database_url)), port=0, log_config=None))
    ready: list[Served] = []
    started = threading.Event()

    async def run() -> None:
        await migrate(database_url)
        serving = asyncio.create_task(server.serve())
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells it in no other way
            await asyncio.sleep(0.01)
        app = server.config.app
        assert isinstance(app, Application) and app.services, "the server did not start"
        async with transaction(app.services.pool) as connection:
            first = await set_up_workspace(connection, now=app.services.clock.now())
        port = server.servers[0].sockets[0].getsockname()[1]
        ready.append(Served(f"http://127.0.0.1:{port}", first.token))
        started.set()
        await serving

    def thread() -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(run())
        finally:
            started.set()

    running = threading.Thread(target=thread, daemon=True)
    running.start()
    started.wait()
    try:
        yield ready[0]
    finally:
        server.should_exit = True
        running.join(10)
