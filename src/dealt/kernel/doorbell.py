"""NOTIFY as a doorbell: it says that there is something to do, never what; polling stands behind it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from enum import StrEnum

import structlog

from dealt.kernel.db import AWAY, Pool

# Nothing is lost with this commit, so nobody who waits for the lock of NOTIFY need wait for the disk too.
_NOTIFY = """
SELECT set_config('synchronous_commit', 'off', true), pg_notify(channel, '') FROM unnest($1::text[]) AS channel"""

_log = structlog.get_logger("dealt.doorbell")


class Channel(StrEnum):
    """What a bell can be rung for."""

    JOBS = "dealt_jobs"
    STALE = "dealt_stale"
    FOLLOWS = "dealt_follows"
    LIVE = "dealt_live"


class Doorbell:
    """Rings for a whole process, at most once in ``interval_s``, in transactions of its own.

    A NOTIFY holds a lock of the whole server from before its commit until after it, so no writer notifies in its
    own transaction. A ring that fails is forgotten: whoever is to hear it also looks by himself.
    """

    def __init__(self, pool: Pool, *, interval_s: float = 0.05) -> None:
        self._pool = pool
        self._interval_s = interval_s
        self._rung: set[str] = set()
        self._sending: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def ring(self, *channels: str) -> None:
        """Ring soon; to be called after the commit. Never waits and never fails."""
        self._rung.update(channels)
        if self._rung and (self._sending is None or self._sending.done()):
            self._sending = asyncio.create_task(self._send())

    def muted(self) -> Doorbell:
        """A bell for work that may be undone: nobody hears it."""
        return _Muted(self._pool)

    async def close(self) -> None:
        """Send what was rung, without another pause."""
        self._closing.set()
        if self._sending is not None:
            await self._sending

    async def _send(self) -> None:
        while self._rung:
            channels, self._rung = sorted(self._rung), set()
            try:
                await self._pool.execute(_NOTIFY, channels)
            except AWAY as error:
                _log.debug("nobody was rung", error=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), self._interval_s)


class _Muted(Doorbell):
    def ring(self, *channels: str) -> None:
        """Not at all."""
