"""One process that is looked after: started, started again when it ends by itself, asked to end."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

logger = logging.getLogger(__name__)

PAUSES_S = (0.0, 1.0, 2.0, 5.0, 10.0)
"""How long to wait before a process is started again: at once the first time, longer while it keeps ending."""
SETTLED_S = 20.0
"""A process that ran so long is taken to be well again."""


class Child:
    """``python -m module`` with our environment and ``extra``, and with the descriptors ``passed`` left open."""

    def __init__(
        self,
        name: str,
        module: str,
        extra: Mapping[str, str],
        passed: Sequence[int],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._monotonic = monotonic
        self._module = module
        self._environment = {**os.environ, **extra, "DEALT_PROCESS": name}
        self._passed = tuple(passed)
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._ended_at = 0.0
        self._failures = 0

    @property
    def pid(self) -> int | None:
        """Its number while it runs."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process and return at once."""
        self._started_at = self._monotonic()
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", self._module],
            env=self._environment,
            pass_fds=self._passed,
            stdin=subprocess.DEVNULL,
            # Ctrl-C in our terminal is for us: we end the processes in their order.
            start_new_session=True,
        )

    def tend(self) -> None:
        """To be called now and then: notice an end, and start anew when the pause is over."""
        now = self._monotonic()
        if self._process is not None and (code := self._process.poll()) is not None:
            self._process, self._ended_at = None, now
            self._failures = 0 if now - self._started_at > SETTLED_S else min(self._failures + 1, len(PAUSES_S))
            logger.error("%s ended by itself (%s); starting it again", self.name, _described(code))
        if self._process is None and now - self._ended_at >= PAUSES_S[max(self._failures - 1, 0)]:
            self.start()

    def send(self, number: signal.Signals) -> None:
        """Signal the process, if it runs."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    def gone(self) -> bool:
        """Whether it has ended, or was never started; asks the system."""
        return self._process is None or self._process.poll() is not None

    @property
    def exit_code(self) -> int | None:
        """What it ended with, or None while it runs."""
        return self._process.poll() if self._process is not None else None


def end(children: Iterable[Child], patience_s: float) -> None:
    """Ask all to end, wait for them, and kill those that still run after ``patience_s``."""
    children = list(children)
    for child in children:
        child.send(signal.SIGTERM)
    until = time.monotonic() + patience_s
    while any(not child.gone() for child in children) and time.monotonic() < until:
        time.sleep(0.02)
    for child in children:
        if not child.gone():
            logger.error("%s did not end within %.0f seconds; killing it", child.name, patience_s)
            child.send(signal.SIGKILL)
    while any(not child.gone() for child in children):
        time.sleep(0.02)


def _described(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
