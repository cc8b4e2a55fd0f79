"""One process that answers HTTP."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from dealt.app import Application
from dealt.kernel import logs
from dealt.processes import listening, sharing
from dealt.processes.collecting import collect_rarely
from dealt.processes.complaining import or_complain
from dealt.processes.lifeline import follow_parent
from dealt.settings import Settings

GRACE_S = 30
"""How long requests that have begun may take when the process is asked to end."""
KEEP_ALIVE_S = 75
"""Longer than the minute for which proxies keep an idle connection: the side that reuses it must close it first."""

logger = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """uvicorn's server, which ends with exit code 0 when it is asked to end."""

    def __init__(self, config: uvicorn.Config, application: Application) -> None:
        super().__init__(config)
        self._application = application

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What is open as long as somebody looks at a page is ended first: it would be waited for."""
        self._application.about_to_stop()
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Finish what has begun on the first signal, and do not raise it again afterwards."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle_exit)
        yield


def configuration(application: Application) -> uvicorn.Config:
    """How this process speaks HTTP. What a proxy says about the client is not believed: anybody could say it."""
    return uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        ws="none",
        interface="asgi3",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=listening.BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )


def main() -> int:
    """Answer until told to stop; the exit code."""
    settings = Settings.from_environment()
    logs.configure(settings.log_format, settings.log_level, os.environ.pop("DEALT_PROCESS", "web"))
    logs.route_structlog()
    follow_parent()
    collect_rarely()
    sockets = listening.handed_over() or _own_sockets(settings)
    application = Application(settings, counted=sharing.handed_over())
    Server(configuration(application), application).run(sockets=sockets)
    return 0


def _own_sockets(settings: Settings) -> list[socket.socket]:
    """Those of a process that was started by itself."""
    opened = listening.open_sockets(settings.host, settings.port, 1)
    logger.info("answering on port %d of %s", listening.port_of(opened), settings.host)
    return opened[0]


if __name__ == "__main__":
    sys.exit(or_complain(main))
