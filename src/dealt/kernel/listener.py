"""LISTEN on a connection that is made anew whenever it is lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import asyncpg
import structlog

from dealt.kernel.db import AWAY, Connection, Pool

_CHECK_EVERY_S, _ANSWER_WITHIN_S = 30.0, 10.0
_LONGEST_PAUSE_S = 5.0

_log = structlog.get_logger("dealt.listener")


class Listener:
    """Holds one connection of the pool and hands each notification's payload to its channel's function.

    ``connected`` is called after every connect: what was said while there was no connection was not heard.
    """

    def __init__(
        self, pool: Pool, heard: Mapping[str, Callable[[str], None]], connected: Callable[[], None] = lambda: None
    ) -> None:
        self._pool = pool
        self._heard = dict(heard)
        self._connected = connected

    async def run(self) -> None:
        """Listen until cancelled."""
        pause_s = 0.1
        while True:
            try:
                async with self._pool.acquire() as connection:
                    await self._listen(connection)
                    pause_s = 0.1
            except (*AWAY, asyncpg.PostgresError) as error:
                _log.debug("the listening connection was lost", error=type(error).__name__)
            await asyncio.sleep(pause_s * random.uniform(0.5, 1))  # noqa: S311
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    async def _listen(self, connection: Connection) -> None:
        """Until the connection ends, which is noticed at once or, where the other side just fell silent, by asking."""
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            for channel in self._heard:
                await connection.add_listener(channel, self._on_notification)
            self._connected()
            while not lost.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(_CHECK_EVERY_S):
                        await lost.wait()
                if not lost.is_set():
                    await connection.fetchval("SELECT 1", timeout=_ANSWER_WITHIN_S)
        finally:
            # Ended, not given back: whoever got it next would be listening too.
            connection.terminate()

    def _on_notification(self, _connection: Any, _pid: int, channel: str, payload: str) -> None:
        self._heard[channel](payload)
