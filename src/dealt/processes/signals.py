"""What the process that looks after the others does with Ctrl-C, SIGTERM and the end of another process."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(BaseException):
    """Somebody asked for an end while something that takes long was under way."""


class Signals:
    """Counts requests to stop, and wakes :meth:`wait` on them and on the end of a child."""

    def __init__(self) -> None:
        self.requests = 0
        self.on_second: Callable[[], None] = lambda: None
        """What a second request is to hurry."""
        self._interruptible = False
        self._bell, wakeup = os.pipe()
        for end in (self._bell, wakeup):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        for number in STOPS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup leaves SIGHUP
                signal.signal(number, self._asked)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    @property
    def stopping(self) -> bool:
        """Whether an end was asked for."""
        return self.requests > 0

    def wait(self, seconds: float) -> None:
        """Sleep for at most so long; a signal that came since the last call, or comes now, ends it at once."""
        select.select([self._bell], [], [], seconds)
        with suppress(BlockingIOError):
            while os.read(self._bell, 512):
                pass

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Within the block a request to stop raises StopRequested."""
        self._interruptible = True
        try:
            if self.stopping:
                raise StopRequested
            yield
        finally:
            self._interruptible = False

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        self.requests += 1
        if self._interruptible:
            self._interruptible = False
            raise StopRequested
        if self.requests > 1:
            self.on_second()
