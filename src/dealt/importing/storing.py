"""Writing rows that are contacts, companies or products: what one process of the import does, set by set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import asyncpg

from dealt.accounts import Actor, Definitions
from dealt.importing.doors import Batch, Door, SetOutcome
from dealt.importing.grouping import Group
from dealt.importing.mapping import FileMapping
from dealt.importing.objects import ObjectComposer
from dealt.importing.writing import ITS_OWN_FAULT, Written, stopped
from dealt.kernel.clock import Clock
from dealt.kernel.db import AWAY, Connection, Pool, in_transaction
from dealt.kernel.errors import DealtError


class ObjectWriter:
    """Composes objects of their rows and writes them in sets; a set that is refused is halved until it is known why."""

    def __init__(
        self,
        pool: Pool,
        definitions: Definitions,
        clock: Clock,
        actor: Actor,
        composer: ObjectComposer,
        door: Door,
        mapping: FileMapping,
    ) -> None:
        self._pool = pool
        self._definitions = definitions
        self._clock = clock
        self._actor = actor
        self._composer = composer
        self._door = door
        self._mapping = mapping

    async def write(self, groups: Sequence[Group]) -> Written:
        """Write objects in their order. Raises ImportStopped where the database was lost."""
        patches, refused = parsed(groups, self._composer.compose, self._door.parse)
        written = Written(refused)
        try:
            await self._write(patches, written)
        except (*AWAY, asyncpg.PostgresError) as error:
            raise stopped(error) from None
        return written

    async def _write(self, patches: Mapping[int, Any], written: Written) -> None:
        if not patches:
            return
        try:
            outcome = await in_transaction(self._pool, lambda connection: self._attempt(connection, patches))
        except DealtError as error:
            await self._halve(patches, written, error.detail)
        except ITS_OWN_FAULT as error:
            await self._halve(patches, written, f"The database cannot store this: {error}.")
        else:
            places = list(patches)
            written.created += sum(outcome.created.values())
            written.updated += len(outcome.created) - sum(outcome.created.values())
            written.refused |= {places[place]: reason for place, reason in outcome.refused.items()}

    async def _attempt(self, connection: Connection, patches: Mapping[int, Any]) -> SetOutcome:
        snapshot = await self._definitions.for_writing(connection, self._actor.workspace_id)
        batch = Batch(connection, self._actor, snapshot, self._clock.now(), self._mapping)
        outcome = await self._door.write(batch, list(patches.values()))
        if outcome.defined:
            self._definitions.forget(self._actor.workspace_id)
        return outcome

    async def _halve(self, patches: Mapping[int, Any], written: Written, reason: str) -> None:
        places = list(patches)
        if len(places) == 1:
            written.refused[places[0]] = reason
            return
        middle = len(places) // 2
        for half in (places[:middle], places[middle:]):
            await self._write({place: patches[place] for place in half}, written)


def parsed(
    groups: Sequence[Group], compose: Callable[[Sequence[Any]], Mapping[str, Any]], parse: Callable[[Any], Any]
) -> tuple[dict[int, Any], dict[int, str]]:
    """The patches of rows by their place among ``groups``, and why the others are refused."""
    patches: dict[int, Any] = {}
    refused: dict[int, str] = {}
    for place, group in enumerate(groups):
        try:
            patches[place] = parse(compose(group.rows))
        except DealtError as error:
            refused[place] = error.detail
    return patches, refused
