"""What writes the objects of a file, whatever they are, and what it must know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dealt.accounts import Actor, Definitions
from dealt.deals import DealWriter
from dealt.events import EventWriter
from dealt.importing.composing import Composer
from dealt.importing.doors import door_of
from dealt.importing.happening import EventRowWriter
from dealt.importing.kinds import EVENTS, ORDERS, Kind
from dealt.importing.mapping import FileMapping
from dealt.importing.objects import ObjectComposer
from dealt.importing.storing import ObjectWriter
from dealt.importing.writing import OrderWriter
from dealt.kernel.clock import Clock
from dealt.kernel.db import Pool

Writer = OrderWriter | ObjectWriter | EventRowWriter


@dataclass(frozen=True)
class Doors:
    """What a process writes through."""

    deals: DealWriter
    events: EventWriter
    definitions: Definitions


MakeDoors = Callable[[Pool], Doors]
"""Makes the doors of a process. It must be a function of a module, so that it can be named to a process."""


@dataclass(frozen=True)
class Work:
    """What a process must know to write the objects of a file."""

    url: str
    actor: Actor
    mapping: FileMapping
    headings: Sequence[str]
    zone: ZoneInfo
    make_doors: MakeDoors
    kind: Kind = ORDERS
    file_mark: str = ""
    """Tells this file's content from others': occurrences without an id of their own get one of it."""


def writer_of(work: Work, pool: Pool, clock: Clock, composer: Composer | ObjectComposer, doors: Doors) -> Writer:
    """The writer of objects of the work's kind."""
    if isinstance(composer, Composer):
        creates = work.mapping.create_contacts
        return OrderWriter(pool, doors.deals, clock, work.actor, composer, create_contacts=creates)
    if work.kind is EVENTS:
        return EventRowWriter(doors.events, clock, work.actor, composer, work.zone, work.file_mark)
    door = door_of(work.kind)
    return ObjectWriter(pool, doors.definitions, clock, work.actor, composer, door, work.mapping)
