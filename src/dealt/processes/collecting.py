"""How often a process looks for garbage in cycles."""

from __future__ import annotations

import gc

OBJECTS_BETWEEN_LOOKS = 250_000


def collect_rarely() -> None:
    """Leave what start-up made out of every later look, and look far less often than Python does by itself.

    A set of orders makes thousands of objects that live until its commit; looked through every 700 of them, the
    search for cycles takes a tenth of a web process's time and finds nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS, 20, 20)
