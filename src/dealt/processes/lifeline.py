"""A pipe that tells processes when the one that started them is gone, however it ended."""

from __future__ import annotations

import os
import signal
import threading
import time

VARIABLE = "DEALT_LIFELINE"
PATIENCE_S = 40.0
"""How long a process that lost its parent may take to finish what it has begun."""


class Lifeline:
    """The parent's side. The kernel closes its end when the parent ends, by SIGKILL too; nobody else holds that end."""

    def __init__(self) -> None:
        self.read_end, self._write_end = os.pipe()

    def environment(self) -> dict[str, str]:
        """What a child must be told; it must also be given the descriptor ``read_end``."""
        return {VARIABLE: str(self.read_end)}


def follow_parent() -> None:
    """End this process in order when its parent is gone; a process that was started by hand has none to follow."""
    descriptor = os.environ.pop(VARIABLE, None)
    if descriptor is not None:
        threading.Thread(target=_wait_for_end, args=(int(descriptor),), name="lifeline", daemon=True).start()


def _wait_for_end(descriptor: int) -> None:
    os.read(descriptor, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)
    os._exit(1)
