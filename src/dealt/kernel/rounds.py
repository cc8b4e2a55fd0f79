"""Work in rounds: done again and again until told to stop, woken by a bell, slower after failures."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import structlog

from dealt.kernel.db import AWAY

LONGEST_ROUND_S = 120.0
IDLE_S = 30.0
"""How long a round that found nothing may rest when neither a bell nor the watch wakes it."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 10.0

DoRound = Callable[[], Awaitable[float]]
"""One round of some work: gives the seconds after which it wants its next round at the latest; 0 means at once."""

_log = structlog.get_logger("dealt.worker")


class Rounds:
    """The rounds of one process. Each kind of work has a name, and a bell that asks for its next round."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop
        self._bells: dict[str, asyncio.Event] = {}
        self._ended: dict[str, float] = {}

    def bell(self, name: str) -> asyncio.Event:
        """The bell of the work ``name``: set it when there is something to do."""
        return self._bells.setdefault(name, asyncio.Event())

    async def keep_doing(self, name: str, do_round: DoRound) -> None:
        """Do rounds until stopped; the one that has begun is finished.

        A round that fails is logged and tried again, ever later up to ten seconds: so a database that goes away and
        comes back is an interruption, and the other work of the process goes on.
        """
        bell, failures = self.bell(name), 0
        while not self._stop.is_set():
            bell.clear()
            try:
                async with asyncio.timeout(LONGEST_ROUND_S):
                    rest_s = await do_round()
            except Exception as error:
                failures += 1
                _complain(name, error, failures)
                await _wait(self._stop, _pause_s(failures))
                continue
            if failures:
                _log.info("works again", work=name, failures=failures)
            failures, self._ended[name] = 0, time.monotonic()
            await _wait(bell, rest_s)

    async def ring_at_stop(self) -> None:
        """Wait until stopped, then end every rest."""
        await self._stop.wait()
        for bell in self._bells.values():
            bell.set()

    def silent_for(self) -> dict[str, float]:
        """Seconds since the last round of each work that ended well."""
        return {name: time.monotonic() - at for name, at in self._ended.items()}


def _complain(name: str, error: Exception, failures: int) -> None:
    if not isinstance(error, AWAY):
        _log.exception("a round failed; it is tried again", work=name, failures=failures, exc_info=error)
    elif failures & (failures - 1) == 0:  # the first, second, fourth, eighth ... time
        _log.warning("the database does not answer", work=name, failures=failures, error=type(error).__name__)


def _pause_s(failures: int) -> float:
    return min(_FIRST_PAUSE_S * 2.0 ** min(failures, 20), _LONGEST_PAUSE_S) * random.uniform(0.5, 1)  # noqa: S311


async def _wait(event: asyncio.Event, seconds: float) -> None:
    if seconds <= 0:
        await asyncio.sleep(0)
        return
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
