"""The events of a set: each finds its definition and types its data, or has made what is missing for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dealt.accounts import Snapshot
from dealt.attributes import ATTRIBUTES, Catalogue, assign, define_for, event_domain
from dealt.events.defining import EVENTS, ensure_definitions, mark_first, no_room
from dealt.events.model import EventNames
from dealt.events.works import EventWork
from dealt.kernel.db import Connection
from dealt.kernel.errors import DealtError

_UNNAMED = 0


@dataclass
class NamedEvents:
    """What is known so far, by the place of a work in its set.

    ``data`` are typed values. ``lacking`` are works whose name, first occurrence or attributes the definitions lack.
    """

    snapshot: Snapshot
    data: dict[int, dict[str, Any]] = field(default_factory=dict)
    definition_ids: dict[int, int] = field(default_factory=dict)
    lacking: set[int] = field(default_factory=set)
    first: set[int] = field(default_factory=set)

    def type(self, place: int, work: EventWork) -> None:
        """Type the data of a work by the definitions as they are. Raises InvalidInput naming what is refused."""
        names, catalogue = self.snapshot.part(EVENTS), self.snapshot.part(ATTRIBUTES)
        definition = names.by_name.get(work.name)
        self.definition_ids[place] = definition.id if definition else _UNNAMED
        complete = self._assign(place, work, catalogue)
        if not complete or definition is None or definition.first_at is None:
            self.lacking.add(place)

    async def define(
        self, connection: Connection, works: Mapping[int, EventWork], now: datetime
    ) -> dict[int, DealtError]:
        """Make what ``works`` lack, all of which are sound otherwise; the errors of those that get nothing.

        Holds the workspace's definitions until the commit, and gives the first of each name its mark.
        """
        lacking = {place: work for place, work in works.items() if place in self.lacking}
        if not lacking:
            return {}
        actor = next(iter(lacking.values())).actor.name
        wanted = {work.name for work in lacking.values()}
        names = await ensure_definitions(connection, self.snapshot.workspace_id, wanted, actor=actor, now=now)
        errors = await self._define_attributes(connection, lacking, names, now)
        await self._mark(connection, {p: w for p, w in lacking.items() if p not in errors}, names, now)
        return errors

    async def _define_attributes(
        self, connection: Connection, lacking: Mapping[int, EventWork], names: EventNames, now: datetime
    ) -> dict[int, DealtError]:
        errors: dict[int, DealtError] = {}
        catalogue: Catalogue | None = None
        for place, work in lacking.items():
            definition = names.by_name.get(work.name)
            if definition is None:
                errors[place] = no_room()
                continue
            self.definition_ids[place] = definition.id
            try:
                if catalogue is None or not self._assign(place, work, catalogue):
                    catalogue = await define_for(
                        connection, self.snapshot.workspace_id, event_domain(definition.id), [work.data],
                        self.snapshot.time_zone, actor=work.actor.name, now=now,
                    )  # fmt: skip
                    self._assign(place, work, catalogue)
            except DealtError as error:
                errors[place] = error
        return errors

    async def _mark(
        self, connection: Connection, works: Mapping[int, EventWork], names: EventNames, now: datetime
    ) -> None:
        silent = {self.definition_ids[p] for p, w in works.items() if names.by_name[w.name].first_at is None}
        if silent:
            marked = await mark_first(connection, self.snapshot.workspace_id, silent, now)
            for place in works:
                if self.definition_ids[place] in marked:
                    self.first.add(place)
                    marked.discard(self.definition_ids[place])

    def _assign(self, place: int, work: EventWork, catalogue: Catalogue) -> bool:
        """Whether the catalogue knows all that the data needs."""
        domain = event_domain(self.definition_ids[place])
        assigned = assign(catalogue, domain, work.data, self.snapshot.time_zone)
        self.data[place] = {name: value for name, value in assigned.values.items() if value is not None}
        return not assigned.new and not assigned.widened
