"""Writing rows that are occurrences of events: what one process of the import does, set by set."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from dealt.accounts import Actor
from dealt.events import AnyWork, EventWriter, Telling, parse_event
from dealt.importing.grouping import Group
from dealt.importing.objects import ObjectComposer
from dealt.importing.writing import ITS_OWN_FAULT, Written, stopped
from dealt.kernel.clock import Clock
from dealt.kernel.db import AWAY
from dealt.kernel.errors import DealtError, InvalidInput

_STANDARD = frozenset({"custom_id", "id", "name", "timestamp", "user_custom_id", "user_id", "user_key", "data"})
_MARKED_BYTES = 1 << 20


class EventRowWriter:
    """Makes occurrences of rows and writes them through the door that everybody uses.

    One without an id of its own gets one of the file's content and its row: whatever part of a file is read again
    after a cut, and the same file imported again, brings nothing twice.
    """

    def __init__(
        self, writer: EventWriter, clock: Clock, actor: Actor, composer: ObjectComposer, zone: ZoneInfo, file_mark: str
    ) -> None:
        self._writer = writer
        self._clock = clock
        self._actor = actor
        self._composer = composer
        self._zone = zone
        self._mark = file_mark

    async def write(self, groups: Sequence[Group]) -> Written:
        """Write occurrences in their order. Raises ImportStopped where the database was lost."""
        telling = Telling(self._actor, self._zone, self._clock.now())
        works: dict[int, AnyWork] = {}
        written = Written({})
        for place, group in enumerate(groups):
            try:
                body = event_body(self._composer.compose(group.rows))
                body.setdefault("custom_id", f"import:{self._mark}:{group.first}")
                works[place] = parse_event(body, telling)
            except DealtError as error:
                written.refused[place] = error.detail
        try:
            outcomes = await self._writer.write_many(self._actor.workspace_id, list(works.values()))
        except (*AWAY, asyncpg.PostgresError) as error:
            raise stopped(error) from None
        for place, outcome in zip(works, outcomes, strict=True):
            if isinstance(outcome, DealtError):
                written.refused[place] = outcome.detail
            elif isinstance(outcome, ITS_OWN_FAULT):
                written.refused[place] = f"The database cannot store this: {outcome}."
            elif isinstance(outcome, (*AWAY, asyncpg.PostgresError)):
                raise stopped(outcome)
            elif isinstance(outcome, Exception):
                raise outcome
            else:
                written.created += not outcome.repeated
                written.updated += outcome.repeated
        return written


def event_body(flat: Mapping[str, Any]) -> dict[str, Any]:
    """The body of an event; what is no field of it is its data. Raises InvalidInput."""
    data = flat.get("data") or {}
    if not isinstance(data, dict):
        raise InvalidInput.of("data", "An object is needed.")
    named = {name: value for name, value in flat.items() if name in _STANDARD and name != "data"}
    rest = {name: value for name, value in flat.items() if name not in _STANDARD and value is not None}
    return {**named, "data": {**data, **rest}}


def mark_of(path: Path) -> str:
    """What tells a file's content from others': its size, and a digest of its beginning."""
    with path.open("rb") as file:
        beginning = file.read(_MARKED_BYTES)
    return hashlib.sha256(b"%d " % path.stat().st_size + beginning).hexdigest()[:16]
