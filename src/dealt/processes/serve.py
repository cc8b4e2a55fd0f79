"""The process behind ``dealt serve``: starts the database, web processes and workers, and looks after them all.

It imports as little as it can, because it is there for as long as the installation runs.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

from dealt.kernel import logs
from dealt.kernel.errors import DealtError
from dealt.kernel.postgres import EmbeddedPostgres, PostgresFailed
from dealt.processes import child, listening, sharing
from dealt.processes.child import Child
from dealt.processes.complaining import or_complain
from dealt.processes.lifeline import Lifeline
from dealt.processes.signals import Signals, StopRequested
from dealt.settings import Settings

WEB_PATIENCE_S = 35.0
"""How long web processes may take for the requests they have begun; they end those themselves after 30."""
WORKER_PATIENCE_S = 35.0
LOOK_EVERY_S = 1.0
DATABASE_PAUSE_S = 5.0
logger = logging.getLogger(__name__)


class PreparationFailed(DealtError):  # noqa: N818
    """The process that prepares the database has said what is wrong."""


class Serving:
    """One installation from its start to its end."""

    def __init__(self, settings: Settings, *, demo: bool) -> None:
        self._settings = settings
        self._demo = demo
        self._signals = Signals()
        self._lifeline = Lifeline()
        self._postgres = None if settings.database_url else EmbeddedPostgres(settings.data_dir)
        self._postgres_due = 0.0
        self._web: list[Child] = []
        self._workers: list[Child] = []

    def run(self) -> None:
        """Return when somebody asked for an end and everything has ended."""
        sockets = listening.open_sockets(self._settings.host, self._settings.port, self._settings.web_processes)
        limits = sharing.open_limits()
        try:
            environment = self._start(listening.port_of(sockets))
            for number, given in enumerate(sockets, 1):
                descriptors = [one.fileno() for one in given]
                told = {listening.VARIABLE: ",".join(map(str, descriptors)), sharing.VARIABLE: str(limits)}
                self._web.append(self._child(f"web-{number}", "web", environment | told, [*descriptors, limits]))
            for number in range(1, self._settings.worker_processes + 1):
                self._workers.append(self._child(f"worker-{number}", "worker", environment, []))
            self._look_after()
        except StopRequested:
            pass
        finally:
            for one in {one for given in sockets for one in given}:
                one.close()
            os.close(limits)
            self._stop()

    def _start(self, port: int) -> dict[str, str]:
        """Bring up the database and prepare it; the environment that every process gets."""
        with self._signals.interruptible():
            url = self._settings.database_url
            if self._postgres is not None:
                self._postgres.start()
                url = self._postgres.dsn()
        environment = {
            "DATABASE_URL": url,
            "DEALT_DATA_DIR": str(self._settings.data_dir.absolute()),
            "DEALT_HOST": self._settings.host,
            "DEALT_PORT": str(port),
            **self._lifeline.environment(),
        }
        self._prepare(environment)
        return environment

    def _prepare(self, environment: dict[str, str]) -> None:
        """Migrations and the first workspace, in a process of its own, so that its memory is given back."""
        extra = environment | ({"DEALT_DEMO": "on"} if self._demo else {})
        preparing = self._child("prepare", "prepare", extra, [])
        preparing.start()
        try:
            while (code := preparing.exit_code) is None:
                with self._signals.interruptible():
                    self._signals.wait(LOOK_EVERY_S)
        finally:
            child.end([preparing], WORKER_PATIENCE_S)
        if code != 0:
            raise PreparationFailed("Dealt did not start; the reason stands above.")

    def _child(self, name: str, module: str, environment: dict[str, str], descriptors: list[int]) -> Child:
        passed = [self._lifeline.read_end, *descriptors]
        return Child(name, f"dealt.processes.{module}", environment, passed)

    def _look_after(self) -> None:
        while not self._signals.stopping:
            self._tend_database()
            for one in [*self._web, *self._workers]:
                one.tend()
            self._signals.wait(LOOK_EVERY_S)

    def _tend_database(self) -> None:
        if self._postgres is None or time.monotonic() < self._postgres_due:
            return
        try:
            with self._signals.interruptible():
                self._postgres.tend()
        except (PostgresFailed, OSError, subprocess.SubprocessError) as problem:
            logger.error("PostgreSQL cannot be started again: %s", problem)  # noqa: TRY400
            self._postgres_due = time.monotonic() + DATABASE_PAUSE_S

    def _stop(self) -> None:
        """Web processes first, so that nothing new begins; the database last."""
        self._signals.on_second = self._hurry
        child.end(self._web, WEB_PATIENCE_S)
        child.end(self._workers, WORKER_PATIENCE_S)
        if self._postgres is not None:
            self._postgres.stop()

    def _hurry(self) -> None:
        """Nothing is waited for; what was not committed is rolled back when the database starts again."""
        for one in [*self._web, *self._workers]:
            one.send(signal.SIGKILL)
        if self._postgres is not None and (pid := self._postgres.pid) is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)


def main() -> int:
    """Serve until told to stop; the exit code."""
    settings = Settings.from_environment()
    if settings.web_processes < 1 or settings.worker_processes < 0:
        raise ValueError("At least one web process is needed, and not less than no worker.")
    logs.configure(settings.log_format, settings.log_level, "serve")
    Serving(settings, demo="--demo" in sys.argv[1:]).run()
    return 0


if __name__ == "__main__":
    sys.exit(or_complain(main))
