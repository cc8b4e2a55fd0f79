"""Wakes the work of a process: at the ring of a bell, else by one small query about all its queues."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from dealt.kernel.clock import Clock
from dealt.kernel.db import Pool
from dealt.kernel.listener import Listener

SHORTEST_S, LONGEST_S = 0.05, 1.0


def has_come(table: str, column: str, until: str = "$1") -> str:
    """An SQL condition: whether the first moment in an indexed column is past.

    The least is read from the end of the index. "Is there any" would not be: of a moment that is a parameter, a
    statement's general plan supposes that a third of the rows are before it, so that reading the table finds one at
    once; where none is, it reads all of a million rows, each time that it is asked.
    """
    return f"coalesce((SELECT min({column}) FROM {table} WHERE {column} IS NOT NULL) <= {until}, false)"


@dataclass(frozen=True)
class Watched:
    """One queue: ``due`` is an SQL condition that holds while it has something to do, ``$1`` the present moment.

    ``bell`` wakes its work; ``channel`` is where writers ring for it, if they do.
    """

    bell: asyncio.Event
    due: str
    channel: str | None = None


class Watch:
    """Asks about every queue at once, so that an idle process costs one query a second, whatever it looks after."""

    def __init__(self, pool: Pool, clock: Clock, watched: Sequence[Watched]) -> None:
        self._pool = pool
        self._clock = clock
        self._watched = watched
        self._query = "SELECT $1::timestamptz, " + ", ".join(f"({queue.due})" for queue in watched)
        self._were_due: list[bool] = []
        self._rest_s = SHORTEST_S

    async def round(self) -> float:
        """Wake whose queue has something; ask again soon if that changed, else ever later, up to a second."""
        _, *due = await self._pool.fetchrow(self._query, self._clock.now())
        for queue, is_due in zip(self._watched, due, strict=True):
            if is_due:
                queue.bell.set()
        self._rest_s = SHORTEST_S if due != self._were_due else min(self._rest_s * 2, LONGEST_S)
        self._were_due = due
        return self._rest_s

    def listener(self) -> Listener:
        """What hears the bells of these queues; a connection that was just made wakes all."""
        heard: dict[str, list[asyncio.Event]] = {}
        for queue in self._watched:
            if queue.channel is not None:
                heard.setdefault(queue.channel, []).append(queue.bell)
        return Listener(
            self._pool,
            {channel: lambda _, bells=bells: _set_all(bells) for channel, bells in heard.items()},  # type: ignore[misc]
            connected=lambda: _set_all([queue.bell for queue in self._watched]),
        )


def _set_all(bells: Sequence[asyncio.Event]) -> None:
    for bell in bells:
        bell.set()
